"""`python -m triage --folder DIR`: what would happen to each .eml of the folder, in name order; nothing is sent."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

import settings
from bot.result import Understanding
from triage.decide import PERSON, Decision, decide
from triage.message import Mail

logger = logging.getLogger(__name__)


class Understands(Protocol):
    """What understands texts, such as a `bot.model.Model`."""

    def understand(self, text: str) -> Understanding:
        """What a text asks for."""


class Unusable(Exception):
    """What the command was given to work with is not there; the message says what to do."""


def mails(folder: Path) -> list[Path]:
    """The .eml files of a folder, by name.

    Raises:
        Unusable: it cannot be listed.
    """
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".eml")
    except OSError as error:
        raise Unusable(f"--folder: expected a folder of .eml files, got {folder}: {error.strerror}") from error


def triage(paths: Sequence[Path], model: Understands, *, own: str) -> Iterator[dict[str, Any]]:
    """The decision on each mail, with the name of its file and its new text; what cannot be read is for a person."""
    for path in paths:
        try:
            mail = Mail.from_bytes(path.read_bytes())
        except OSError as error:
            mail = Mail(broken=f"the file cannot be read: {error.strerror}")
        yield {"file": path.name, **asdict(_decide(mail, model, own, path.name)), "new_text": mail.new_text}


def _decide(mail: Mail, model: Understands, own: str, name: str) -> Decision:
    try:
        return decide(mail, model.understand(mail.said), own=own)
    except Exception as error:  # the edge of the process: one mail must not stop the rest
        logger.exception("%s is left to a person", name)
        return Decision(PERSON, why=f"triage failed: {type(error).__name__}")


def _load(chosen: settings.Settings) -> Understands:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # spaCy loads TensorFlow, which talks
    from bot import models  # only now: it takes seconds

    try:
        return models.load(chosen)
    except models.NoModel as error:
        raise Unusable(str(error)) from error


def _row(line: dict[str, Any]) -> str:
    subject = " ".join(filter(None, (", ".join(line["faq"]), line["action"], line["theme"])))
    row = f"{line['decision']:8}{line['file']:32}{subject:32}{line['why']}"
    return row.encode("utf-8", "backslashreplace").decode()  # a file's name need not be UTF-8


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m triage", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, metavar="DIR", help="where the .eml files are")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a table")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None, *, model: Understands | None = None) -> int:
    """Print the decisions, by the present model unless given one; 2 if there is none or the folder cannot be listed."""
    options, chosen = _options(arguments), settings.from_env()
    try:
        paths, model = mails(options.folder), model or _load(chosen)
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    for line in triage(paths, model, own=parseaddr(chosen.mail_from)[1]):
        print(json.dumps(line) if options.json else _row(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
