"""Kills the desk's processes at random while tickets come in, and counts what is lost and what is sent twice.

    python -m benchmarks.soak [--tickets 200] [--kills 50] [--workers 2] [--seed 1] [--database URL]

Tickets are confirmed at a real action server, which repeats what got no answer, as Rasa does. Delivery workers send them and
the customers' receipts to a real mail server, which takes up to 50 ms at each step. All of them are killed with SIGKILL, one
after the other at random. At the end one worker whose clock is past all leases delivers what is left.
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
from settings import ROOT, Settings, from_env

HOST = "127.0.0.1"
NO_LIMIT = "1000000"


class Mailbox:
    """A mail server that is slow at each step, and keeps when it accepted which Message-ID."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, float]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a mail."""
        await _linger()
        self.accepted.append((str(message_from_bytes(envelope.content)["Message-ID"]), time.monotonic()))
        return "250 OK"

    async def handle_QUIT(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - likewise
        """Say goodbye late: a worker that is killed meanwhile has sent what it cannot record."""
        await _linger()
        return "221 Bye"


async def _linger() -> None:
    await asyncio.sleep(random.uniform(0, 0.05))  # noqa: S311 - no secret


class Process:
    """One of our processes; it is started again when it was killed."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
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
            from_env(),
            database_url=arguments.database or f"sqlite:///{folder}/desk.db",
            smtp_url=f"smtp://{HOST}:{controller.port}",
        )
        started = time.monotonic()
        kills: list[float] = []
        confirmed = _run(settings, arguments, kills)
        Worker(settings, lambda: datetime.now(timezone.utc) + 2 * LEASE).deliver_due()
        print(f"{arguments.tickets} tickets and {arguments.kills} kills in {time.monotonic() - started:.0f} s")
        lost = _report(settings, confirmed, mailbox.accepted, kills)
        controller.stop()
    sys.exit(1 if lost else 0)


def _run(settings: Settings, arguments: argparse.Namespace, kills: list[float]) -> dict[str, str]:
    """The number that each confirmed key was told, once all are confirmed and all kills are done; `kills` gets their times."""
    port = _free_port()
    names = ("database_url", "smtp_url")
    limits = {"LIMIT_ADDRESS": NO_LIMIT, "LIMIT_CONVERSATION": NO_LIMIT}
    environment = {**os.environ, **limits, **{name.upper(): str(getattr(settings, name)) for name in names}}
    processes = [Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(port)], environment)]
    processes += [Process(["-m", "desk", "deliver"], environment) for _ in range(arguments.workers)]
    killing = threading.Thread(target=_kill, args=(processes, arguments.kills, kills))
    killing.start()
    confirmed = {}
    for number in range(arguments.tickets):
        confirmed[f"key {number}"] = _confirm(port, f"key {number}")
        time.sleep(random.uniform(0, 0.4))  # noqa: S311 - likewise
    killing.join()
    kills.append(time.monotonic())
    for process in processes:
        process.kill()
    return confirmed


def _kill(processes: list[Process], number: int, kills: list[float]) -> None:
    for _ in range(number):
        time.sleep(random.uniform(0.6, 2.2))  # noqa: S311 - likewise; a process is up within a second
        process = random.choice(processes)  # noqa: S311 - likewise
        kills.append(time.monotonic())
        process.kill()
        process.start()


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


def _report(settings: Settings, confirmed: dict[str, str], accepted: list[tuple[str, float]], kills: list[float]) -> int:
    """Print the figures; how many tickets or mails are lost or were never owed."""
    desk = Desk(settings)
    recorded = {request.number for request in desk.requests()}
    owed = {delivery.message_id for number in recorded for delivery in desk.deliveries(number)}
    copies = Counter(id_ for id_, _ in accepted)
    lost, unsent, strange = set(confirmed.values()) - recorded, owed - set(copies), set(copies) - owed
    print(f"tickets: {len(confirmed)} confirmed, {len(recorded)} recorded, {len(lost)} lost")
    print(f"mails: {len(owed)} owed, {len(copies)} accepted, {len(unsent)} lost, {len(strange)} never owed")
    print(f"second copies: {len(accepted) - len(copies)}")
    for id_ in (id_ for id_, count in copies.items() if count > 1):
        at = next(at for known, at in accepted if known == id_)
        after = min((kill - at for kill in kills if kill > at), default=float("nan"))
        print(f"  the worker was killed {after * 1000:.0f} ms after the 250, before it recorded it")
    return len(lost) + len(unsent) + len(strange) + (len(confirmed) != len(recorded))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
