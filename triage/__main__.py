"""`python -m triage`: the triage of the support mailbox; of a folder of .eml files, or of one, only what would happen to it."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import settings
from triage.decide import Rules
from triage.judge import Understands, judge, rules_of
from triage.message import Mail
from triage.policy import Policy, PolicyError

_SHOWN = ("decision", "policy", "faq", "action", "theme", "language")


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


def triage(paths: Sequence[Path], model: Understands, rules: Rules) -> Iterator[dict[str, Any]]:
    """The decision on each mail, with the name of its file and its new text; what cannot be read is for a person."""
    for path in paths:
        try:
            mail = Mail.from_bytes(path.read_bytes())
        except OSError as error:
            mail = Mail(broken=f"the file cannot be read: {error.strerror}")
        fate = asdict(judge(mail, model, rules, path.name))
        shown = {name: fate[name] for name in _SHOWN}
        yield {"file": path.name, **shown, "new_text": mail.new_text, "why": fate["why"]}


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


def explain(path: Path, model: Understands, rules: Rules) -> str:
    """What was read in one mail, what was understood of it, and why it is decided so."""
    mail = Mail.from_bytes(path.read_bytes())
    fate = judge(mail, model, rules, path.name)
    understanding = model.understand(mail.said)
    parts = [
        f"From      {mail.name} <{mail.sender}>",
        f"Subject   {mail.subject}",
        f"Attached  {', '.join(mail.attachments) or '-'}",
        *(f"New       {line}" for line in mail.new_text.split("\n")),
        f"Left out  {len(mail.full_text) - len(mail.new_text)} characters of quotes and signatures",
    ]
    for need in understanding.needs:
        ranking = ", ".join(f"{candidate.id} {candidate.confidence:.0%}" for candidate in need.ranking[:3])
        parts.append(f"Need      {need.label} is {need.outcome}, risk {need.risk} [{ranking}] {' '.join(need.text.split())[:80]}")
    parts += [f"{name.capitalize():9} {value}" for name, value in asdict(fate).items() if value]
    return "\n".join(parts).encode("utf-8", "backslashreplace").decode()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m triage", description=__doc__)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="say what would happen to the .eml files there")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a table")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("explain", help="say why a mail is decided so").add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    if not options.folder and not options.command:
        parser.error("expected --folder DIR or explain FILE")
    return options


def main(arguments: Sequence[str] | None = None, *, model: Understands | None = None) -> int:
    """Print the decisions, by the present model unless given one; 2 if something that is needed is not there."""
    options, chosen = _options(arguments), settings.from_env()
    try:
        paths = mails(options.folder) if options.folder else [options.file]
        policy, model = Policy.read(chosen.mail_policy), model or _load(chosen)
        rules = rules_of(chosen, policy, model)
        if options.command == "explain":
            print(explain(options.file, model, rules))
            return 0
    except (Unusable, PolicyError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{options.file}: expected a mail, got {error.strerror}", file=sys.stderr)
        return 2
    for line in triage(paths, model, rules):
        print(json.dumps(line) if options.json else _row(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
