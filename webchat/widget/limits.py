"""How often customers may ask: counted by their address, and by their conversation wherever they are."""

from flask import Blueprint, Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

from webchat.incoming import json_object, string
from webchat.widget import tokens

_METHODS = ["GET", "POST", "DELETE"]  # a browser's OPTIONS before each is no request of the customer


def register(app: Flask, talking: tuple[Blueprint, ...], uploading: Blueprint, searching: Blueprint) -> None:
    """Limit these routes as the settings say."""
    settings = app.config["SETTINGS"]
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.redis_url or "memory://",
        in_memory_fallback_enabled=bool(settings.redis_url),  # a store that is away stops nobody
        headers_enabled=True,
    )
    for routes in talking:
        limiter.limit(settings.rate_limit, methods=_METHODS)(routes)
        limiter.limit(settings.rate_limit, methods=_METHODS, key_func=_conversation)(routes)
    limiter.limit(settings.upload_limit, methods=_METHODS)(uploading)
    limiter.limit(settings.search_limit, methods=_METHODS)(searching)


def _conversation() -> str:
    """The conversation that the request is part of; where there is none, those that one address begins count together."""
    try:
        token = string(json_object(), "conversation") if request.is_json else None
        return tokens.conversation_of(token) if token else tokens.held()
    except HTTPException:
        return f"none of {get_remote_address()}"  # counted apart from what the address does in all
