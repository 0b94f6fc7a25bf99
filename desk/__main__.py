"""The desk's commands: `deliver`, `list`, `show`, `requeue`, `proposals` and `incident`."""

import argparse
import json
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from desk.deliver import Worker
from desk.desk import Desk
from desk.errors import DeskError
from desk.numbers import is_of_mail
from desk.records import PENDING, Delivery
from settings import Settings, or_exit

_OF_REQUEST = ("number", "status", "urgent", "kind", "faq_id", "theme", "conversation", "created_at", "text")
_OF_MAIL = ("number", "message_id", "place", "attempts", "failure", "answered", "moved_to", "created_at", "filed_at")
GRACE = 1.0  # seconds for the delivery in hand once we are told to stop; supervisors expect us gone within 2


def main() -> None:
    """Run the command that the arguments name."""
    arguments = _parser().parse_args()
    settings = or_exit()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        arguments.command(settings, arguments)
    except DeskError as error:
        sys.exit(str(error))


def deliver(settings: Settings, arguments: argparse.Namespace) -> None:
    """Deliver what is due: once, or until SIGTERM or SIGINT."""
    worker = Worker(settings)
    _stop_on_signals(worker)
    if arguments.once:
        worker.deliver_due()
    else:
        worker.run()
    signal.setitimer(signal.ITIMER_REAL, 0)  # nothing is under way any more: the interpreter may end in its own time


def print_undelivered(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the pending and dead deliveries, one per line: number, kind, status, attempts, next try, reason."""
    for delivery in Desk(settings).undelivered():
        print(_line(delivery))


def show(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print a request or a mail, one `name: value` per line, and all its deliveries as `list` does."""
    desk = Desk(settings)
    if is_of_mail(arguments.number):
        _print_record(desk.mail(arguments.number), _OF_MAIL, "fate")
    else:
        _print_record(desk.request(arguments.number), _OF_REQUEST, "fields")
    for delivery in desk.deliveries(arguments.number):
        print(_line(delivery))


def requeue(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make the dead delivery of a request due again."""
    Desk(settings).requeue(arguments.number)


def print_proposals(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print what agents accepted in the inbox and would change, a line of JSON each, for `python -m bot proposals export`."""
    desk = Desk(settings)
    for turn, review in desk.proposals():
        print(json.dumps({"verdict": review.verdict, "label": review.label, "text": turn.text}))
    for proposed in desk.proposed():
        if proposed.change:
            print(json.dumps({"change": proposed.change}))


def incident_on(settings: Settings, arguments: argparse.Namespace) -> None:
    """Begin an incident, in the place of any other."""
    suspended = [faq_id for faq_id in arguments.suspend.split(",") if faq_id]
    until = arguments.until
    if until.tzinfo is None:
        until = until.replace(tzinfo=ZoneInfo(settings.time_zone))
    Desk(settings).begin_incident(arguments.text, until=until, suspended=suspended, instead=arguments.instead)


def incident_off(settings: Settings, arguments: argparse.Namespace) -> None:
    """End the incident."""
    Desk(settings).end_incident()


def incident_show(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the incident, one `name: value` per line; nothing if there is none."""
    if incident := Desk(settings).incident():
        until = incident.until.astimezone(ZoneInfo(settings.time_zone))
        print(f"text: {incident.text}\nuntil: {until.isoformat(timespec='minutes')}")
        print(f"suspended: {','.join(incident.suspended)}\ninstead: {incident.instead}")


def _print_record(record: object, names: Sequence[str], more: str) -> None:
    for name in names:
        print(f"{name}: {getattr(record, name)}")
    for name, value in (getattr(record, more) or {}).items():
        print(f"{more}.{name}: {value}")


def _line(delivery: Delivery) -> str:
    next_try = delivery.next_try_at.isoformat(timespec="seconds") if delivery.status == PENDING else "-"
    reason = " ".join((delivery.last_error or "-").split())
    columns = (delivery.number, delivery.kind, delivery.status, delivery.attempts, next_try, reason)
    return "\t".join(map(str, columns))


def _stop_on_signals(worker: Worker) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        sys.exit("stopped with a delivery under way: it is tried again when its lease ends")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, give_up)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desk", description=__doc__)
    commands = parser.add_subparsers(required=True)
    delivering = commands.add_parser("deliver", help="send what is owed, until SIGTERM or SIGINT")
    delivering.add_argument("--once", action="store_true", help="send what is due now, and end")
    delivering.set_defaults(command=deliver)
    listing = commands.add_parser("list", help="show what is pending or dead, one delivery per line")
    listing.set_defaults(command=print_undelivered)
    showing = commands.add_parser("show", help="show a request or a mail, and all its deliveries")
    showing.add_argument("number", help="its number, such as V-2026-000007 or M-2026-000007")
    showing.set_defaults(command=show)
    requeuing = commands.add_parser("requeue", help="make a dead delivery due again")
    requeuing.add_argument("number", help="the number of the request or mail, such as V-2026-000007")
    requeuing.set_defaults(command=requeue)
    proposing = commands.add_parser(
        "proposals", help="print what agents propose as JSON; `python -m bot proposals export` reads it"
    )
    proposing.set_defaults(command=print_proposals)
    _add_incident(
        commands.add_parser("incident", help="tell all customers that something is broken").add_subparsers(required=True)
    )
    return parser


def _add_incident(commands: Any) -> None:
    beginning = commands.add_parser("on", help="show a banner, suspend entries, hold automatic mail")
    beginning.add_argument("--text", required=True, help="the banner")
    beginning.add_argument(
        "--until", required=True, type=datetime.fromisoformat, help="its end, such as 2026-08-01T18:00 in TIME_ZONE"
    )
    beginning.add_argument("--suspend", default="", help="FAQ entries that are not answered, such as 1.6,2.1")
    beginning.add_argument("--instead", default="", help="what is said in their place; the banner if left out")
    beginning.set_defaults(command=incident_on)
    commands.add_parser("off", help="end it").set_defaults(command=incident_off)
    commands.add_parser("show", help="show what is on").set_defaults(command=incident_show)


if __name__ == "__main__":
    main()
