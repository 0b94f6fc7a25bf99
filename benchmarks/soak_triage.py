"""Kills the triage and the delivery of its replies at random instants, and counts what is lost and what happens twice.

    python -m benchmarks.soak_triage [--mails 300] [--kills 200] [--seed 1]

The mails come into a real Dovecot, and replies go out to a real SMTP server; each process lives up to a second. A clock that is
past the lease of the dead stands in for the minutes until a reply is tried again.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from desk import Desk
from desk.deliver import Worker
from desk.outbox import LEASE
from settings import Settings
from tests.desk_parts import Clock, MailServer, free_port
from tests.dovecot import Dovecot
from tests.triage_parts import QUEUES, Reader, mail, settings_for
from triage.judge import rules_of
from triage.mailbox import Mailbox
from triage.policy import Policy
from triage.service import Service

SENDS = Policy(dict.fromkeys(("low", "medium", "high"), "send"), queues=QUEUES)


def work(settings: Settings, clock: Clock) -> None:
    """Treat what is in the mailbox, and deliver what is owed."""
    desk, worker, reader = Desk(settings, clock), Worker(settings, clock), Reader()
    with Mailbox(settings.imap_url) as mailbox:
        Service(settings, reader, rules_of(settings, SENDS, reader), desk, clock).look(mailbox)
    worker.deliver_due()


def kill_after(seconds: float, settings: Settings, clock: Clock) -> bool:
    """Whether the work, in a process of its own, had to be ended by SIGKILL."""
    child = os.fork()
    if child == 0:
        try:
            work(settings, clock)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main() -> None:
    """Print what became of the mails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak_triage", description=__doc__.partition("\n")[0])
    for name, default in (("mails", 300), ("kills", 200), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        dovecot, server, clock = Dovecot(Path(folder), free_port()), MailServer(), Clock()
        dovecot.start()
        server.start()
        settings = settings_for(dovecot, server, Path(folder) / "desk")
        Desk(settings)
        coming, died = list(range(1, chosen.mails + 1)), 0
        for kill in range(chosen.kills):
            due = len(coming) // (chosen.kills - kill)
            dovecot.deliver(*(mail(number) for number in coming[:due]))
            coming = coming[due:]
            died += kill_after(rng.uniform(0.05, 1.0), settings, clock)
            clock.forward(LEASE + timedelta(minutes=1))
        for _ in range(5):  # a reply may have been leased by the dead
            work(settings, clock)
            clock.forward(LEASE + timedelta(minutes=1))
        sent = Counter(message["Message-ID"] for message in server.mails)
        filed = {queue: len(dovecot.mails(name.replace("/", "."))) for queue, name in QUEUES.items()}
        decided = Desk(settings).mail_figures()["decision"]
        dovecot.stop()
        server.stop()
    print(f"{chosen.mails} mails, {died} of {chosen.kills} processes killed while they worked")
    print(f"decided {decided}, filed {filed}")
    print(f"answered {len(sent)} mails with {sum(sent.values())} replies: {sum(sent.values()) - len(sent)} second copies")


if __name__ == "__main__":
    main()
