"""What became of each mail of the support mailbox: decided once, and counted against its sender."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.message import EmailMessage
from math import ceil
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.database import Database
from desk.fields import storable
from desk.mask import mask
from desk.numbers import found_mail
from desk.outbox import Outbox
from desk.records import DEAD, MAILBOX, Clock, Delivery, Interaction, MailFate, Request
from desk.reviews import flag


class Mails:
    """The mails of one database; part of `Desk`."""

    _database: Database
    _outbox: Outbox
    _promise: Callable[[Session, Request], None]
    _made: Callable[..., Request]
    _clock: Clock
    _secret: bytes

    def alone_with_mails(self) -> AbstractContextManager[None]:
        """A time in which no other process treats a mail: so none decides one twice, or one reply more than the limits let.

        Raises:
            DeskUnavailable: the database cannot be used.
        """
        return self._database.alone()

    def begin_mail(self, digest: str, message_id: str, place: str) -> MailFate:
        """The record of the mail with this hash, begun once more unless it was brought to its end already.

        Raises:
            DeskUnavailable: nothing was recorded.
        """
        try:
            with self._database.writing() as session:
                return self._begun(session, digest, message_id, place)
        except IntegrityError:  # another process saw it first
            with self._database.writing() as session:
                return self._begun(session, digest, message_id, place)

    def decide_mail(
        self,
        id_: int,
        fate: Mapping[str, Any],
        *,
        sender: str,
        thread: str,
        said: str,
        answered: bool,
        reply: EmailMessage | None = None,
        action: tuple[str, str] | None = None,
        turn: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What is decided on a mail, recorded with all that is owed for it; a decision that is there already stays.

        Args:
            id_: the number of its record.
            fate: the decision as JSON.
            sender: who wrote it.
            thread: what holds the mails of a thread together.
            said: what it says, levelled.
            answered: whether a reply is sent or prepared.
            reply: what is sent by itself.
            action: the kind of a portal call that is owed, and the FAQ entry that offers it; the sender is whom it concerns.
            turn: `text`, `outcome`, `faq_ids`, `theme` and `model` of the turn to record, as in `record`; None: of none.

        Raises:
            InvalidRequest, TooMany: the action cannot be promised; nothing was recorded.
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            mail = self._mail_of(session, id_)
            if mail.fate is not None:
                return mail.fate
            mail.fate, mail.answered = dict(fate), answered
            mail.sender, mail.said = self._keyed(sender.lower()), self._keyed(said)
            mail.thread = self._thread(sender, thread)
            if turn is not None:
                session.add(_turn(mail, turn, reply, self._now()))
            if reply is not None:
                self._outbox.promise_mail(session, mail, reply)
            if action is not None:
                told = {"faq_id": action[1], "conversation": mail.number}
                self._promise(session, self._made(f"mail-{mail.digest}", action[0], {"email": sender}, **told))
            return mail.fate

    def fail_mail(self, id_: int, reason: str) -> None:
        """Record what kept a mail from its end.

        Raises:
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            self._mail_of(session, id_).failure = reason

    def put_back_mail(self, id_: int) -> None:
        """Take back that a mail was begun: what kept it from its end lies not with it.

        Raises:
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            self._mail_of(session, id_).attempts -= 1

    def file_mail(self, id_: int) -> None:
        """Record that all was done for a mail.

        Raises:
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            self._mail_of(session, id_).filed_at = self._clock()

    def is_unfiled_mail(self, digest: str) -> bool:
        """Whether this mail was begun and not brought to its end.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        unfiled = (MailFate.digest == digest, MailFate.__table__.c.filed_at.is_(None))
        with self._database.reading() as session:
            return session.scalar(select(MailFate.id).where(*unfiled)) is not None

    def refused_mails(self) -> list[tuple[MailFate, str]]:
        """The mails whose reply was refused, each with the name of the failure, until `fail_mail` has been told of it.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        owed, mails = Delivery.__table__.c, MailFate.__table__.c
        told = (owed.status == DEAD, mails.filed_at.is_not(None), mails.failure.is_distinct_from(owed.failure))
        refused = select(MailFate, owed.failure).join(Delivery, owed.mail_id == MailFate.id).where(*told)
        with self._database.reading() as session:
            return [(mail, failure) for mail, failure in session.execute(refused.order_by(MailFate.id))]

    def move_mail(self, digest: str, queue: str) -> bool:
        """Record that an agent moved a mail to another queue or theme: what would have been right; False if it is unknown.

        Raises:
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            mail = session.scalars(select(MailFate).where(MailFate.digest == digest)).one_or_none()
            if mail is not None:
                mail.moved_to = queue
                _flag(session, mail)
        return mail is not None

    def mail(self, number: str) -> MailFate:
        """The record of the mail of this number.

        Raises:
            UnknownRequest: none has this number.
        """
        with self._database.reading() as session:
            return found_mail(session, number)

    def decided_mails(self) -> list[MailFate]:
        """All mails that were decided, oldest first.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        decided = select(MailFate).where(MailFate.__table__.c.fate.is_not(None)).order_by(MailFate.id)
        with self._database.reading() as session:
            return list(session.scalars(decided))

    def answers_to(self, sender: str, since: timedelta, thread: str | None = None) -> int:
        """How many replies were sent to or prepared for a sender in this time, in all or in this thread.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        told = [] if thread is None else [MailFate.thread == self._thread(sender, thread)]
        return self._replies(sender, MailFate.created_at >= self._now() - since, *told)

    def was_answered(self, sender: str, said: str) -> bool:
        """Whether the same words of the same sender had a reply prepared.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        return self._replies(sender, MailFate.said == self._keyed(said)) > 0

    def wrote_of(self, sender: str, message_ids: Sequence[str]) -> bool:
        """Whether one of these mails came from this sender before.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        told = (MailFate.sender == self._keyed(sender.lower()), MailFate.__table__.c.message_id.in_(map(storable, message_ids)))
        with self._database.reading() as session:
            return session.scalar(select(MailFate.id).where(*told).limit(1)) is not None

    def mail_figures(self) -> dict[str, dict[str, int]]:
        """How many mails were decided how, by decision, entry and theme, how many failed, or were corrected by an agent.

        `only_quotes` counts, by decision, those of which nothing was left without quotes; `waited` has the seconds from the
        arrival to the decision within which half of the mails, nine of ten, and all were decided.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        with self._database.reading() as session:
            mails = list(session.scalars(select(MailFate)))
        fates = [mail.fate for mail in mails if mail.fate]
        return {
            "decision": dict(Counter(fate["decision"] for fate in fates)),
            "faq": dict(Counter(id_ for fate in fates for id_ in fate["faq"])),
            "theme": dict(Counter(fate["theme"] for fate in fates if fate["theme"])),
            "only_quotes": dict(Counter(fate["decision"] for fate in fates if fate.get("only_quotes"))),
            "moved_to": dict(Counter(mail.moved_to for mail in mails if mail.moved_to)),
            "failure": dict(Counter(mail.failure for mail in mails if mail.failure)),
            "waited": _spread(sorted(fate["waited"] for fate in fates if fate.get("waited") is not None)),
        }

    def _begun(self, session: Session, digest: str, message_id: str, place: str) -> MailFate:
        mail = session.scalars(select(MailFate).where(MailFate.digest == digest)).one_or_none()
        if mail is None:
            mail = MailFate(digest=digest, message_id=storable(message_id), place=place, attempts=0, created_at=self._now())
            session.add(mail)
        if mail.filed_at is None:
            mail.attempts += 1
        session.flush()
        return mail

    def _mail_of(self, session: Session, id_: int) -> MailFate:
        mail = session.get(MailFate, id_, with_for_update=True)  # two services may have it at once
        if mail is None:
            raise LookupError(f"expected the number of a mail that was begun, got {id_}")
        return mail

    def _replies(self, sender: str, *conditions: Any) -> int:
        wanted = (MailFate.sender == self._keyed(sender.lower()), MailFate.answered, *conditions)
        with self._database.reading() as session:
            return int(session.scalar(select(func.count()).select_from(MailFate).where(*wanted)) or 0)

    def _thread(self, sender: str, thread: str) -> str:
        return self._keyed(f"{sender.lower()}\0{thread}")

    def _keyed(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode("utf-8", "replace"), hashlib.sha256).hex()[:32]

    def _now(self) -> datetime:
        return self._clock()


def _turn(mail: MailFate, turn: Mapping[str, Any], reply: EmailMessage | None, at: datetime) -> Interaction:
    """The mail as an interaction, by its number; its reply is what is sent by itself."""
    body = reply.get_body(("plain",)) if reply is not None else None
    told = {**turn, "text": mask(storable(turn["text"])), "reply": [{"text": body.get_content()}] if body else []}
    return Interaction(channel=MAILBOX, conversation=mail.number, client_id=mail.digest, created_at=at, **told)


def _flag(session: Session, mail: MailFate) -> None:
    """Have the mail's interaction reviewed: an agent says by moving it that it was understood wrong."""
    found = session.scalars(select(Interaction).where(Interaction.conversation == mail.number)).one_or_none()
    if found is not None:
        flag(session, found.id, MAILBOX)


def _spread(ascending: Sequence[int]) -> dict[str, int]:
    shares = {"50 %": 0.5, "90 %": 0.9, "100 %": 1.0}
    return {name: ascending[ceil(share * len(ascending)) - 1] for name, share in shares.items() if ascending}
