"""Files with a JSON object a line, as the sets of `benchmarks/` are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class BrokenInput(ValueError):
    """A file cannot be used; the message says which, where, why and what to do."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")


def read(path: Path, **kinds: type) -> list[dict[str, Any]]:
    """The objects of a file with one in JSON a line, each with values of these kinds.

    Raises:
        BrokenInput: the file is empty, or a line is something else.
    """
    content = path.read_bytes().rstrip()
    if not content:
        raise BrokenInput(path, 1, f"is empty: expected a JSON object a line, with {' and '.join(kinds)}")
    return [_object(path, number, line, kinds) for number, line in enumerate(content.split(b"\n"), 1)]


def _object(path: Path, number: int, line: bytes, kinds: Mapping[str, type]) -> dict[str, Any]:
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is JSON, but no text
    except ValueError as error:
        raise BrokenInput(path, number, f"expected a JSON object, got {error}: correct the line") from error
    for key, kind in kinds.items():
        if not isinstance(value, dict) or not isinstance(value.get(key), kind) or not value[key]:
            raise BrokenInput(
                path, number, f"expected an object with a {kind.__name__} `{key}`, got {value!r:.80}: correct the line"
            )
    return value
