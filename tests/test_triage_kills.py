"""The triage is killed at each of its steps, by SIGKILL in a process of its own; nothing is lost, and nothing decided twice."""

from datetime import timedelta

import pytest

from desk import Desk
from desk.deliver import Worker
from desk.mail import Mailer
from settings import Settings
from tests.desk_parts import Clock, MailServer
from tests.dovecot import Dovecot, needs_dovecot
from tests.triage_parts import QUEUES, SENDS, Reader, deadly, killed, mail
from triage.judge import rules_of
from triage.mailbox import Mailbox
from triage.policy import Policy
from triage.service import Service

DRAFTS = Policy(queues=QUEUES)
STEPS = [
    *((DRAFTS, step) for step in ("begin_mail", "decide_mail", "append", "flag", "move", "file_mail")),
    *((SENDS, step) for step in ("decide_mail", "flag", "move", "file_mail", "lease", "send", "done")),
]


def treat_and_deliver(settings: Settings, policy: Policy, clock: Clock, dies: tuple[str, str] | None = None) -> None:
    if dies and dies[0] == "send":
        deadly(Mailer, *dies)
    desk, worker, reader = Desk(settings, clock), Worker(settings, clock), Reader()
    with Mailbox(settings.imap_url) as mailbox:
        for victim in (desk, mailbox._box, worker._outbox):
            if dies and hasattr(victim, dies[0]):
                deadly(victim, *dies)
        Service(settings, reader, rules_of(settings, policy, reader), desk, clock).look(mailbox)
    worker.deliver_due()


@needs_dovecot
@pytest.mark.parametrize(("policy", "step"), STEPS, ids=lambda value: value if isinstance(value, str) else value.default["low"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_neither_loses_a_mail_nor_answers_it_twice(
    dovecot: Dovecot, mailbox_settings: Settings, mail_server: MailServer, clock: Clock, policy: Policy, step: str, when: str
) -> None:
    dovecot.deliver(mail())
    assert killed(lambda: treat_and_deliver(mailbox_settings, policy, clock, (step, when)))
    clock.forward(timedelta(minutes=10))  # the lease of the dead is over
    treat_and_deliver(mailbox_settings, policy, clock)
    drafts, sent = len(dovecot.mails("Borradores")), len(mail_server.mails)
    assert [len(dovecot.mails(folder)) for folder in ("INBOX", "V.Contestados", "V.Errores")] == [0, 1, 0]
    assert Desk(mailbox_settings).mail_figures()["decision"] == {"reply": 1}
    # Nobody can tell between the server's 250 and our commit; then the copy bears the same Message-ID.
    twice = (step, when) in (("send", "after"), ("done", "before"))
    assert (drafts, sent) == ((1, 0) if policy is DRAFTS else (0, 2 if twice else 1))
    assert len({message["Message-ID"] for message in mail_server.mails}) <= 1
