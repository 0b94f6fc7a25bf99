"""Two triage processes on one mailbox and one desk: each mail decided once, and no more replies than the limits let."""

import dataclasses
import os
from pathlib import Path

import pytest

from bot.result import Understanding
from desk import Desk
from settings import Settings
from tests.desk_parts import Clock
from tests.dovecot import Dovecot, needs_dovecot
from tests.triage_parts import QUEUES, SENDS, Reader, mail
from triage.judge import rules_of
from triage.mailbox import Mailbox
from triage.policy import Policy
from triage.service import Service

MAILS = 16


class Noting(Reader):
    """Notes in a file, which several processes share, what it was asked."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def understand(self, text: str) -> Understanding:
        with self._file.open("a") as notes:
            notes.write(f"{text.split()[-1]}\n")
        return super().understand(text)


def look(settings: Settings, policy: Policy, file: Path, clock: Clock, start: int) -> None:
    reader = Noting(file)
    service = Service(settings, reader, rules_of(settings, policy, reader), Desk(settings, clock), clock)
    with Mailbox(settings.imap_url) as mailbox:
        os.read(start, 1)
        service.look(mailbox)


def both_look(settings: Settings, policy: Policy, file: Path, clock: Clock) -> None:
    children, (start, signal) = [], os.pipe()
    for _ in range(2):
        children.append(os.fork())
        if children[-1] == 0:
            failed = True
            try:
                look(settings, policy, file, clock, start)
                failed = False
            finally:
                os._exit(failed)
    os.write(signal, b"xx")
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    os.close(start)
    os.close(signal)


@needs_dovecot
@pytest.mark.parametrize(
    ("policy", "replies", "drafts"), [(SENDS, 1, 0), (Policy(queues=QUEUES, limits={60: 3}), 0, 3)], ids=["send", "draft"]
)
def test_two_processes_decide_each_mail_once_and_keep_the_limits(
    dovecot: Dovecot, settings: Settings, tmp_path: Path, clock: Clock, policy: Policy, replies: int, drafts: int
) -> None:
    told = dataclasses.replace(settings, imap_url=dovecot.url)
    Desk(told, clock)
    dovecot.deliver(*(mail(number, f"confirmación {number}", sender="ana@obra.example") for number in range(MAILS)))
    both_look(told, policy, tmp_path / "heard", clock)
    heard = (tmp_path / "heard").read_text().split()
    assert sorted(map(int, heard)) == list(range(MAILS))
    desk = Desk(told, clock)
    assert (len(desk.undelivered()), len(dovecot.mails("Borradores"))) == (replies, drafts)
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "V.Contestados", "V.Errores")] == [0, replies + drafts, 0]
    assert {record.attempts for record in desk.decided_mails()} == {1}
