"""Files of customers: taken by their content, kept apart from the database, sent with the ticket and shown nowhere."""

import os
import secrets
from datetime import timedelta
from pathlib import Path, PurePath

import puremagic
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk.database import OWNER_ONLY, Database
from desk.errors import DeskUnavailable, InvalidAttachment, TooMany
from desk.fields import storable
from desk.records import Attachment, Clock, Request

TYPES = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
LARGEST = 5 * 1024 * 1024  # bytes
MOST = 3  # of one request: together they must pass mail servers
PATIENCE = timedelta(days=1)  # then what no request took is deleted
_NAME_LENGTH = 80
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
            self._discard(session, Attachment.created_at <= self._clock() - PATIENCE)
            if len(_waiting(session, attachment.conversation)) > MOST:
                raise TooMany(f"attachments: expected at most {MOST} for one request, got more")
            _write(self._folder / attachment.file, content)  # before the commit: no record without its file
        return attachment

    def _take(self, session: Session, request: Request) -> list[Attachment]:
        """The files that wait in the request's conversation; they are the request's from now on."""
        taken = _waiting(session, request.conversation)
        mine = update(Attachment).where(Attachment.__table__.c.id.in_([attachment.id for attachment in taken]))
        session.execute(mine.values(request_id=request.id).execution_options(synchronize_session=False))
        return taken

    def _discard(self, session: Session, which: object) -> None:
        for attachment in session.scalars(select(Attachment).where(_UNCLAIMED, which)):
            session.delete(attachment)
            (self._folder / attachment.file).unlink(missing_ok=True)


def _waiting(session: Session, conversation: str) -> list[Attachment]:
    waiting = select(Attachment).where(Attachment.conversation == conversation, _UNCLAIMED)
    return list(session.scalars(waiting.order_by(Attachment.id)))


def _type_of(content: bytes) -> str:
    try:
        found = {match.mime_type for match in puremagic.magic_string(content)[:1]}
    except puremagic.PureError:
        found = set()
    if not found & TYPES.keys():
        raise InvalidAttachment(f"content: expected one of {', '.join(TYPES)}, got something else")
    return found.pop()


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
