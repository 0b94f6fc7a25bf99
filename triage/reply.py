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

    The action and those of the entries are offered as links to the chat; the action may be told as done instead. Only what
    goes out by itself is called automatic, in its headers too: a draft is sent by a person, who may have changed it.

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
        "done": action if done else None,
        "offers": _offers(entries, action, settings)[1 if done else 0 :],
        "sender": mail.sender,
        "brand": settings.brand,
    }
    message.set_content(_TEMPLATES.get_template("reply/body.txt").render(told).lstrip(), cte="quoted-printable")
    html = _TEMPLATES.get_template("reply/body.html").render(told).lstrip()
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def message_id(digest: str, settings: Settings) -> str:
    """The Message-ID of the reply to the mail of this digest."""
    return f"<{OURS}{digest[:32]}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"


def _offers(entries: Sequence[Mapping[str, Any]], action: str | None, settings: Settings) -> list[dict[str, str]]:
    """Each action that is offered, the given one first, with the address of the chat where it begins."""
    starts: dict[str, str] = {}
    for entry in entries:
        if entry.get("action"):
            starts.setdefault(entry["action"], f"{settings.chat_url}#ventanilla={entry['id']}")
    first = {action: starts.get(action, settings.chat_url)} if action else {}
    return [{"action": name, "link": link} for name, link in {**first, **starts}.items()]


def called(name: str) -> str:
    """The name to greet somebody by; empty where it may be none, such as that of a company or in capitals."""
    return name if _NAME.fullmatch(name) else ""
