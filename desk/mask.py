"""Takes out of a text what identifies a customer or opens an account, before it is stored."""

import re

from passwords import without_passwords

EMAIL, PHONE, SERIAL, SECRET = "[email]", "[phone]", "[serial]", "[secret]"

_EMAIL = re.compile(r"[^\s@<>()\[\]\"',;:]{1,64}@[^\s@<>()\[\]\"',;:]{1,255}\.[^\W\d_]{2,}")
_PHONE = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w-])")
_SERIAL = re.compile(r"(?<![^\W_ºª])(?:[A-Za-z]{2}\d{3}[A-Za-z]|[A-Z]{2}[ -]\d{3}[ -]?[A-Z])(?![^\W_])")
_TOKEN = re.compile(r"\S{6,64}")
_WRAPPING = ".,;:!?()\"'«»“”¿¡"


def mask(text: str) -> str:
    """The text with addresses, phone-like numbers, serial numbers and likely passwords replaced by what they are."""
    return _PHONE.sub(PHONE, _SERIAL.sub(SERIAL, _EMAIL.sub(EMAIL, without_secrets(text))))


def without_secrets(text: str) -> str:
    """The text with what looks like a password replaced by `[secret]`: told as one, or of a make that no word has."""
    return _TOKEN.sub(_hide_strong, without_passwords(text, SECRET)[0])


def _hide_strong(match: re.Match[str]) -> str:
    token = match[0].strip(_WRAPPING)
    sign = any(not char.isalnum() for char in token)
    kinds = (any(map(str.islower, token)), any(map(str.isupper, token)), any(map(str.isdigit, token)), sign)
    if not all(kinds) or "@" in token.strip("@") and _EMAIL.fullmatch(token) or "://" in token or "[" in token:
        return match[0]
    return match[0].replace(token, SECRET)
