"""Writes what help desk and customers read, from the Spanish templates."""

from collections.abc import Sequence
from typing import Any

from desk.fields import reply_address
from desk.records import Attachment, Request
from desk.render import templates_of

_TEMPLATES = templates_of("desk")


def ticket(request: Request, attachments: Sequence[Attachment] = (), portal_failure: str | None = None) -> dict[str, Any]:
    """The payload of the ticket; `portal_failure` names the error if it stands in for a portal call."""
    data = {
        "event": "opened",
        "number": request.number,
        "created_at": request.created_at.isoformat(timespec="seconds"),
        "kind": request.kind,
        "urgent": bool(request.urgent),
        "faq_id": request.faq_id,
        "theme": request.theme,
        "fields": request.fields,
        "identity": "unverified",  # every chat is anonymous
        "conversation": request.conversation,
        "text": request.text,
        "turns": request.excerpt or [],
        "portal_failure": portal_failure,
    }
    files = [{"name": file.name, "type": file.type, "file": file.file} for file in attachments]
    return {**_letter("ticket", {**data, "files": files}), **_for_help_desk(request, data), "attachments": files}


def addition(request: Request, text: str) -> dict[str, Any]:
    """The payload of what a customer adds to a ticket."""
    data = {"event": "added", "number": request.number, "kind": request.kind, "text": text}
    return {**_letter("addition", data), **_for_help_desk(request, data), "attachments": []}


def reply(request: Request, to: str, text: str) -> dict[str, Any]:
    """The payload of the mail with which an agent answers the customer."""
    return {**_letter("reply", {"number": request.number, "text": text}), "to": to, "written": True}


def receipt(request: Request, to: str, by: dict[str, str]) -> dict[str, Any]:
    """The payload of the mail that tells the customer that the ticket is there, and by when somebody answers it."""
    return {**_letter("receipt", {"number": request.number, **by}), "to": to}


def change_notice(request: Request, to: str) -> dict[str, Any]:
    """The payload of the mail to the address that an account is to lose."""
    return {**_letter("change_notice", {"number": request.number}), "to": to}


def legible(text: str) -> str:
    """The text with each mark for what was taken out of it in the words of our readers."""
    return _TEMPLATES.get_template("legible.txt").render(text=text)


def _letter(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {part: _TEMPLATES.get_template(f"{name}/{part}.txt").render(data) for part in ("subject", "body")}


def _for_help_desk(request: Request, data: dict[str, Any]) -> dict[str, Any]:
    return {"reply_to": reply_address(request.fields), "ticket": data}
