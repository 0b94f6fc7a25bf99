"""Writes the ticket mail of a request, from the Spanish templates."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from desk.fields import ADDRESSES
from desk.records import Request

_TEMPLATES = Environment(
    loader=PackageLoader("desk"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def ticket(request: Request, portal_failure: str | None = None) -> dict[str, Any]:
    """The payload of the ticket mail; `portal_failure` names the error if it stands in for a portal call."""
    data = {
        "number": request.number,
        "created_at": request.created_at.isoformat(timespec="seconds"),
        "kind": request.kind,
        "faq_id": request.faq_id,
        "theme": request.theme,
        "fields": request.fields,
        "identity": "unverified",  # every chat is anonymous
        "conversation": request.conversation,
        "text": request.text,
        "portal_failure": portal_failure,
    }
    return {
        "subject": _TEMPLATES.get_template("ticket/subject.txt").render(data),
        "body": _TEMPLATES.get_template("ticket/body.txt").render(data),
        "reply_to": next((request.fields[name] for name in ADDRESSES if name in request.fields), None),
        "ticket": data,
    }
