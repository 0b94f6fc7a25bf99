"""The service: decides each new mail once, prepares its reply, flags it and moves it; one bad mail never stops the rest."""

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

from desk import Desk, DeskUnavailable
from desk.records import Clock, MailFate, utc_now
from settings import Settings
from triage.decide import PERSON, Decision, Rules
from triage.judge import Understands, judge
from triage.mailbox import FAILURES, GONE, KEYWORD, Mailbox, MailboxError, Place
from triage.message import Mail
from triage.policy import OFF, SEND, PolicyError, level
from triage.reply import compose, message_id

MOST_ATTEMPTS = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0  # seconds between two connections, doubled after each failure

logger = logging.getLogger(__name__)


class Service:
    """The triage of one mailbox; any number may run, though each mail is moved by one."""

    def __init__(self, settings: Settings, model: Understands, rules: Rules, desk: Desk, clock: Clock = utc_now) -> None:
        """Prepare; the mailbox is opened when it is looked into.

        Raises:
            PolicyError: the policy lets replies go out by themselves, which this service does not do.
        """
        if SEND in {*rules.policy.default.values(), *(p for entry in rules.policy.entries.values() for p in entry.values())}:
            raise PolicyError("MAIL_POLICY: expected off or draft, got send: replies are prepared as drafts only")
        self._settings, self._model, self._rules, self._desk, self._clock = settings, model, rules, desk, clock
        self._stopping = threading.Event()
        self._seen: set[str] = set()

    def run(self) -> None:
        """Look into the mailbox until `stop` is called; whenever it is away, connect again, ever more patiently."""
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with Mailbox(self._settings.imap_url) as mailbox:
                    while not self._stopping.is_set():
                        self.look(mailbox)
                        pause = _FIRST_PAUSE
                        mailbox.wait(self._settings.mail_poll)
            except (*FAILURES, MailboxError, DeskUnavailable) as error:
                logger.error("the next look follows in %.0f s: %s: %s", pause, type(error).__name__, error)
                self._stopping.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def stop(self) -> None:
        """Make `run` return after the mail in hand."""
        self._stopping.set()

    def look(self, mailbox: Mailbox) -> None:
        """Bring every new mail to its end, and record what agents moved.

        Raises:
            OSError, imaplib.IMAP4.abort: the connection ended.
            DeskUnavailable: the database cannot be used.
        """
        for place in mailbox.new():
            if str(place) in self._seen:
                continue
            if self._stopping.is_set():
                return
            try:
                self._treat(mailbox, place)
            except (*GONE, DeskUnavailable):
                raise
            except Exception:  # the edge of the process: it is tried again, and the others are not kept back
                logger.exception("%s failed, it is tried at the next look", place)
        if not self._rules.policy.shadow:
            self._learn(mailbox)

    def _treat(self, mailbox: Mailbox, place: Place) -> None:
        raw = mailbox.raw(place)
        if raw is None:  # somebody moved it meanwhile
            return
        mail, digest = Mail.from_bytes(raw), hashlib.sha256(raw).hexdigest()
        record = self._desk.begin_mail(digest, mail.message_id, str(place))
        if record.filed_at is None and record.attempts > MOST_ATTEMPTS:
            record = self._give_up(record, mail)
        record = record if record.fate else self._decide(record, mail)
        fate = record.fate or {}
        if self._rules.policy.shadow:
            self._desk.file_mail(record.id)
            self._seen.add(str(place))  # it stays as it is, so the mailbox does not tell
            return
        if record.answered and record.filed_at is None and fate["queue"] != "failed":
            self._prepare(mailbox, mail, fate, digest)
        mailbox.file(place, _keywords(fate), self._folder(fate["queue"], fate["theme"]))
        self._desk.file_mail(record.id)
        logger.info("%s: %s, %s", place, fate["decision"], ", ".join(fate["faq"]) or fate["theme"] or fate["queue"])

    def _decide(self, record: MailFate, mail: Mail) -> MailFate:
        decision = self._limited(judge(mail, self._model, self._rules, f"mail {record.id}"), mail)
        answered = decision.policy not in (None, OFF)
        said = level(mail.said)
        return self._desk.decide_mail(record.id, asdict(decision), sender=mail.reply_to, said=said, answered=answered)

    def _limited(self, decision: Decision, mail: Mail) -> Decision:
        """The decision, or that a person decides where this sender had replies enough."""
        if decision.policy in (None, OFF):
            return decision
        reasons = ["the same words were answered already"] if self._desk.was_answered(mail.reply_to, level(mail.said)) else []
        for minutes, most in self._rules.policy.limits.items():
            if self._desk.answers_to(mail.reply_to, timedelta(minutes=minutes)) >= most:
                reasons.append(f"its sender had {most} replies within {minutes} minutes")
        if not reasons:
            return decision
        return replace(decision, decision=PERSON, policy=None, queue=PERSON, why="; ".join([*reasons, decision.why]))

    def _give_up(self, record: MailFate, mail: Mail) -> MailFate:
        why = f"it failed {MOST_ATTEMPTS} times"
        logger.error("mail %s goes to the folder of failures: %s", record.id, why)
        fate = asdict(Decision(PERSON, queue="failed", why=why))
        record = self._desk.decide_mail(record.id, fate, sender=mail.reply_to, said="", answered=False)
        record.fate = {**(record.fate or fate), "queue": "failed"}
        return record

    def _prepare(self, mailbox: Mailbox, mail: Mail, fate: Mapping[str, object], digest: str) -> None:
        faq: Sequence[str] = fate["faq"]  # type: ignore[assignment]
        action: str | None = fate["action"]  # type: ignore[assignment]
        entries = [self._rules.entries[id_] for id_ in faq]
        reply = compose(mail, entries, action, self._settings, digest=digest, now=self._clock())
        mailbox.draft(reply.as_bytes(), message_id(digest, self._settings))

    def _folder(self, queue: str, theme: str | None) -> str:
        own = self._rules.policy.themes.get(theme or "") if queue == PERSON else None
        return own or self._rules.policy.queues[queue]

    def _learn(self, mailbox: Mailbox) -> None:
        names = list(self._rules.policy.queues)
        for queue, folder in self._rules.policy.queues.items():
            others = [_queue_keyword(name) for name in names if name != queue]
            for place in mailbox.moved(folder, _queue_keyword(queue)):
                raw = mailbox.relabel(place, _queue_keyword(queue), others)
                if raw is not None and self._desk.move_mail(hashlib.sha256(raw).hexdigest(), queue):
                    logger.info("%s: an agent moved it to %s", place, queue)


def _keywords(fate: Mapping[str, object]) -> list[str]:
    """The IMAP keywords of a decision: its queue, entries and theme."""
    faq: Sequence[str] = fate["faq"]  # type: ignore[assignment]
    theme = [f"{KEYWORD}/{fate['theme']}"] if fate["theme"] else []
    return [_queue_keyword(str(fate["queue"])), *(f"{KEYWORD}/{id_}" for id_ in faq), *theme]


def _queue_keyword(queue: str) -> str:
    return f"{KEYWORD}/queue/{queue}"
