"""Takes passwords out of what customers write: of the chat before the assistant reads it, of all that the desk stores."""

import re
from collections.abc import Iterator

Span = tuple[int, int]
_WORD = r"\b(?:contrase(?:ñ|n|nh)as?|claves?|password|passwd|passw|pass|pwd|pin)\b"
_NAMED = re.compile(
    # Looked ahead, so that a word for it inside of what follows another is found too.
    _WORD + r"(?=(?P<joined>\s*[:=]\s*|[^.,;:\n]{0,25}?\s(?:es|era|is)\b\s*:?\s*)"
    r"(?:(?P<quote>[\"'«“])(?P<quoted>[^\"'»”\n]{3,64})[\"'»”]|(?P<value>[^\s\"'«»“”]{3,64})))",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:de|del|para|en|al|con)\s+(?:(?:el|la|los|las|mi|mis|su)\s+)?\w+", re.IGNORECASE)
_OTHER_THING = re.compile(
    r"\b(?:mis?|nuestr[oa])\s+\w|\b(?:correos?|e-?mails?|mails?|direcci[oó]n|usuari[oa]|user|username|login|cuenta|nombre|apellidos?|"
    r"n[uú]mero|serie|serial|c[oó]digo|tel[eé]fono|m[oó]vil|celular|empresa|compañ[ií]a|dni)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"(?:(?P<pin>\bpin)|{_WORD})(?:\s(?:nueva|actual|vieja|antigua|anterior|provisional|temporal))?\s*[:=]?\s"
    r"(?P<value>[^\s\"'«»“”]{4,64})",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S{6,64}")
_WRAPPING = ".,;:!?()\"'«»“”¿¡"
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PLAIN_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# A digit, a capital inside or a sign: no word of a sentence.
_STRONG = re.compile(r"\d|[a-zñ][A-ZÑ]|[^\w.,;:!?¡¿()-]")
# A plain word that tells what a password is like, or goes on with the sentence.
_DESCRIBES = re.compile(
    r"(?:.*(?:ad[ao]|id[ao]|ect[ao]|[ií]l|ble|nte|eva|eja|ual|gura|nea)s?|mism[ao]|buen[ao]|mal[ao]|m[ií][ao]|suy[ao]|fals[ao]|floj[ao]|fuertes?|muy|m[aá]s|est[ae]|es[ae]|que|una?|con|para|por|corta|larga|verdad)",
    re.IGNORECASE,
)


def without_passwords(text: str, mark: str) -> tuple[str, bool]:
    """The text with each password in it replaced by the mark, and whether there was one.

    A password is what is named as one ("mi contraseña es X"; a plain word only at the end of its sentence, if it describes
    nothing; no address, and not what another thing is: "mi clave y mi usuario es X"), letters with digits right after the word
    for it ("contraseña X"), or a token of a make that no word has.
    """
    hidden, end = "", 0
    for start, stop in sorted({*_told(text), *_following(text), *_made(text)}):
        if start >= end:
            hidden, end = hidden + text[end:start] + mark, stop
    return hidden + text[end:], end > 0


def _told(text: str) -> Iterator[Span]:
    for match in _NAMED.finditer(text):
        value = match["quoted"] or match["value"].rstrip(".,;:!?)")
        if _PLAIN_ADDRESS.fullmatch(value) or _OTHER_THING.search(_OF.sub("", match["joined"])):
            continue
        if len(value) > 2 and (match["quoted"] or _STRONG.search(value) or _is_last(match, value, text)):
            start = match.start("quoted" if match["quoted"] else "value")
            yield start, start + len(value)


def _following(text: str) -> Iterator[Span]:
    for match in _NEXT.finditer(text):
        value = match["value"].rstrip(",;:?)")
        mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value)) and not _ADDRESS.fullmatch(value)
        if mixed or match["pin"] and value.isdecimal():
            yield match.start("value"), match.start("value") + len(value)


def _made(text: str) -> Iterator[Span]:
    for match in _TOKEN.finditer(text):
        token = match[0].strip(_WRAPPING)
        sign = any(not char.isalnum() for char in token)
        kinds = (any(map(str.islower, token)), any(map(str.isupper, token)), any(map(str.isdigit, token)), sign)
        if all(kinds) and not _ADDRESS.fullmatch(token) and "://" not in token and "[" not in token:
            start = match.start() + match[0].index(token)
            yield start, start + len(token)


def _is_last(match: re.Match[str], value: str, text: str) -> bool:
    """Whether the plain word ends its sentence, is no question and describes nothing."""
    rest = text[match.start("value") + len(value) :].lstrip()
    ends = not rest or (rest[0] in ".,;!\n" and "era" not in match["joined"])
    return ends and not _DESCRIBES.fullmatch(value)
