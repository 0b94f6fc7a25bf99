"""The desk's commands: `deliver`, `list` and `requeue`."""

import argparse
import logging
import signal
import sys
from types import FrameType

from desk.deliver import Worker
from desk.desk import Desk
from desk.errors import DeskError
from desk.records import PENDING, Delivery
from settings import Settings, from_env

GRACE = 1.0  # seconds for the delivery in hand once we are told to stop; supervisors expect us gone within 2


def main() -> None:
    """Run the command that the arguments name."""
    arguments = _parser().parse_args()
    settings = from_env()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    arguments.command(settings, arguments)


def deliver(settings: Settings, arguments: argparse.Namespace) -> None:
    """Deliver what is due: once, or until SIGTERM or SIGINT."""
    worker = Worker(settings)
    _stop_on_signals(worker)
    if arguments.once:
        worker.deliver_due()
    else:
        worker.run()
    signal.setitimer(signal.ITIMER_REAL, 0)  # nothing is under way any more: the interpreter may end in its own time


def show(settings: Settings, arguments: argparse.Namespace) -> None:
    """Print the pending and dead deliveries, one per line: number, kind, status, attempts, next try, reason."""
    for delivery in Desk(settings).undelivered():
        print(_line(delivery))


def requeue(settings: Settings, arguments: argparse.Namespace) -> None:
    """Make the dead delivery of a request due again."""
    try:
        Desk(settings).requeue(arguments.number)
    except DeskError as error:
        sys.exit(str(error))


def _line(delivery: Delivery) -> str:
    next_try = delivery.next_try_at.isoformat(timespec="seconds") if delivery.status == PENDING else "-"
    reason = " ".join((delivery.last_error or "-").split())
    columns = (delivery.request.number, delivery.kind, delivery.status, delivery.attempts, next_try, reason)
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
    listing.set_defaults(command=show)
    requeuing = commands.add_parser("requeue", help="make a dead delivery due again")
    requeuing.add_argument("number", help="the request's number, such as V-2026-000007")
    requeuing.set_defaults(command=requeue)
    return parser


if __name__ == "__main__":
    main()
