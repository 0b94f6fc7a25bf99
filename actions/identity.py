"""Who a customer says to be: name and company, as they stand in a text. Pure."""

import re

_MOST_WORDS = 6
_WORD = r"[^\W\d_][\w'’.-]*"
_FIRM = r"(?:empresa|compañ[ií]a|compania|firma|sociedad|organizaci[oó]n)"
_END = (
    r"(?=\s*(?:[;\n?!]|,(?!\s*S\.)|(?<!\.\w)\.\s|$|\s(?:y|e|pero)\s+(?:mi|no|quiero|necesito|el|la|me|un|una|se|ya|tengo|estoy|"
    r"soy|trabajo|he|de|del)\b))"
)
_CALLED = r"\b(?:me llamo|mi nombre(?: completo)? es|nombre(?: completo)?\s*:)\s+"
_NAME = re.compile(
    rf"{_CALLED}(?P<name>{_WORD}(?:\s+{_WORD}){{0,5}}?)(?:(?=\s+(?:de|en)\s+(?:la\s+)?{_FIRM}\b|\s+trabajo\b)|{_END})",
    re.IGNORECASE,
)
_I_AM = re.compile(r"\b[Ss]oy\s+(?P<name>[A-ZÁÉÍÓÚÑ][\w'’-]*(?:\s+(?:de\s+la\s+|de\s+los\s+|del\s+)?[A-ZÁÉÍÓÚÑ][\w'’-]*){0,4})")
_FROM = rf"(?:de|en|para)\s+(?:la\s+)?{_FIRM}\s+"
_FIRST = re.compile(_END, re.IGNORECASE)
_FIRM_NAMED = re.compile(
    rf"\b{_FIRM}\s*(?:se llama|es|:)\s*(?!nuev|grande|pequeñ|client|una?\b|la que|el que|de )(?P<firm>[^\s,;][^;\n]*?){_END}",
    re.IGNORECASE,
)
_FIRM_CAPITAL = re.compile(
    rf"(?i:\b{_FROM}|\btrabajo\s+(?:en|para)\s+(?:la\s+{_FIRM}\s+)?)(?P<firm>[A-ZÁÉÍÓÚÑ\d][^;\n]*?)(?i:{_END})"
)
_FIRM_AFTER_NAME = re.compile(
    rf"{_CALLED}[^,;\n]+?,?\s+(?:(?:y\s+)?(?:soy\s+|trabajo\s+)?{_FROM}|y\s+trabajo\s+(?:en|para)\s+)(?P<firm>[^;\n]+?){_END}"
    rf"|{_CALLED}[^,;\n]+,\s*de\s+(?P<other>[^;\n]+?){_END}",
    re.IGNORECASE,
)
_I_AM_FROM = re.compile(rf"{_I_AM.pattern},?\s+de\s+(?P<firm>[A-ZÁÉÍÓÚÑ\d][^;\n]*?){_END}")
_DECLINES = re.compile(
    r"\W*(?:prefiero no|no (?:se )?(?:lo |la |te lo )?(?:quiero|puedo|voy a) (?:dar|decir|poner|escribir|compartir)|"
    r"no (?:se |te )lo digo)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_UNNAMED = re.compile(
    r"\W*(?:(?:no|ni|para|por|que|qué|eso|prefiero|nada|ya|mejor|el|la|otr[oa]|me|mi|en|de|quiero|quisiera|puedo|tengo|esper[ae]|"
    r"un|una|ningun[oa]?|necesito|dej[ae]|soy (?:de|un|una|nuev[oa]|client[ea]|usuari[oa]))\b)",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\W*(?:(?:trabajo )?por mi cuenta|no (?:es|soy|trabajo|tengo)\b.*\b(?:empresa|ningun[ao])|(?:de )?ninguna(?: empresa)?|"
    r"(?:soy )?(?:un |una )?(?:particular|aut[oó]nom[oa]))\W*",
    re.IGNORECASE,
)


def name_in(text: str) -> str:
    """The customer's name where the text says that it is one, empty if it does not."""
    match = _NAME.search(text) or _I_AM.search(text)
    return _clean(match["name"]) if match else ""


def company_in(text: str) -> str:
    """The customer's company where the text says that it is one, empty if it does not."""
    match = _FIRM_AFTER_NAME.search(text)
    if match:
        return _clean(match["firm"] or match["other"])
    if match := _I_AM_FROM.search(text):
        return _clean(match["firm"])
    match = _FIRM_NAMED.search(text) or _FIRM_CAPITAL.search(text)
    return _clean(match["firm"]) if match and _few(match["firm"]) else ""


def name(text: str) -> str:
    """The name in a text that answers the question for it, empty if it holds none."""
    alone = _clean(_FIRST.split(re.sub(r"^\W*(?:soy|es)\s+", "", text, flags=re.IGNORECASE))[0])
    letters = not re.search(r"[\d@?¿/]", alone) and len(re.findall(r"[^\W\d_]", alone)) > 1
    return name_in(text) or (alone if letters and _few(alone) and not _UNNAMED.match(text) else "")


def company(text: str) -> str:
    """The company in a text that answers the question for it, empty if it holds none; "ninguna" is an answer too."""
    if _NONE.fullmatch(text):
        return _clean(text)
    bare = re.sub(rf"^\W*(?:(?:soy|es|trabajo)\s+)?(?:(?:de|en|para)\s+)?(?:la\s+{_FIRM}\s+)?", "", text, flags=re.IGNORECASE)
    alone = _clean(_FIRST.split(bare)[0])
    sound = _few(alone) and not re.search(r"[@?¿]", alone) and len(re.findall(r"\w", alone)) > 1
    return company_in(text) or (alone if sound and not re.match(r"\W*(?:no|para|por|que|qué|eso|prefiero)\b", text, re.I) else "")


def declines(text: str) -> bool:
    """Whether the customer would rather not say it."""
    return _DECLINES.fullmatch(text) is not None


def only_introduces(text: str) -> bool:
    """Whether the text says who the customer is, and nothing besides."""
    told = [value for value in (name_in(text), company_in(text)) if value]
    rest = text
    for value in told:
        rest = rest.replace(value, " ")
    rest = re.sub(
        rf"(?i){_CALLED}|\bsoy\b|\btrabajo\b|\b{_FIRM}\b|\b(?:de|en|para|la|mi|y|es|hola|se llama|buenos días|buenas)\b",
        " ",
        rest,
    )
    return bool(told) and not re.search(r"\w", rest)


def _few(text: str) -> bool:
    return 0 < len(text.split()) <= _MOST_WORDS


def _clean(text: str) -> str:
    plain = " ".join(text.split()).strip(" ,;:¡!«»\"'")
    return plain if plain.count(".") > 1 else plain.rstrip(".")
