"""`python -m triage`: the triage of the support mailbox; of a folder or Maildir, or of one file, only what would happen to it."""

import argparse
import json
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import settings
from bot.jsonl import BrokenInput
from desk import Desk, DeskError
from triage.compare import AGREES, ALONE, DIFFERS, SENT, WAITS, compare
from triage.decide import Rules
from triage.judge import Understands, judge, rules_of
from triage.mailbox import FAILURES, Mailbox, MailboxError
from triage.message import Mail
from triage.policy import Policy, PolicyError
from triage.service import Service

GRACE = 1.0  # seconds for the mail in hand once we are told to stop
_MAILDIR = ("cur", "new")
_SHOWN = ("decision", "policy", "faq", "action", "theme", "language")


class Unusable(Exception):
    """What the command was given to work with is not there; the message says what to do."""


def mails(folder: Path) -> list[Path]:
    """The .eml files of a folder, or the mails of a Maildir, by name.

    Raises:
        Unusable: it cannot be listed.
    """
    try:
        if all((folder / name).is_dir() for name in _MAILDIR):
            return sorted((path for name in _MAILDIR for path in (folder / name).iterdir()), key=lambda path: path.name)
        return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".eml")
    except OSError as error:
        raise Unusable(f"--folder: expected a folder of .eml files or a Maildir, got {folder}: {error.strerror}") from error


def triage(paths: Sequence[Path], model: Understands, rules: Rules) -> Iterator[dict[str, Any]]:
    """The decision on each mail, with the name of its file and its new text; what cannot be read is for a person."""
    for path in paths:
        try:
            mail = Mail.from_bytes(path.read_bytes())
        except OSError as error:
            mail = Mail(broken=f"the file cannot be read: {error.strerror}")
        yield _line(path.name, mail, model, rules)


def _line(name: str, mail: Mail, model: Understands, rules: Rules) -> dict[str, Any]:
    fate = asdict(judge(mail, model, rules, name))
    shown = {field: fate[field] for field in _SHOWN}
    return {"file": name, **shown, "new_text": mail.new_text, "why": fate["why"]}


def _load(chosen: settings.Settings) -> Understands:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # spaCy loads TensorFlow, which talks
    from bot import models, promotions  # only now: it takes seconds

    try:
        return promotions.load(chosen)
    except models.NoModel as error:
        raise Unusable(str(error)) from error


def _row(line: dict[str, Any]) -> str:
    subject = " ".join(filter(None, (", ".join(line["faq"]), line["action"], line["theme"])))
    row = f"{line['decision']:8}{line['policy'] or '-':6}{line['file']:32}{subject:32}{line['why']}"
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
        *(f"Left out  {line}" for line in mail.quoted_text.split("\n")),
    ]
    for need in understanding.needs:
        ranking = ", ".join(f"{candidate.id} {candidate.confidence:.0%}" for candidate in need.ranking[:3])
        parts.append(f"Need      {need.label} is {need.outcome}, risk {need.risk} [{ranking}] {' '.join(need.text.split())[:80]}")
    told = {**asdict(fate), "faq": ", ".join(fate.faq)}
    parts += [f"{name.capitalize():9} {value}" for name, value in told.items() if value]
    return "\n".join(parts).encode("utf-8", "backslashreplace").decode()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m triage", description=__doc__)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="say what would happen to the .eml files or the Maildir there")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a table")
    parser.add_argument("--once", action="store_true", help="treat what is in the mailbox, and end")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen to what is in the mailbox")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("compare", help="set the decisions beside what people answered").add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="a JSON object a line instead of a table"
    )
    commands.add_parser("figures", help="count what became of the mails").add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="a JSON object instead of a table"
    )
    commands.add_parser("explain", help="say why a mail is decided so").add_argument("file", type=Path)
    return parser.parse_args(arguments)


def serve(chosen: settings.Settings, model: Understands, rules: Rules, *, once: bool) -> None:
    """Treat the mailbox of the settings: once, or until SIGTERM or SIGINT."""
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    service = Service(chosen, model, rules, Desk(chosen))
    if once:
        with Mailbox(chosen.imap_url) as mailbox:
            service.look(mailbox)
        return
    _stop_on_signals(service)
    service.run()


def preview(chosen: settings.Settings, model: Understands, rules: Rules) -> Iterator[dict[str, Any]]:
    """What would happen to each new mail of the mailbox, called by its place."""
    with Mailbox(chosen.imap_url) as mailbox:
        for place in mailbox.new():
            yield _line(str(place), Mail.from_bytes(mailbox.raw(place) or b""), model, rules)


def compared(chosen: settings.Settings, rules: Rules, *, as_json: bool) -> Iterator[str]:
    """A row for each decided mail beside what people did with it, and how many of those that they treated agree."""
    from bot.risk import interval  # only now: numpy takes its time

    with Mailbox(chosen.imap_url) as mailbox:
        sent = [Mail.from_bytes(raw) for raw in mailbox.sent()]
    rows = list(compare(Desk(chosen).decided_mails(), sent, rules.entries))
    for row in rows:
        did = row.moved_to or ", ".join(row.gave) or ("own words" if row.answered else "-")
        yield json.dumps(asdict(row)) if as_json else f"{row.number}  {row.decision:8}{', '.join(row.faq):12}{did:12}{row.became}"
    if not as_json:
        counted = Counter(row.became for row in rows)
        agree, known = counted[AGREES], counted[AGREES] + counted[DIFFERS]
        low, high = interval(agree, known) if known else (0.0, 1.0)
        others = ", ".join(f"{counted[name]} {name}" for name in (WAITS, SENT, ALONE))
        yield f"{agree} of {known} agree [{low:.0%}, {high:.0%}]; {others}"


def figures(desk: Desk, *, as_json: bool) -> Iterator[str]:
    """What became of the mails, counted; times in seconds."""
    counted = desk.mail_figures()
    if as_json:
        yield json.dumps(counted)
        return
    for group, counts in counted.items():
        yield from (f"{group:12}{name:24}{count:8}" for name, count in sorted(counts.items()))


def _stop_on_signals(service: Service) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        service.stop()
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        sys.exit("stopped while waiting or with a mail in hand, which is taken up again at the next start")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, give_up)


def _lines(options: argparse.Namespace, chosen: settings.Settings, model: Understands | None) -> Iterator[str]:
    if options.command == "figures":
        yield from figures(Desk(chosen), as_json=options.json)
        return
    paths = mails(options.folder) if options.folder else []
    policy, model = Policy.read(chosen.mail_policy), model or _load(chosen)
    rules = rules_of(chosen, policy, model)
    if options.command == "explain":
        yield explain(options.file, model, rules)
    elif options.command == "compare":
        yield from compared(chosen, rules, as_json=options.json)
    elif options.folder or options.dry_run:
        lines = triage(paths, model, rules) if options.folder else preview(chosen, model, rules)
        yield from (json.dumps(line) if options.json else _row(line) for line in lines)
    else:
        serve(chosen, model, rules, once=options.once)


def main(arguments: Sequence[str] | None = None, *, model: Understands | None = None) -> int:
    """Print the decisions, by the present model unless given one; 2 if something that is needed is not there."""
    options, chosen = _options(arguments), settings.or_exit()
    try:
        for line in _lines(options, chosen, model):
            print(line, flush=True)
    except (Unusable, PolicyError, BrokenInput, MailboxError, DeskError) as error:
        print(error, file=sys.stderr)
        return 2
    except FAILURES as error:
        print(
            f"expected {options.file if options.command == 'explain' else 'the server at IMAP_URL'}, got {error}", file=sys.stderr
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
