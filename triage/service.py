"""The service: treats each new mail of a mailbox, learns from what agents move; one bad mail never stops the rest."""

import hashlib
import logging
import threading
from collections import Counter

from desk import Desk, DeskUnavailable
from desk.records import Clock, utc_now
from settings import Settings
from triage.decide import Rules
from triage.judge import Understands
from triage.mailbox import FAILURES, GONE, Mailbox, MailboxError, Place
from triage.policy import FAILED
from triage.treat import MOST_ATTEMPTS, Treatment, label_keyword

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0  # seconds between two connections, doubled after each failure

logger = logging.getLogger(__name__)


class Service:
    """The triage of one mailbox."""

    def __init__(self, settings: Settings, model: Understands, rules: Rules, desk: Desk, clock: Clock = utc_now) -> None:
        """Prepare; the mailbox is opened when it is looked into."""
        self._settings, self._policy, self._desk = settings, rules.policy, desk
        self._treatment = Treatment(settings, model, rules, desk, clock)
        self._stopping = threading.Event()
        self._seen: set[str] = set()
        self._unread: Counter[str] = Counter()
        self._known: Mailbox | None = None

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
        """Bring every new mail to its end, those whose reply was refused to a person, and record what agents moved.

        Raises:
            OSError, imaplib.IMAP4.abort: the connection ended.
            MailboxError: the mailbox cannot take a draft; what needs none was treated.
            DeskUnavailable: the database cannot be used.
        """
        full: MailboxError | None = None
        for place in [*self._unfinished(mailbox), *mailbox.new()]:
            if self._stopping.is_set():
                return
            try:
                with self._desk.alone_with_mails():
                    self._treat(mailbox, place)
            except MailboxError as error:
                full = error
            except (*GONE, DeskUnavailable):
                raise
            except Exception:  # the edge of the process: it is tried again, and the others are not kept back
                logger.exception("%s failed, it is tried at the next look", place)
        if not self._policy.shadow:
            with self._desk.alone_with_mails():
                for record, failure in self._desk.refused_mails():
                    self._treatment.hand_over(mailbox, record, failure)
                self._learn(mailbox)
        if full:
            raise full

    def _unfinished(self, mailbox: Mailbox) -> list[Place]:
        """The mails that were flagged but not moved when somebody died or the connection did; asked once a connection."""
        if mailbox is self._known:
            return []
        self._known = mailbox
        flagged = ((place, mailbox.raw(place)) for place in mailbox.flagged())
        return [place for place, raw in flagged if raw and self._desk.is_unfiled_mail(_digest(raw))]

    def _treat(self, mailbox: Mailbox, place: Place) -> None:
        name = str(place)
        if name in self._seen:
            return
        if self._unread[name] >= MOST_ATTEMPTS:
            logger.error("%s cannot be fetched and goes to the folder of failures", name)
            mailbox.file(place, [label_keyword(FAILED)], self._policy.folders()[FAILED])
            return
        try:
            raw = mailbox.raw(place)
        except FAILURES:
            self._unread[name] += 1
            raise
        # None if somebody moved it meanwhile; of what stays, the mailbox does not tell that it was seen.
        if raw is not None and self._treatment.treat(mailbox, place, raw):
            self._seen.add(name)

    def _learn(self, mailbox: Mailbox) -> None:
        folders = self._policy.folders()
        for label, folder in folders.items():
            others = [label_keyword(name) for name in folders if name != label]
            for place in mailbox.moved(folder, label_keyword(label)):
                raw = mailbox.raw(place)
                if raw is not None and self._desk.move_mail(_digest(raw), label):
                    logger.info("%s: an agent moved it to %s", place, label)
                mailbox.relabel(place, [label_keyword(label)], others)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
