"""Files of customers: taken by their content, kept apart from the database, sent with the ticket and shown nowhere."""

import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePath

import puremagic
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from desk.database import OWNER_ONLY, Database
from desk.errors import DeskUnavailable, InvalidAttachment, TooMany, UnknownAttachment
from desk.fields import storable
from desk.numbers import found
from desk.records import Attachment, Clock, Request

TYPES = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
LARGEST = 5 * 1024 * 1024  # bytes
MOST = 3  # of one request: together they must pass mail servers
PATIENCE = timedelta(days=1)  # then what no request took is deleted
ORPHAN = timedelta(hours=1)  # then a file without a record is deleted: nobody is between writing it and the commit any more
_NAME_LENGTH = 80
_OURS = re.compile(rf"[0-9a-f]{{32}}\.(?:{'|'.join(TYPES.values())})")
_UNCLAIMED = Attachment.__table__.c.request_id.is_(None)


class Attachments:
    """The attachments of one database and folder; part of `Desk`."""

    _database: Database
    _clock: Clock
    _folder: Path

    def attach(self, conversation: str, name: str, content: bytes) -> Attachment:
        """The file, kept for the next ticket of the conversation.

        Raises:
            InvalidAttachment: it is empty, too large, or neither PNG, JPEG nor PDF by its content.
            TooMany: the conversation has as many that wait already.
            DeskUnavailable: the database or the disk cannot be written; nothing was kept.
        """
        if not 0 < len(content) <= LARGEST:
            raise InvalidAttachment(f"size: expected 1 to {LARGEST} bytes, got {len(content)}")
        kind = _type_of(content)
        attachment = Attachment(
            conversation=storable(conversation),
            name=_safe(name, TYPES[kind]),
            type=kind,
            size=len(content),
            file=f"{secrets.token_hex(16)}.{TYPES[kind]}",
            created_at=self._clock(),
        )
        with self._database.writing() as session:
            session.add(attachment)
            session.flush()
            discard(session, self._folder, Attachment.created_at <= self._clock() - PATIENCE)
            if len(_waiting(session, attachment.conversation)) > MOST:
                raise TooMany(f"attachments: expected at most {MOST} for one request, got more")
            _write(self._folder / attachment.file, content)  # before the commit: no record without its file
        return attachment

    def attached(self, conversation: str) -> list[Attachment]:
        """The files of a conversation, oldest first; those without a `request_id` wait for its next ticket.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        said = select(Attachment).where(Attachment.conversation == storable(conversation)).order_by(Attachment.id)
        with self._database.reading() as session:
            return list(session.scalars(said))

    def attachments_of(self, number: str) -> list[Attachment]:
        """The files of a request, oldest first.

        Raises:
            UnknownRequest: no request has this number.
            DeskUnavailable: the database cannot be read.
        """
        with self._database.reading() as session:
            mine = select(Attachment).where(Attachment.request_id == found(session, number).id)
            return list(session.scalars(mine.order_by(Attachment.id)))

    def file_of(self, number: str, attachment_id: int) -> tuple[Attachment, Path]:
        """A file of a request, and where it is.

        Raises:
            UnknownRequest: no request has this number.
            UnknownAttachment: it has no such file.
            DeskUnavailable: the database cannot be read.
        """
        for attachment in self.attachments_of(number):
            if attachment.id == attachment_id:
                return attachment, self._folder / attachment.file
        raise UnknownAttachment(f"expected the number of a file of {number}, got {attachment_id}")

    def detach(self, conversation: str, attachment_id: int) -> None:
        """Delete a file that waits.

        Raises:
            UnknownAttachment: the conversation has none of this number that waits.
            DeskUnavailable: nothing was deleted.
        """
        mine = (Attachment.id == attachment_id, Attachment.conversation == storable(conversation))
        with self._database.writing() as session:
            if not discard(session, self._folder, *mine):
                raise UnknownAttachment(f"expected the number of a file that waits, got {attachment_id}")

    def _take(self, session: Session, request: Request) -> list[Attachment]:
        """The files that wait in the request's conversation; they are the request's from now on."""
        taken = _waiting(session, request.conversation)
        mine = update(Attachment).where(Attachment.__table__.c.id.in_([attachment.id for attachment in taken]))
        session.execute(mine.values(request_id=request.id).execution_options(synchronize_session=False))
        return taken


def sweep(database: Database, folder: Path, now: datetime) -> None:
    """Delete what no request took in `PATIENCE`, and files without a record, which a crash left.

    Raises:
        DeskUnavailable: the database cannot be used.
    """
    old = [path for path in folder.glob("*") if _OURS.fullmatch(path.name) and _age(path, now) > ORPHAN]
    with database.writing() as session:
        discard(session, folder, Attachment.created_at <= now - PATIENCE)
    with database.reading() as session:
        kept = set(session.scalars(select(Attachment.file)))
    for path in old:
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    except FileNotFoundError:  # deleted meanwhile
        return timedelta(0)


def discard(session: Session, folder: Path, *which: object) -> int:
    """How many files that wait are no more: their records at once, they themselves once that is certain."""
    waiting = list(session.scalars(select(Attachment).where(_UNCLAIMED, *which).with_for_update()))
    for attachment in waiting:
        session.delete(attachment)
        event.listen(session, "after_commit", _unlinks(folder / attachment.file), once=True)
    return len(waiting)


def _unlinks(path: Path) -> Callable[[Session], None]:
    return lambda _session: path.unlink(missing_ok=True)


def _waiting(session: Session, conversation: str) -> list[Attachment]:
    waiting = select(Attachment).where(Attachment.conversation == conversation, _UNCLAIMED)
    return list(session.scalars(waiting.order_by(Attachment.id).with_for_update()))  # none is deleted and taken at once


def _type_of(content: bytes) -> str:
    try:
        kinds = {match.mime_type for match in puremagic.magic_string(content)[:1]}
    except puremagic.PureError:
        kinds = set()
    if not kinds & TYPES.keys():
        raise InvalidAttachment(f"content: expected one of {', '.join(TYPES)}, got something else")
    return kinds.pop()


def _safe(name: str, suffix: str) -> str:
    """A file name without folders and signs, which ends as the content demands."""
    stem = PurePath(storable(name).replace("\\", "/")).stem
    kept = "".join(char if char.isalnum() or char in " -_." else "_" for char in stem).strip(" .")[:_NAME_LENGTH]
    return f"{kept or 'adjunto'}.{suffix}"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise DeskUnavailable(f"expected to write a file, got {error.strerror}: see ATTACHMENTS_DIR and the disk") from error
