"""What customers are told while something is broken: by the chat and on the help page."""

import logging
from typing import Any

from flask import current_app
from marshmallow import fields

from desk import Desk, DeskUnavailable
from webchat.openapi import Blueprint, Form

logger = logging.getLogger(__name__)

api = Blueprint("banner", __name__, description="What is broken at present, for all customers.")


class Banner(Form):
    """The text of the incident."""

    text = fields.String(required=True, allow_none=True, metadata={"description": "Plain text; null in quiet times."})


@api.get("/api/incident")
@api.response(200, Banner)
def incident() -> dict[str, Any]:
    """What customers are told of the incident, if there is one."""
    return {"text": banner()}


def banner() -> str | None:
    """The text of the incident; None in quiet times, or if the desk cannot be asked: customers are served all the same."""
    desk: Desk = current_app.config["DESK"]
    try:
        now = desk.incident()
    except DeskUnavailable as error:
        logger.error("whether there is an incident could not be read: %s", error)
        return None
    return now.text if now else None
