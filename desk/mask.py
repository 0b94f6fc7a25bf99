"""Takes out of a text what identifies a customer or opens an account, before it is stored."""

import re
from collections.abc import Collection

from passwords import without_passwords

EMAIL, PHONE, SERIAL, SECRET = "[email]", "[phone]", "[serial]", "[secret]"

_EMAIL = re.compile(r"[^\s@<>()\[\]\"',;:]{1,64}@[^\s@<>()\[\]\"',;:]{1,255}\.[^\W\d_]{2,}")
_PHONE = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s().-]{0,2}\d){6,14}(?![\w-])")
_SERIAL = re.compile(r"(?<![^\W_ºª])(?:[A-Za-z]{2}-?\d{3}-?[A-Za-z]|[A-Z]{2} \d{3} ?[A-Z])(?![^\W_])")


def mask(text: str) -> str:
    """The text with addresses, phone-like numbers, serial numbers and likely passwords replaced by what they are."""
    return _PHONE.sub(PHONE, _SERIAL.sub(SERIAL, _EMAIL.sub(EMAIL, without_secrets(text))))


def mask_ours(text: str, own: Collection[str]) -> str:
    """A text of ours with what it repeats of a customer replaced: addresses that are not our own, and phone-like numbers.

    What it says of passwords and serial numbers is about their form: no text of ours repeats a password.
    """
    return _PHONE.sub(PHONE, _EMAIL.sub(lambda match: match[0] if match[0].casefold() in own else EMAIL, text))


def without_secrets(text: str) -> str:
    """The text with what looks like a password replaced by `[secret]`."""
    return without_passwords(text, SECRET)[0]
