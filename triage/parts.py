"""Reads the parts of a mail: the text that a mail program would show, the names of what is attached, and what is damaged."""

import re
from collections.abc import Iterable, Iterator
from email import errors, message_from_string
from email.message import Message
from typing import cast

from triage.policy import words
from triage.text import clean, decode, from_html, header, unwrapped

_HARMFUL = (
    errors.NoBoundaryInMultipartDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.CloseBoundaryNotFoundDefect,
    errors.MissingHeaderBodySeparatorDefect,
    errors.InvalidBase64CharactersDefect,
    errors.InvalidBase64LengthDefect,
)
_TRIFLES = (
    "application/pgp-keys",
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "text/vcard",
    "text/x-vcard",
)
_DATA = ("text/calendar", "text/csv", "text/vcard", "text/x-vcard")  # no words for people, though they are text
_HEADERS = "text/rfc822-headers"
_MESSAGE_ID = re.compile(r"^message-id:[ \t]*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_STUB = 300  # characters in which a mail program says that it sent HTML
_LOGO = 40_000  # characters of base64; a screenshot has more


def text(message: Message) -> str:
    """The text of all parts that are shown; of alternatives the plainest that says something."""
    return clean("\n".join(_texts(message)))


def attachments(message: Message) -> tuple[str, ...]:
    """The file names of what is attached, or the types of what has no name; signatures, cards and logos do not count."""
    attached = (part for part in _parts(message) if _is_attachment(part) and not _is_trifle(part))
    return tuple(header(part.get_filename() or part.get_content_type()) for part in attached)


def damage(message: Message) -> str | None:
    """What the standard parser found wrong with the parts shown; to be asked after their text was read."""
    shown = (part for part in _parts(message) if not _is_attachment(part))
    found = (defect for part in shown for defect in part.defects if isinstance(defect, _HARMFUL))
    return next((type(defect).__name__ for defect in found), None)


def undelivered(message: Message) -> str:
    """The Message-ID of the mail that a report (RFC 3464) gives back, where it says that its delivery failed."""
    inside = list(message.walk())[1:]
    if not any(str(part.get("action", "")).strip().lower() == "failed" for part in inside):
        return ""
    given = (part for part in inside if "message-id" in part)
    headers = (message_from_string(str(part.get_payload())) for part in inside if part.get_content_type() == _HEADERS)
    return next((str(part["message-id"]) for part in (*given, *headers) if "message-id" in part), "")


def given_back(text: str) -> str:
    """The Message-ID of the mail that a report in plain words, as of qmail, repeats below them."""
    found = _MESSAGE_ID.search(text)
    return found[1] if found else ""


def _is_trifle(part: Message) -> bool:
    """Whether mail programs add such a part by themselves."""
    if part.get_content_type() in _TRIFLES:
        return True
    shown = part.get_content_disposition() != "attachment" and "content-id" in part
    return shown and part.get_content_maintype() == "image" and len(str(part.get_payload())) < _LOGO


def _texts(part: Message) -> Iterable[str]:
    if _is_attachment(part):
        return []
    if part.is_multipart():
        shown = (list(_texts(child)) for child in _children(part))
        if part.get_content_type() == "multipart/alternative":
            return _plainest(texts for texts in shown if any(map(str.strip, texts)))
        return [text for texts in shown for text in texts]
    decoded = decode(cast(bytes, part.get_payload(decode=True)), part.get_content_charset("utf-8"))
    if part.get_content_subtype() == "html":
        return [from_html(decoded)]
    return [unwrapped(decoded, delsp=_says(part, "delsp", "yes")) if _says(part, "format", "flowed") else decoded]


def _plainest(alternatives: Iterable[list[str]]) -> list[str]:
    """The first alternative, unless it only says that the mail is another one; then the next."""
    first: list[str] = []
    for texts in alternatives:
        if not words().find("sin_html", "\n".join(texts)[:_STUB]):
            return texts
        first = first or texts
    return first


def _says(part: Message, name: str, value: str) -> bool:
    return str(part.get_param(name, "")).lower() == value


def _parts(part: Message) -> Iterator[Message]:
    """The part and all in it, but nothing of what is inside an attached mail."""
    yield part
    if part.is_multipart() and not _is_attachment(part):
        for child in _children(part):
            yield from _parts(child)


def _children(part: Message) -> list[Message]:
    return cast(list[Message], part.get_payload())


def _is_attachment(part: Message) -> bool:
    disposed = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    return disposed or part.get_content_type() in _DATA or part.get_content_maintype() not in ("text", "multipart")
