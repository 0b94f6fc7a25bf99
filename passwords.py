"""Takes passwords out of what customers write: of the chat before the assistant reads it, of all that the desk stores."""

import re

_NAMED = re.compile(
    r"\b(?:contrase(?:ñ|n|nh)as?|claves?|password|passwd|passw|pass|pwd|pin)\b"
    r"(?P<joined>\s*[:=]\s*|[^.,;:\n]{0,25}?\s(?:es|era|is)\b\s*:?\s*)"
    r"(?:(?P<quote>[\"'«“])(?P<quoted>[^\"'»”\n]{3,64})[\"'»”]|(?P<value>[^\s\"'«»“”]{3,64}))",
    re.IGNORECASE,
)
# A digit, a capital inside or a sign: no word of a sentence.
_STRONG = re.compile(r"\d|[a-zñ][A-ZÑ]|[^\w.,;:!?¡¿()-]")
# A plain word that tells what a password is like, or goes on with the sentence.
_DESCRIBES = re.compile(
    r"(?:.*(?:ad[ao]|id[ao]|ect[ao]|[ií]l|ble|nte|eva|eja|ual|gura|nea)s?|mism[ao]|muy|m[aá]s|est[ae]|es[ae]|que|una?|con|para|por|corta|larga|verdad)",
    re.IGNORECASE,
)


def without_passwords(text: str, mark: str) -> tuple[str, bool]:
    """The text with each password that it names ("mi contraseña es X") replaced by the mark, and whether there was one.

    A value with digits or signs is always taken for one, a plain word only at the end of its sentence if it describes nothing.
    """
    hidden, end = "", 0
    for match in _NAMED.finditer(text):
        value = match["quoted"] or match["value"].rstrip(".,;:!?)")
        if len(value) > 2 and (match["quoted"] or _STRONG.search(value) or _is_last(match, value, text)):
            start = match.start("quoted" if match["quoted"] else "value")
            hidden, end = hidden + text[end:start] + mark, start + len(value)
    return hidden + text[end:], end > 0


def _is_last(match: re.Match[str], value: str, text: str) -> bool:
    """Whether the plain word ends its sentence, is no question and describes nothing."""
    rest = text[match.start("value") + len(value) :].lstrip()
    ends = not rest or (rest[0] in ".,;!\n" and "era" not in match["joined"])
    return ends and not _DESCRIBES.fullmatch(value)
