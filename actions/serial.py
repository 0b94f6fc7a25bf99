"""Whether a message holds a serial number, or something that was meant to be one: pure, without rasa."""

import re

from actions.said import Said

_CODE = re.compile(r"(?<![\w@.+-])(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z\d](?:-?[A-Za-z\d]){3,11}(?![\w@])")
# Apart by signs it is one anywhere; by blanks only where it stands alone: "de 100 a 200" is none.
_APART = re.compile(r"(?<![\w@.+-])([A-Za-z]{2})[-._/]?(\d{3})[-._/]?([A-Za-z])(?![\w@-])")
_ALONE = re.compile(
    r"\W*(?:(?:el|mi|es|era|numero|n[uú]mero|de|serie|serial|n/s|s/n|sn)\b\W*)*([A-Za-z]{2})[\s._/-]*(\d{3})[\s._/-]*([A-Za-z])\W*",
    re.IGNORECASE,
)


def right(said: Said) -> str:
    """The serial number in the form of the plate, AB123Z; empty if there is none."""
    if value := said.value("numero_serie"):
        return value.upper()
    found = _APART.search(said.text) or _ALONE.fullmatch(said.text)
    return "".join(found.groups()).upper() if found else ""


def malformed(said: Said) -> str:
    """A word of letters and digits that has not the form of a serial number, empty if there is none."""
    return "" if right(said) else next(iter(_CODE.findall(said.text)), "")
