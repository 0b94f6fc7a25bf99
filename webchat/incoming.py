"""What clients send, checked: a view that asks here gets what it expects, or the request ends with a problem."""

import unicodedata
from typing import Any

from flask import abort, request

from webchat.problems import Problem

_KEPT = "\n\t"


def json_object() -> dict[str, Any]:
    """The JSON object in the request's body; ends with 400, 413 or 415 if there is none."""
    try:
        body = request.get_json()
    except RecursionError:
        abort(400, "The JSON is nested too deeply.")
    if not isinstance(body, dict):
        abort(400, "Expected a JSON object.")
    return body


def string(body: dict[str, Any], name: str) -> str | None:
    """The text under this name, None if there is none; ends with 400 if it is something else."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        abort(400, f"Expected a string under {name!r}.")
    return without_halves(value)


def without_halves(text: str) -> str:
    """The text without the halves of characters that JSON can carry and nothing behind us can."""
    return text.encode(errors="ignore").decode()


def readable(text: str) -> str:
    """The text without control characters; ends with 400 if nothing to read is left."""
    kept = "".join(char for char in text if char in _KEPT or unicodedata.category(char) != "Cc")
    if not any(char.isprintable() and not char.isspace() for char in kept):
        raise Problem(400, "empty-message", "Empty message", "The text holds nothing that can be read.")
    return kept
