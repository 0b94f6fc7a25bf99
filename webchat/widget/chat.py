"""The API of the chat: one message in, the assistant's replies out."""

from typing import Any

from flask import current_app

from bot.client import Bot, Reply
from webchat.openapi import Blueprint
from webchat.problems import Problem
from webchat.widget import tokens
from webchat.widget.schemas import MessageIn, Replies

api = Blueprint("chat", __name__, description="What customers say to the assistant, and what it says.")


@api.post("/api/chat")
@api.arguments(MessageIn)
@api.response(200, Replies)
def reply(message: dict[str, Any]) -> dict[str, Any]:
    """The assistant's replies to a text or a button, and the token with which the conversation goes on."""
    conversation = tokens.conversation_of(message.get("conversation"))
    bot: Bot = current_app.config["BOT"]
    replies = bot.reply(conversation, **_content(message, conversation))
    return {"conversation": tokens.issue(conversation), "messages": [_shown(reply, conversation) for reply in replies]}


def _content(message: dict[str, Any], conversation: str) -> dict[str, str]:
    if message.get("button") is not None:
        return {"payload": tokens.unseal(message["button"], conversation)}
    return {"text": _within_limit(message["text"])}


def _within_limit(text: str) -> str:
    limit = current_app.config["SETTINGS"].message_limit
    if len(text) > limit:
        detail = f"The text has {len(text)} characters, at most {limit} are taken."
        raise Problem(413, "message-too-long", "Message too long", detail)
    return text


def _shown(reply: Reply, conversation: str) -> dict[str, Any]:
    buttons = [{"title": button.title, "payload": tokens.seal(button.payload, conversation)} for button in reply.buttons]
    return {"text": reply.text, "faq": reply.faq, "buttons": buttons, "asks": reply.asks}
