"""Whether a message holds a serial number, or something that was meant to be one: pure, without rasa."""

import re

from actions.said import Said

_CODE = re.compile(r"(?<![\w@.+-])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{4,12}(?![\w@])")


def right(said: Said) -> str:
    """The serial number, empty if there is none."""
    return said.value("numero_serie").upper()


def malformed(said: Said) -> str:
    """A word of letters and digits that has not the form of a serial number, empty if there is none."""
    return "" if right(said) else next(iter(_CODE.findall(said.text)), "")
