"""The seam to the support mailbox, over IMAP: what is new in it, where drafts go, and how a mail is flagged and moved."""

import imaplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from urllib.parse import unquote, urlsplit

import imap_tools
from imap_tools.errors import ImapToolsError

KEYWORD = "ventanilla"  # on every mail that was decided: it is not looked at again
GONE = (OSError, imaplib.IMAP4.abort)  # the connection ended
FAILURES = (*GONE, imaplib.IMAP4.error, ImapToolsError)
_MOST = 64_000_000  # bytes that are read of a mail; no server that we know takes more
_TIMEOUT = 60  # seconds for each answer of the server
_LONGEST_IDLE = 25 * 60  # seconds; servers may end an idle connection after 30 minutes (RFC 2177)
_PORTS = {"imap": 143, "imaps": 993}


class MailboxError(Exception):
    """The mailbox cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """Where a mail is: a UID means something only under its folder's UIDVALIDITY."""

    folder: str
    validity: str
    uid: str

    def __str__(self) -> str:
        return f"{self.folder}/{self.validity}/{self.uid}"


class Mailbox:
    """A support mailbox with an open connection; use it as a context."""

    def __init__(self, url: str) -> None:
        """Connect and log in to `imap[s]://user:password@host[:port][/FOLDER]`.

        Raises:
            MailboxError: the URL is none, or the folder cannot be written.
            OSError, imaplib.IMAP4.error: the server is away, or does not let us in.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
            raise MailboxError("IMAP_URL: expected imap[s]://user:password@host[:port][/FOLDER], got another form or nothing")
        kind = imap_tools.MailBox if parts.scheme == "imaps" else imap_tools.MailBoxUnencrypted
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        self._box = kind(parts.hostname, parts.port or _PORTS[parts.scheme], timeout=_TIMEOUT)
        self._box.login(unquote(parts.username), unquote(parts.password or ""), initial_folder=None)
        self._box.client.capabilities = self._capabilities()  # what is offered before the login is less
        self._made: set[str] = set()
        self._open()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(*FAILURES):  # the connection may be gone
            self._box.logout()

    def new(self) -> list[Place]:
        """The mails that were not decided yet, oldest first."""
        return self._places(f"UNKEYWORD {KEYWORD} UNDELETED")

    def flagged(self) -> list[Place]:
        """The mails that were decided, and were not moved or were moved back."""
        return self._places(f"KEYWORD {KEYWORD} UNDELETED")

    def raw(self, place: Place) -> bytes | None:
        """The bytes of a mail, which stays unread, or the first of a huge one; None if it is gone.

        Raises:
            imaplib.IMAP4.error: the server does not give it.
        """
        with self._in(place.folder):
            status, found = self._box.client.uid("fetch", place.uid, f"(BODY.PEEK[]<0.{_MOST}>)")
        if status != "OK":
            raise imaplib.IMAP4.error(f"expected the mail {place}, got {status}")
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), None)

    def arrived(self, place: Place) -> datetime | None:
        """When the server took a mail of this mailbox's own folder; None where it does not say."""
        _, found = self._box.client.uid("fetch", place.uid, "(INTERNALDATE)")
        told = imaplib.Internaldate2tuple(found[0]) if found and isinstance(found[0], bytes) else None
        return datetime.fromtimestamp(time.mktime(told), timezone.utc) if told else None

    def sent(self) -> Iterator[bytes]:
        """The mails in the folder of what was sent, oldest first.

        Raises:
            MailboxError: the server names none.
        """
        folder = next((info.name for info in self._box.folder.list() if "\\Sent" in info.flags), None)
        if folder is None:
            raise MailboxError("expected a folder marked \\Sent (RFC 6154), got none: tell the mail server which it is")
        with self._in(folder):
            uids = self._box.uids()
        for uid in uids:
            if raw := self.raw(Place(folder, "", uid)):
                yield raw

    def draft(self, message: bytes, message_id: str, *, begun: bool) -> None:
        """Put a mail into the folder of drafts; where that was begun before, unless it is there: looking for it takes time.

        Raises:
            MailboxError: the mailbox is full.
        """
        folder = self._drafts
        if begun and self.find(folder, message_id):
            return
        try:
            self._box.append(message, folder, flag_set=[imap_tools.MailMessageFlags.DRAFT])
        except ImapToolsError as error:
            if "OVERQUOTA" in str(error):
                raise MailboxError(f"{folder}: expected room for a draft, got a mailbox over its quota: make room") from error
            raise

    def file(self, place: Place, keywords: Sequence[str], folder: str) -> None:
        """Flag a mail, and move it to this folder; `/` divides levels, whatever the server uses.

        Raises:
            MailboxError: the folder is not there, and we may not make it.
        """
        self._box.flag(place.uid, [KEYWORD, *keywords], True)
        self._box.move(place.uid, self._existing(folder))

    def moved(self, folder: str, keyword: str) -> list[Place]:
        """The decided mails in a folder without the keyword of that folder: somebody moved them there."""
        name = self._existing(folder)
        with self._in(name):
            validity = str(self._box.folder.status(name, ["UIDVALIDITY"])["UIDVALIDITY"])
            return [Place(name, validity, uid) for uid in self._box.uids(f"KEYWORD {KEYWORD} UNKEYWORD {keyword}")]

    def relabel(self, place: Place, keywords: Sequence[str], others: Sequence[str]) -> None:
        """Make a mail in its folder bear these keywords instead of others."""
        with self._in(place.folder):
            self._box.flag(place.uid, list(others), False)
            self._box.flag(place.uid, list(keywords), True)

    def find(self, folder: str, message_id: str) -> list[Place]:
        """The mails of this Message-ID in a folder; all of them where it has none that could be looked for."""
        name = self._existing(folder)
        known = message_id.isascii() and message_id.isprintable() and message_id
        with self._in(name):
            validity = str(self._box.folder.status(name, ["UIDVALIDITY"])["UIDVALIDITY"])
            uids = self._box.uids(imap_tools.AND(header=imap_tools.H("Message-ID", message_id)) if known else "ALL")
        return [Place(name, validity, uid) for uid in uids]

    def move(self, place: Place, folder: str) -> None:
        """Move a mail to this folder, unless it is there."""
        name = self._existing(folder)
        if name != place.folder:
            with self._in(place.folder):
                self._box.move(place.uid, name)

    def wait(self, seconds: float) -> None:
        """Return when the server tells of something new, or after this time."""
        if "IDLE" in self._box.client.capabilities:
            self._box.idle.wait(timeout=min(seconds, _LONGEST_IDLE))
        else:
            time.sleep(seconds)
            self._box.client.noop()

    @contextmanager
    def _in(self, folder: str) -> Iterator[None]:
        if folder == self.folder:
            yield
            return
        self._box.folder.set(folder)
        try:
            yield
        finally:
            self._open()

    def _places(self, criteria: str) -> list[Place]:
        return [Place(self.folder, self._validity, uid) for uid in self._box.uids(criteria)]

    def _open(self) -> None:
        try:
            self._box.folder.set(self.folder)
        except imaplib.IMAP4.readonly as error:
            raise MailboxError(f"{self.folder}: expected a folder that can be written, got a read-only one") from error
        self._validity = str(self._box.folder.status(self.folder, ["UIDVALIDITY"])["UIDVALIDITY"])

    def _capabilities(self) -> tuple[str, ...]:
        _, found = self._box.client.capability()
        return tuple(found[0].decode().upper().split())

    @cached_property
    def _drafts(self) -> str:
        special = (info.name for info in self._box.folder.list() if "\\Drafts" in info.flags)
        return next(special, None) or self._existing("Drafts")

    @cached_property
    def _delimiter(self) -> str:
        return str(self._box.folder.list()[0].delim)

    def _existing(self, folder: str) -> str:
        name = folder.replace("/", self._delimiter)
        if name not in self._made and not self._box.folder.exists(name):
            try:
                self._box.folder.create(name)
            except ImapToolsError as error:
                raise MailboxError(f"{name}: expected to make this folder, got {error}: make it, or let us") from error
            self._box.folder.subscribe(name, True)
        self._made.add(name)
        return name
