"""`python -m bot.understand < in.jsonl > out.jsonl`: an object with a `text` a line in, its `Understanding` a line out."""

import json
import sys
from collections.abc import Iterable
from typing import TextIO

import settings
from bot import models, promotions
from bot.model import Model


def understand(model: Model, lines: Iterable[str], out: TextIO, err: TextIO) -> int:
    """Write a line for each line, in order: `{"error": …}` for a bad one; how many were bad."""
    bad = 0
    for number, line in enumerate(lines, 1):
        try:
            text = _text(line)
        except ValueError as error:
            bad += 1
            print(f"line {number}: {error}", file=err)
            print(json.dumps({"error": str(error)}), file=out)
            continue
        print(json.dumps(model.understand(text).as_json(), ensure_ascii=False), file=out, flush=True)
    return bad


def _text(line: str) -> str:
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"expected a JSON object, got {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise ValueError('expected {"text": "…"} with a text')
    return str(data["text"])


def main() -> int:
    """Exit code 1 if a line could not be read, 2 if there is no model."""
    try:
        model = promotions.load(settings.or_exit())
    except models.NoModel as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if understand(model, sys.stdin, sys.stdout, sys.stderr) else 0


if __name__ == "__main__":
    sys.exit(main())
