"""The mailbox to look into: every mail the demo mail server has kept, as a page and as JSON."""

import mailbox
import re
from datetime import datetime, timezone
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("mail", __name__)

_LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'»])")
# What the standard library raises on mails that break the rules.
_BROKEN = (AttributeError, LookupError, MessageError, TypeError, UnboundLocalError, ValueError)


@pages.get("/mail")
def page() -> str:
    """Every mail kept, newest first."""
    return render_template("mail.html", mails=reversed(kept(current_app.config["MAILDIR"])))


@pages.get("/mail.json")
def listing() -> ResponseReturnValue:
    """Every mail kept, newest last."""
    return jsonify(kept(current_app.config["MAILDIR"]))


@pages.app_template_filter()
def split_links(text: str) -> list[str]:
    """The text in pieces: every second one is a link."""
    return _LINK.split(text)


def kept(maildir: Path) -> list[dict[str, Any]]:
    """The mails of a Maildir in the order they arrived."""
    box = mailbox.Maildir(maildir)
    return [read(box.get_bytes(key), _arrival(key)) for key in sorted(box.keys(), key=_stamp)]


def read(raw: bytes, arrived: datetime) -> dict[str, Any]:
    """What the mailbox shows of a mail; what cannot be decoded is empty or shown raw."""
    message = _parse(raw)
    text = _text(message, raw)
    return {
        "to": _address(message, "To") or _address(message, "X-RcptTo"),
        "from": _address(message, "From") or _address(message, "X-MailFrom"),
        "subject": _header(message, "Subject"),
        "text": text,
        "links": list(dict.fromkeys(_LINK.findall(text))),
        "attachments": _attachments(message),
        "date": arrived.isoformat(),
        "message_id": _header(message, "Message-ID"),
        "headers": {name: _header(message, name) for name in message.keys()},
    }


def _parse(raw: bytes) -> EmailMessage:
    """The mail in its parts, even when a Content-Type cannot be read."""
    try:
        return message_from_bytes(raw, policy=policy.default)
    except _BROKEN:
        message: Any = BytesParser(EmailMessage, policy=policy.compat32).parsebytes(raw)
        message.policy = policy.default
        return message


def _stamp(key: str) -> list[int]:
    """Second, microsecond, process and count, with which the standard library begins the names in a Maildir."""
    return [int(number) for number in re.findall(r"\d+", key)[:4]]


def _arrival(key: str) -> datetime:
    """When the mail of that name was kept."""
    second, microsecond = _stamp(key)[:2]
    return datetime.fromtimestamp(second, timezone.utc).replace(microsecond=microsecond).astimezone()


def _header(message: EmailMessage, name: str) -> str:
    """The header's text; of several the last, which for the envelope's is the server's own."""
    try:
        return str(message.get_all(name, [""])[-1])
    except _BROKEN:
        return ""


def _address(message: EmailMessage, name: str) -> str:
    """The first plain address in a header."""
    return next((address for _, address in getaddresses([_header(message, name)])), "")


def _text(message: EmailMessage, raw: bytes) -> str:
    """The plain text of the mail, else its HTML source, else everything that came."""
    try:
        body = message.get_body(("plain", "html"))
        return body.get_content() if body else ""
    except _BROKEN:
        return raw.decode(errors="replace")


def _attachments(message: EmailMessage) -> list[str]:
    """The names of the files that came with the mail."""
    try:
        return [name for part in message.walk() if (name := part.get_filename())]
    except _BROKEN:
        return []
