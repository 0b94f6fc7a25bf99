"""How many mails a second the triage brings to their end, and how that grows with the mailbox.

    python -m benchmarks.mailbox [--sizes 250,500,1000,2000]

The trained model decides the labelled mails of `mails.jsonl`, repeated under other senders, over a real Dovecot: each is fetched,
parsed, understood, recorded, prepared as a draft where it can be answered, flagged and moved. The last column is the time for
one more mail with all of the others in the mailbox.
"""

import argparse
import json
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

from benchmarks.mails import MAILS
from bot import models
from desk import Desk
from settings import or_exit
from tests.desk_parts import MailServer, free_port
from tests.dovecot import Dovecot
from tests.triage_parts import QUEUES, settings_for
from triage.judge import Understands, rules_of
from triage.mailbox import Mailbox
from triage.policy import Policy
from triage.service import Service

ROWS = [json.loads(line) for line in MAILS.read_text(encoding="utf-8").splitlines()]


def mail(number: int) -> bytes:
    """The mail of this number, each from another sender."""
    row, message = ROWS[number % len(ROWS)], EmailMessage()
    message["From"], message["To"] = f"Cliente <cliente{number}@obra.example>", "customer.care@example.com"
    message["Subject"], message["Message-ID"] = row["subject"], f"<{number}@obra.example>"
    message.set_content(row["text"])
    return message.as_bytes()


def measure(size: int, model: Understands) -> tuple[float, float]:
    """The seconds for so many mails, and for one more."""
    with tempfile.TemporaryDirectory(prefix="mailbox") as folder:
        dovecot = Dovecot(Path(folder), free_port())
        dovecot.start()
        settings = settings_for(dovecot, MailServer(), Path(folder) / "desk")
        service = Service(settings, model, rules_of(settings, Policy(queues=QUEUES), model), Desk(settings))
        seconds = []
        with Mailbox(settings.imap_url) as mailbox:
            for numbers in (range(size), range(size, size + 1)):
                dovecot.deliver(*map(mail, numbers))
                started = time.perf_counter()
                service.look(mailbox)
                seconds.append(time.perf_counter() - started)
        dovecot.stop()
    return seconds[0], seconds[1]


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mailbox", description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="250,500,1000,2000", help="how many mails wait")
    model = models.load(or_exit())
    for size in map(int, parser.parse_args().sizes.split(",")):
        seconds, one = measure(size, model)
        print(f"{size:6} mails  {seconds:6.1f} s  {size / seconds:6.1f} mails/s  one more {one * 1000:4.0f} ms", flush=True)


if __name__ == "__main__":
    main()
