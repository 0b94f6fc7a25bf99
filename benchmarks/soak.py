"""Kills the desk's processes at random while tickets come in, and counts what is lost and what is sent twice.

    python -m benchmarks.soak [--tickets 200] [--kills 50] [--workers 2] [--seed 1] [--database URL]

Tickets are confirmed at a real action server, which repeats what got no answer, as Rasa does. Delivery workers send them and
the customers' receipts to a real mail server, which takes up to 50 ms at each step. All of them are killed with SIGKILL, one
after the other at random. At the end one worker whose clock is past all leases delivers what is left.

A second copy is excused where its sender was killed after the server's 250 and before the commit: the server knows each worker
by its name in EHLO and when it took which mail, and after each kill the database tells what that worker had not recorded. All
other second copies count as failures.
"""

import argparse
import asyncio
import dataclasses
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime, timezone
from email import message_from_bytes
from typing import Any

import requests
from aiosmtpd.controller import Controller

from desk import Desk
from desk.deliver import Worker
from desk.outbox import LEASE
from settings import ROOT, Settings, or_exit

HOST = "127.0.0.1"
NO_LIMIT = "1000000"


@dataclasses.dataclass(frozen=True)
class Copy:
    """A mail as the server took it: its Message-ID, when, and from which worker."""

    id: str
    at: float
    sender: str


@dataclasses.dataclass(frozen=True)
class Kill:
    """The end of a process: when it was dead, and the Message-IDs that the database then held to be unsent."""

    name: str
    at: float
    unsent: frozenset[str]


class Mailbox:
    """A mail server that is slow at each step, and keeps what it accepted."""

    def __init__(self) -> None:
        self.accepted: list[Copy] = []

    async def handle_DATA(self, _server: object, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a mail."""
        await _linger()
        id_ = str(message_from_bytes(envelope.content)["Message-ID"])
        self.accepted.append(Copy(id_, time.monotonic(), str(session.host_name)))
        return "250 OK"

    async def handle_QUIT(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - likewise
        """Say goodbye late: a worker that is killed meanwhile has sent what it cannot record."""
        await _linger()
        return "221 Bye"


async def _linger() -> None:
    await asyncio.sleep(random.uniform(0, 0.05))  # noqa: S311 - no secret


class Process:
    """One of our processes; it is started again when it was killed."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self._command, self._environment = [sys.executable, "-W", "ignore", *arguments], environment
        self.start()

    def start(self) -> None:
        """Start it."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=quiet, stderr=quiet)

    def kill(self) -> None:
        """Kill it without a chance to end."""
        self._process.kill()
        self._process.wait()


def main() -> None:
    """Run, print the figures, and end with 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("tickets", 200), ("kills", 50), ("workers", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--database", help="an SQLAlchemy URL; a new SQLite file if left out")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname=HOST, port=_free_port())
        controller.start()
        settings = dataclasses.replace(
            or_exit(),
            database_url=arguments.database or f"sqlite:///{folder}/desk.db",
            smtp_url=f"smtp://{HOST}:{controller.port}",
        )
        started = time.monotonic()
        kills: list[Kill] = []
        confirmed = _run(settings, arguments, kills)
        Worker(settings, lambda: datetime.now(timezone.utc) + 2 * LEASE).deliver_due()
        print(f"{arguments.tickets} tickets and {arguments.kills} kills in {time.monotonic() - started:.0f} s")
        failures = _report(settings, confirmed, mailbox.accepted, kills)
        controller.stop()
    sys.exit(1 if failures else 0)


def _run(settings: Settings, arguments: argparse.Namespace, kills: list[Kill]) -> dict[str, str]:
    """The number that each confirmed key was told, once all are confirmed and all kills are done, which `kills` gets."""
    port = _free_port()
    names = ("database_url", "smtp_url")
    limits = {"LIMIT_ADDRESS": NO_LIMIT, "LIMIT_CONVERSATION": NO_LIMIT}
    environment = {**os.environ, **limits, **{name.upper(): str(getattr(settings, name)) for name in names}}
    processes = [Process("actions", ["-m", "rasa_sdk", "--actions", "actions", "--port", str(port)], environment)]
    for number in range(arguments.workers):
        name = f"worker{number}.example.com"  # EHLO tells the domain of the sender
        processes.append(Process(name, ["-m", "desk", "deliver"], {**environment, "MAIL_FROM": f"ventanilla@{name}"}))
    desk = Desk(settings)
    killing = threading.Thread(target=_kill_some, args=(desk, processes, arguments.kills, kills))
    killing.start()
    confirmed = {}
    for number in range(arguments.tickets):
        confirmed[f"key {number}"] = _confirm(port, f"key {number}")
        time.sleep(random.uniform(0, 0.4))  # noqa: S311 - likewise
    killing.join()
    kills += [_kill(desk, process) for process in processes]
    return confirmed


def _kill_some(desk: Desk, processes: list[Process], number: int, kills: list[Kill]) -> None:
    for _ in range(number):
        time.sleep(random.uniform(0.6, 2.2))  # noqa: S311 - likewise; a process is up within a second
        process = random.choice(processes)  # noqa: S311 - likewise
        kills.append(_kill(desk, process))
        process.start()


def _kill(desk: Desk, process: Process) -> Kill:
    process.kill()
    at = time.monotonic()
    return Kill(process.name, at, frozenset(delivery.message_id for delivery in desk.undelivered()))


def _confirm(port: int, key: str) -> str:
    """The number of the ticket with this key; asked for until it is told."""
    slots = {"accion": "open_ticket", "clave": key, "confirmado": "sí", "contacto": "eva@example.com", "detalle": f"Avería {key}"}
    last = {"text": "sí", "intent": {"name": "afirmar"}, "entities": []}
    tracker = {"sender_id": key, "slots": slots, "latest_message": last, "events": [], "paused": False, "active_loop": {}}
    call = {"next_action": "action_enviar", "sender_id": key, "tracker": tracker, "domain": {"responses": {}}}
    while True:
        try:
            answer = requests.post(f"http://{HOST}:{port}/webhook", json=call, timeout=20)
            return str(answer.json()["responses"][0]["numero"])
        except (requests.RequestException, LookupError):  # it was killed, or the database was busy: nothing was promised
            time.sleep(0.1)


def _report(settings: Settings, confirmed: dict[str, str], accepted: list[Copy], kills: list[Kill]) -> int:
    """Print the figures; how many tickets or mails are lost, were never owed, or came twice without an excuse."""
    desk = Desk(settings)
    recorded = {request.number for request in desk.requests()}
    owed = {delivery.message_id for number in recorded for delivery in desk.deliveries(number)}
    taken = {copy.id for copy in accepted}
    lost, unsent, strange = set(confirmed.values()) - recorded, owed - taken, taken - owed
    print(f"killed: {', '.join(f'{name} {count} times' for name, count in sorted(Counter(kill.name for kill in kills).items()))}")
    print(f"tickets: {len(confirmed)} confirmed, {len(recorded)} recorded, {len(lost)} lost")
    print(f"mails: {len(owed)} owed, {len(taken)} accepted, {len(unsent)} lost, {len(strange)} never owed")
    again = [(before, copy) for copy in accepted for before in _before(copy, accepted)[-1:]]
    excuses = [_excuse(before, copy, kills) for before, copy in again]
    print(f"second copies: {len(again)}, of which {excuses.count(None)} not between the 250 and the commit")
    for kill, (before, _) in zip(excuses, again):
        if kill:
            print(
                f"  {kill.name} was dead {(kill.at - before.at) * 1000:.0f} ms after the 250, and the mail not recorded as sent"
            )
    return len(lost) + len(unsent) + len(strange) + excuses.count(None) + (len(confirmed) != len(recorded))


def _before(copy: Copy, accepted: list[Copy]) -> list[Copy]:
    return [other for other in accepted if other.id == copy.id and other.at < copy.at]


def _excuse(before: Copy, copy: Copy, kills: list[Kill]) -> Kill | None:
    """The kill of the sender of the copy before, if it had not recorded it and this copy came after its death."""
    death = next((kill for kill in kills if kill.name == before.sender and kill.at > before.at), None)
    return death if death and before.id in death.unsent and copy.at > death.at else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
