"""How often customers may ask: counted by their address, and by their conversation wherever they are."""

import threading
import time
from typing import Any

from flask import Blueprint, Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage
from werkzeug.exceptions import HTTPException

from webchat.incoming import json_object, string
from webchat.widget import tokens

_METHODS = ["GET", "POST", "DELETE"]  # a browser's OPTIONS before each is no request of the customer
_TIDY = 60  # seconds between two looks for what has expired


class Counts(MemoryStorage):
    """Counts in memory as its parent does, which starts a thread at nearly each request to look for what has expired."""

    STORAGE_SCHEME = ["counts"]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        """Nothing counted."""
        super().__init__(uri, **options)
        self._lock = threading.Lock()
        self._tidied = time.time()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """The count of the key after one more, which is forgotten after `expiry` seconds."""
        now = time.time()
        with self._lock:
            if now - self._tidied > _TIDY:
                self._tidy(now)
            if self.get(key) == 0:
                self.expirations[key] = now + expiry
            self.storage[key] += amount
            return self.storage[key]

    def _tidy(self, now: float) -> None:
        for key in [key for key, end in self.expirations.items() if end <= now]:
            self.clear(key)
        self._tidied = now


def register(app: Flask, talking: tuple[Blueprint, ...], uploading: Blueprint, searching: Blueprint) -> None:
    """Limit these routes as the settings say."""
    settings = app.config["SETTINGS"]
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.redis_url or "counts://",
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
