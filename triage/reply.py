"""Writes the reply to a mail: approved texts in the order asked, from the Spanish templates; nothing else."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from desk.render import templates_of
from settings import Settings
from triage.decide import OURS
from triage.message import Mail

_TEMPLATES = templates_of("triage")
_NAME = re.compile(r"[A-ZÁÉÍÓÚÜÑ][a-záéíóúüñ]+(?:[ -][A-ZÁÉÍÓÚÜÑ][a-záéíóúüñ]+){0,3}")
_UNSAFE = re.compile(r"[\r\n]+")


def compose(
    mail: Mail,
    entries: Sequence[Mapping[str, Any]],
    action: str | None,
    settings: Settings,
    *,
    digest: str,
    now: datetime,
    automatic: bool,
    done: bool = False,
) -> EmailMessage:
    """The reply with these entries, plain and HTML; the same mail (by its digest) always gives the same Message-ID.

    The action is offered as a link to the chat, or told as done. Only what goes out by itself is called automatic, in its
    headers too: a draft is sent by a person, who may have changed it.

    Raises:
        ValueError: the mail has no address that can be replied to.
    """
    message = EmailMessage()
    message["From"] = settings.care_address
    message["To"] = mail.reply_to
    message["Subject"] = _UNSAFE.sub(" ", f"Re: {mail.bare_subject}".strip())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(digest, settings)
    if mail.message_id:
        message["In-Reply-To"] = mail.message_id
        message["References"] = " ".join(dict.fromkeys((*mail.references, mail.message_id)))
    if automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    told = {
        "automatic": automatic,
        "name": called(mail.name),
        "entries": [{**entry, "text": entry.get("mail") or entry["answer"]} for entry in entries],
        "action": action,
        "done": done,
        "sender": mail.sender,
        "link": _link(entries, action, settings),
        "brand": settings.brand,
    }
    message.set_content(_TEMPLATES.get_template("reply/body.txt").render(told).lstrip(), cte="quoted-printable")
    html = _TEMPLATES.get_template("reply/body.html").render(told).lstrip()
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def message_id(digest: str, settings: Settings) -> str:
    """The Message-ID of the reply to the mail of this digest."""
    return f"<{OURS}{digest[:32]}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"


def _link(entries: Sequence[Mapping[str, Any]], action: str | None, settings: Settings) -> str:
    """The address of the chat, where it begins the action of the entry that offers it."""
    start = next((entry["id"] for entry in entries if action and entry.get("action") == action), None)
    return f"{settings.chat_url}#ventanilla={start}" if start else settings.chat_url


def called(name: str) -> str:
    """The name to greet somebody by; empty where it may be none, such as that of a company or in capitals."""
    return name if _NAME.fullmatch(name) else ""
