"""What customers hold and cannot forge: the token of their conversation and the buttons issued in it."""

import secrets
from datetime import timedelta
from functools import lru_cache

from flask import current_app, g, request
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeSerializer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from bot.client import Button
from webchat.problems import Problem

LIFETIME = timedelta(days=30)
SALT = "conversation id"
BEARER: list[dict[str, list[str]]] = [{"conversation": []}]  # as the API's description names it


def issue(conversation: str) -> str:
    """A token that continues this conversation."""
    return _conversations().sign(conversation).decode()


def held() -> str:
    """The conversation whose token the request carries as bearer; ends with 401 without one, with 400 if it is none of ours."""
    authorization = request.authorization
    if not authorization or authorization.type != "bearer" or not authorization.token:
        challenge = WWWAuthenticate("bearer", {"realm": "conversation"})
        raise Unauthorized("Expected the token of the conversation as bearer.", www_authenticate=challenge)
    return conversation_of(authorization.token)


def conversation_of(token: str | None) -> str:
    """The conversation that a token of ours continues, a new one without a token; ends with 400 for any other."""
    if token is None:
        return secrets.token_hex(16)
    known: dict[str, str] = g.setdefault("conversations", {})  # of this request: its limits ask first, then its view
    if token not in known:
        known[token] = _read(token)
    return known[token]


def _read(token: str) -> str:
    try:
        return _conversations().unsign(token, max_age=int(LIFETIME.total_seconds())).decode()
    except SignatureExpired:
        title, detail = "Conversation expired", f"It was last used more than {LIFETIME.days} days ago: begin a new one."
        raise Problem(400, "conversation-expired", title, detail) from None
    except BadSignature:
        title, detail = "Unknown conversation", "The token is not one of ours: send the one of the last reply."
        raise Problem(400, "conversation-unknown", title, detail) from None


def seal(button: Button, conversation: str) -> str:
    """A button in a form that only this conversation can send back."""
    return _buttons(conversation).dumps([button.title, button.payload])


def unseal(sealed: str, conversation: str) -> Button:
    """The button that was issued in this conversation; ends with 400 for any other."""
    try:
        return Button(*_buttons(conversation).loads(sealed))
    except BadSignature:
        title, detail = "Unknown button", "It was not issued in this conversation: send a payload of its replies."
        raise Problem(400, "button-unknown", title, detail) from None


def _conversations() -> TimestampSigner:
    return _tokens_by(current_app.config["SECRET_KEY"])


def _buttons(conversation: str) -> URLSafeSerializer:
    return _buttons_by(current_app.config["SECRET_KEY"], conversation)


@lru_cache(maxsize=1)
def _tokens_by(key: str) -> TimestampSigner:
    return TimestampSigner(key, salt=SALT)


@lru_cache(maxsize=256)  # the conversations of the moment
def _buttons_by(key: str, conversation: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"button of {conversation}")
