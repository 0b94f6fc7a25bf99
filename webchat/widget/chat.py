"""The API of the chat: one message in, the assistant's replies out."""

from typing import Any

from flask import Blueprint, abort, current_app

from bot.client import Bot, Reply
from webchat.incoming import json_object, readable, string
from webchat.problems import Problem
from webchat.widget import tokens

api = Blueprint("chat", __name__)


@api.post("/api/chat")
def reply() -> dict[str, Any]:
    """The assistant's replies to a text or a button, and the token with which the conversation goes on."""
    body = json_object()
    conversation = tokens.conversation_of(string(body, "conversation"))
    bot: Bot = current_app.config["BOT"]
    replies = bot.reply(conversation, **_message(body, conversation))
    return {"conversation": tokens.issue(conversation), "messages": [_shown(reply, conversation) for reply in replies]}


def _message(body: dict[str, Any], conversation: str) -> dict[str, str]:
    text, button = string(body, "text"), string(body, "button")
    if (text is None) == (button is None):
        abort(400, "Expected either 'text' or 'button'.")
    if button is not None:
        return {"payload": tokens.unseal(button, conversation)}
    return {"text": _within_limit(readable(text or ""))}


def _within_limit(text: str) -> str:
    limit = current_app.config["SETTINGS"].message_limit
    if len(text) > limit:
        detail = f"The text has {len(text)} characters, at most {limit} are taken."
        raise Problem(413, "message-too-long", "Message too long", detail)
    return text


def _shown(reply: Reply, conversation: str) -> dict[str, Any]:
    buttons = [{"title": button.title, "payload": tokens.seal(button.payload, conversation)} for button in reply.buttons]
    return {"text": reply.text, "faq": reply.faq, "buttons": buttons, "asks": reply.asks}
