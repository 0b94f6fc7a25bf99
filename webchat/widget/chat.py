"""The API of the chat: one message in, the assistant's replies out; each message of a client is taken once."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, jsonify, request

from bot.client import ATTACHED, Bot, Button, Reply, Turn
from bot.result import ANSWER, DIALOGUE
from desk import Desk, DeskUnavailable
from webchat.openapi import Blueprint
from webchat.problems import Problem
from webchat.widget import tokens
from webchat.widget.schemas import MessageIn, Replies

logger = logging.getLogger(__name__)

api = Blueprint("chat", __name__, description="What customers say to the assistant, and what it says.")


@api.post("/api/chat")
@api.arguments(MessageIn)
@api.response(200, Replies)
def reply(message: dict[str, Any]) -> Response:
    """The assistant's replies to a text or a button, and the token with which the conversation goes on.

    A message that comes again with its id gets the replies that it got.
    """
    conversation = tokens.conversation_of(message.get("conversation"))
    said, content = _content(message, conversation)
    id_ = message.get("id")
    replies = _recorded(conversation, id_) if message.get("conversation") else None  # in a new one nothing was said
    if replies is None:
        bot: Bot = current_app.config["BOT"]
        turn = bot.reply(conversation, **content, id_=id_, again=message["again"])
        _record(conversation, id_, said, turn)
        replies = turn.replies
    messages = [shown(reply, conversation) for reply in replies]
    # The schema would only copy it, and take longer.
    return jsonify(conversation=tokens.issue(conversation), messages=messages)


def shown(reply: Reply, conversation: str) -> dict[str, Any]:
    """The reply as clients get it."""
    buttons = [_offered(button, conversation) for button in reply.buttons]
    return {"text": reply.text, "faq": reply.faq, "buttons": buttons, "asks": reply.asks}


def _offered(button: Button, conversation: str) -> dict[str, Any]:
    sealed = tokens.seal(button, conversation)
    return {"title": button.title, "payload": sealed, "attaches": button.payload == ATTACHED}


def _kept(reply: Reply) -> dict[str, Any]:
    """The reply as it is recorded."""
    return {**vars(reply), "buttons": [vars(button) for button in reply.buttons]}


def kept(reply: dict[str, Any]) -> Reply:
    """The reply that was recorded."""
    return Reply(**{**reply, "buttons": tuple(Button(**button) for button in reply["buttons"])})


def _content(message: dict[str, Any], conversation: str) -> tuple[str, dict[str, str]]:
    """What the customer said, and what the assistant is given of it."""
    if message.get("button") is not None:
        button = tokens.unseal(message["button"], conversation)
        return button.title, {"payload": button.payload}
    text = _within_limit(message["text"])
    if message.get("start") is not None:
        return text, {"payload": _beginning(message["start"])}
    return text, {"text": text}


def _beginning(entry_id: str) -> str:
    """What the button would send that begins the action of this entry; ends with 400 where it has none."""
    bot: Bot = current_app.config["BOT"]
    entry = next((entry for entry in bot.faq() if entry["id"] == entry_id and entry["action"]), None)
    if entry is None:
        raise Problem(400, "start-unknown", "Unknown start", "Expected an FAQ entry that offers an action.")
    return f"/iniciar{json.dumps({'accion': entry['action'], 'faq_id': entry['id'], 'pide': ' '.join(entry['asks'])})}"


def _within_limit(text: str) -> str:
    limit = current_app.config["SETTINGS"].message_limit
    if len(text) > limit:
        detail = f"The text has {len(text)} characters, at most {limit} are taken."
        raise Problem(413, "message-too-long", "Message too long", detail)
    return text


def _recorded(conversation: str, id_: str | None) -> Sequence[Reply] | None:
    """What was replied to this message before, if it was."""
    desk: Desk = current_app.config["DESK"]
    try:
        found = desk.recorded(conversation, id_) if id_ else None
    except DeskUnavailable as error:
        logger.error("a reply cannot be looked up: %s", error)
        return None
    return found and [kept(reply) for reply in found.reply]


def _record(conversation: str, id_: str | None, said: str, turn: Turn) -> None:
    """Keep the turn; customers get their reply also where it cannot be kept."""
    desk: Desk = current_app.config["DESK"]
    numbers = [reply.faq for reply in turn.replies if reply.faq]
    outcome = _outcome(turn, numbers)
    try:
        desk.record(
            "chat",
            conversation,
            said,
            outcome=outcome,
            reply=[_kept(reply) for reply in turn.replies],
            faq_ids=numbers,
            theme=turn.theme if outcome == turn.outcome else None,
            model=turn.model,
            client_id=id_,
            client=request.remote_addr,
        )
    except DeskUnavailable as error:
        logger.error("a turn was not recorded: %s", error)


def _outcome(turn: Turn, numbers: Sequence[str]) -> str:
    """What came of the message: an answer only where one was given, and no gap of the FAQ where a request took it for a value."""
    if numbers:
        return ANSWER
    if any(reply.asks for reply in turn.replies):
        return DIALOGUE
    return turn.outcome if turn.outcome and turn.outcome != ANSWER else DIALOGUE
