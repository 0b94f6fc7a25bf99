"""Brings one mail to its end: begun, decided with all that is owed for it, prepared, filed; each step once, whatever breaks."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from bot.result import ANSWER
from desk import Desk, DeskUnavailable, InvalidRequest, TooMany, is_address
from desk.records import Clock, MailFate
from settings import Settings
from triage.decide import IGNORE, PERSON, REPLY, Decision, Rules
from triage.judge import Understands, judge
from triage.limits import limited, thread_of
from triage.mailbox import GONE, KEYWORD, Mailbox, MailboxError, Place
from triage.message import Mail
from triage.policy import DRAFT, FAILED, OFF, SEND, level
from triage.reply import compose, message_id

MOST_ATTEMPTS = 3
SHADOW = "shadow"  # in the record of a mail that was decided without touching it

logger = logging.getLogger(__name__)


class Treatment:
    """What happens to the mails of one mailbox."""

    def __init__(self, settings: Settings, model: Understands, rules: Rules, desk: Desk, clock: Clock) -> None:
        self._settings, self._model, self._rules, self._desk, self._clock = settings, model, rules, desk, clock

    def treat(self, mailbox: Mailbox, place: Place, raw: bytes) -> bool:
        """Bring a mail to its end; where it fails for the last time, that is the folder of failures.

        Returns:
            Whether it stays where it is, as what was decided in `shadow` does for ever: people answer that.

        Raises:
            OSError, imaplib.IMAP4.abort, MailboxError, DeskUnavailable: nothing that lies with this mail.
            Exception: this mail cannot be treated now; it is counted.
        """
        mail, digest = Mail.from_bytes(raw), hashlib.sha256(raw).hexdigest()
        record = self._desk.begin_mail(digest, mail.message_id, str(place))
        try:
            return self._bring(mailbox, place, mail, record)
        except (*GONE, MailboxError):
            self._desk.put_back_mail(record.id)
            raise
        except DeskUnavailable:
            raise
        except Exception as error:
            self._desk.fail_mail(record.id, type(error).__name__)
            raise

    def hand_over(self, mailbox: Mailbox, record: MailFate, failure: str) -> None:
        """Bring a mail whose reply was refused to a person, flagged with what refused it; where it is gone, somebody has it."""
        fate = record.fate or {}
        folders, was = self._rules.policy.folders(), self._label(fate)
        for place in mailbox.find(folders[was], record.message_id):
            raw = mailbox.raw(place)
            if raw is not None and hashlib.sha256(raw).hexdigest() == record.digest:
                mailbox.relabel(place, [label_keyword(PERSON), f"{KEYWORD}/{failure}"], ["\\Answered", label_keyword(was)])
                mailbox.move(place, folders[PERSON])
        self._desk.fail_mail(record.id, failure)
        logger.error("%s comes to a person, for its reply was not taken: %s", record.number, failure)

    def keywords(self, fate: Mapping[str, Any]) -> list[str]:
        """The IMAP keywords of a decision: its folder, entries and theme; what was answered by itself is marked so."""
        told = [*fate["faq"], *filter(None, [fate["theme"], fate.get("failure")])]
        flags = ["\\Answered"] if fate["policy"] == SEND else []
        return [*flags, label_keyword(self._label(fate)), *(f"{KEYWORD}/{word}" for word in told)]

    def _bring(self, mailbox: Mailbox, place: Place, mail: Mail, record: MailFate) -> bool:
        failed = record.filed_at is None and record.attempts > MOST_ATTEMPTS
        known = self._give_up(record, mail) if failed else record.fate
        fate = known or self._decide(record, mail, mailbox.arrived(place))
        if not fate.get(SHADOW):
            if record.filed_at is None and fate["policy"] == DRAFT and fate["queue"] != FAILED:
                reply = self._reply(mail, tuple(fate["faq"]), fate["action"], record.digest, automatic=False)
                mailbox.draft(reply.as_bytes(), message_id(record.digest, self._settings), begun=known is not None)
            mailbox.file(place, self.keywords(fate), self._rules.policy.folders()[self._label(fate)])
        self._desk.file_mail(record.id)
        logger.info("%s: %s, %s", place, fate["decision"], ", ".join(fate["faq"]) or fate["theme"] or fate["queue"])
        return bool(fate.get(SHADOW))

    def _decide(self, record: MailFate, mail: Mail, arrived: datetime | None) -> dict[str, Any]:
        decision = judge(mail, self._model, self._rules, f"mail {record.id}")
        if not self._rules.policy.shadow:
            decision = limited(decision, mail, self._rules.policy, self._desk)
        if decision.policy == SEND and not is_address(mail.reply_to):
            decision = replace(decision, policy=DRAFT, acts=False, why=f"only a draft, for its address is odd; {decision.why}")
        try:
            return self._record(record, mail, decision, arrived)
        except (InvalidRequest, TooMany) as error:
            logger.warning("mail %s: its action is offered, not carried out: %s", record.id, type(error).__name__)
            return self._record(record, mail, replace(decision, acts=False), arrived)

    def _record(self, record: MailFate, mail: Mail, decision: Decision, arrived: datetime | None) -> dict[str, Any]:
        shadow = self._rules.policy.shadow
        sends, acts = decision.policy == SEND and not shadow, decision.acts and not shadow
        reply = self._reply(mail, decision.faq, decision.action, record.digest, automatic=True, done=acts) if sends else None
        return self._desk.decide_mail(
            record.id,
            {**asdict(decision), SHADOW: shadow, "waited": arrived and max(0, round((self._clock() - arrived).total_seconds()))},
            sender=mail.reply_to,
            thread=thread_of(mail),
            said=level(mail.said),
            answered=decision.policy not in (None, OFF) and not shadow,
            reply=reply,
            action=(decision.action, self._offering(decision)) if acts and decision.action else None,
            turn=None if shadow else self._turn(mail, decision),
        )

    def _offering(self, decision: Decision) -> str:
        """The entry of the answer that offers the action."""
        offering = (id_ for id_ in decision.faq if self._rules.entries[id_].get("action") == decision.action)
        return next(offering, decision.faq[0])

    def _turn(self, mail: Mail, decision: Decision) -> dict[str, Any]:
        """What is recorded of the mail beside the turns of the chat; one that only looked answerable comes to a person."""
        answered = decision.decision == REPLY and decision.policy != OFF
        outcome = ANSWER if answered else IGNORE if decision.decision == IGNORE else decision.outcome
        return {
            "text": mail.said,
            "outcome": PERSON if outcome == ANSWER and not answered else outcome or PERSON,
            "faq_ids": list(decision.faq),
            "theme": decision.theme,
            "model": self._model.manifest.get("version"),
        }

    def _reply(
        self, mail: Mail, faq: Sequence[str], action: str | None, digest: str, *, automatic: bool, done: bool = False
    ) -> EmailMessage:
        entries, now = [self._rules.entries[id_] for id_ in faq], self._clock()
        return compose(mail, entries, action, self._settings, digest=digest, now=now, automatic=automatic, done=done)

    def _give_up(self, record: MailFate, mail: Mail) -> dict[str, Any]:
        why = f"it failed {MOST_ATTEMPTS} times, at last with {record.failure or 'the end of the process'}"
        logger.error("mail %s goes to the folder of failures: %s", record.id, why)
        fate = {**asdict(Decision(PERSON, queue=FAILED, why=why)), SHADOW: self._rules.policy.shadow}
        kept = self._desk.decide_mail(record.id, fate, sender=mail.reply_to, thread="", said="", answered=False)
        return {**kept, "queue": FAILED, "theme": None, "failure": record.failure}

    def _label(self, fate: Mapping[str, Any]) -> str:
        """What stands for the folder of this fate: its theme where that has one, else its queue."""
        theme = fate["theme"]
        return theme if fate["queue"] == PERSON and theme in self._rules.policy.folders() else str(fate["queue"])


def label_keyword(label: str) -> str:
    """The keyword by which a mail in a folder tells that it belongs there."""
    return f"{KEYWORD}/queue/{label}"
