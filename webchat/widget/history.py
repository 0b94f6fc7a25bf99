"""The API for whoever holds a conversation: read it, take it along, rate it, delete it."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, render_template
from werkzeug.exceptions import NotFound

from bot.client import Bot
from desk import Desk, legible
from desk.records import Interaction
from webchat.openapi import Blueprint
from webchat.widget import tokens
from webchat.widget.chat import kept, shown
from webchat.widget.schemas import Feedback, History

api = Blueprint("conversation", __name__, description="A conversation as a whole; its token is the bearer.")


@api.get("/api/conversation")
@api.doc(security=tokens.BEARER)
@api.response(200, History)
def history() -> dict[str, Any]:
    """What was said."""
    conversation = tokens.held()
    return {"turns": [_turn(turn, conversation) for turn in _desk().turns(conversation)]}


@api.get("/api/conversation/transcript")
@api.doc(security=tokens.BEARER)
@api.response(200, {"type": "string"}, content_type="text/plain")
def transcript() -> Response:
    """What was said, as a text to keep."""
    conversation = tokens.held()
    here = ZoneInfo(current_app.config["SETTINGS"].time_zone)
    said = {"turns": _desk().turns(conversation), "files": _desk().attached(conversation), "legible": legible, "here": here}
    response = Response(render_template("widget/transcript.txt", **said), mimetype="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="conversacion.txt"'
    return response


@api.post("/api/conversation/feedback")
@api.doc(security=tokens.BEARER)
@api.arguments(Feedback)
@api.response(204)
def feedback(given: dict[str, Any]) -> None:
    """Keep whether the replies to a message helped."""
    conversation = tokens.held()
    found = _desk().recorded(conversation, given["id"])
    if found is None:
        raise NotFound("The conversation has no message of this id.")
    _desk().feedback(conversation, found.id, helpful=given["helpful"], reason=given["reason"])


@api.delete("/api/conversation")
@api.doc(security=tokens.BEARER)
@api.response(204)
def erase() -> None:
    """Delete what was said; requests that were confirmed stay."""
    conversation = tokens.held()
    bot: Bot = current_app.config["BOT"]
    bot.forget(conversation)
    _desk().erase(conversation)


def _desk() -> Desk:
    desk: Desk = current_app.config["DESK"]
    return desk


def _turn(turn: Interaction, conversation: str) -> dict[str, Any]:
    messages = [shown(kept(reply), conversation) for reply in turn.reply]
    text = legible(turn.text)
    return {"id": turn.client_id, "at": turn.created_at, "text": text, "messages": messages, "helpful": turn.helpful}
