"""Takes out of a text what identifies a customer or opens an account, before it is stored."""

import re

EMAIL, PHONE, SERIAL, SECRET = "[email]", "[phone]", "[serial]", "[secret]"
MARKS = (EMAIL, PHONE, SERIAL, SECRET)

_EMAIL = re.compile(r"[^\s@<>()\[\]\"',;:]{1,64}@[^\s@<>()\[\]\"',;:]{1,255}\.[^\W\d_]{2,}")
_PHONE = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w-])")
_SERIAL = re.compile(r"(?<![^\W_ºª])(?:[A-Za-z]{2}\d{3}[A-Za-z]|[A-Z]{2}[ -]\d{3}[ -]?[A-Z])(?![^\W_])")
_NAMED = r"\b(?:contrase(?:ñ|n|nh)as?|claves?|password|passwd|pwd|pass|pin)\b"
_TOLD = re.compile(rf"{_NAMED}[^.\n]{{0,25}}?(?:[:=]\s*|\s(?:es|era|is)\s*:?\s+)[\"'«“]?(?P<secret>[^\s\"'»”]+)", re.IGNORECASE)
# What says what a password is like, after "mi contraseña es …".
_DESCRIBES = re.compile(
    r"(?:(?:in)?correct[ao]|(?:in)?v[aá]lid[ao]|err[oó]ne[ao]|muy|m[aá]s|demasiado|tan|la|el|l[oa]s|una?|un|que|de|mi|igual|"
    r"mal[ao]?|d[eé]bil|cort[ao]|larg[ao]|(?:in)?segur[ao]|nuev[ao]|antigu[ao]|viej[ao]|no|s[ií]|dif[ií]cil|f[aá]cil|est[aáe]|"
    r"obligatori[ao]|necesari[ao]|distint[ao]|diferente|correct|wrong|invalid|not|the|too|cuando|porque|para|con|\w+(?:ada|ida))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S{6,64}")
_WRAPPING = ".,;:!?()\"'«»“”¿¡"


def mask(text: str) -> str:
    """The text with addresses, phone-like numbers, serial numbers and likely passwords replaced by `MARKS`."""
    text = _SERIAL.sub(SERIAL, _EMAIL.sub(EMAIL, text))
    return _PHONE.sub(PHONE, without_secrets(text))


def without_secrets(text: str) -> str:
    """The text with what looks like a password replaced by `[secret]`: told as one, or of a make that no word has."""
    text = _TOLD.sub(_hide_told, text)
    return _TOKEN.sub(_hide_strong, text)


def _hide_told(match: re.Match[str]) -> str:
    secret = match["secret"].rstrip(_WRAPPING)
    if len(secret) < 3 or secret in MARKS or _DESCRIBES.fullmatch(secret):
        return match[0]
    start = match.start("secret") - match.start()
    return match[0][:start] + SECRET + match[0][start + len(secret) :]


def _hide_strong(match: re.Match[str]) -> str:
    token = match[0].strip(_WRAPPING)
    sign = any(not char.isalnum() for char in token)
    kinds = (any(map(str.islower, token)), any(map(str.isupper, token)), any(map(str.isdigit, token)), sign)
    if not all(kinds) or "@" in token.strip("@") and _EMAIL.fullmatch(token) or "://" in token or "[" in token:
        return match[0]
    return match[0].replace(token, SECRET)
