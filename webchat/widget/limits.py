"""How often customers may ask: counted by their address, and by their conversation wherever they are."""

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Flask, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import HTTPException, TooManyRequests

from webchat.incoming import json_object, string
from webchat.widget import tokens

logger = logging.getLogger(__name__)

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


class Counter:
    """Counts requests in the store of all web processes, in this one's memory where there is none or while it is away.

    Flask-Limiter does as much, and takes longer over it than the rest of a turn's checks together.
    """

    def __init__(self, redis_url: str) -> None:
        """Nothing counted; the store is asked at the first request."""
        self._own = FixedWindowRateLimiter(Counts())
        self._shared = FixedWindowRateLimiter(storage_from_string(redis_url, wrap_exceptions=True)) if redis_url else None

    def count(self, limits: Iterable[RateLimitItem], *names: str) -> None:
        """Count a request under these names; ends with 429 and Retry-After beyond one of the limits."""
        if self._shared:
            try:
                return _hit(self._shared, limits, *names)
            except StorageError as error:  # a store that is away stops nobody
                logger.warning("requests are counted by this process alone: %s", type(error.storage_error).__name__)
        return _hit(self._own, limits, *names)


def _hit(counter: FixedWindowRateLimiter, limits: Iterable[RateLimitItem], *names: str) -> None:
    for limit in limits:
        if not counter.hit(limit, *names):
            wait = counter.get_window_stats(limit, *names).reset_time - time.time()
            raise TooManyRequests(f"Expected at most {limit}.", retry_after=max(1, int(wait)))


def register(app: Flask, talking: tuple[Blueprint, ...], uploading: Blueprint, searching: Blueprint) -> None:
    """Limit these routes as the settings say."""
    settings = app.config["SETTINGS"]
    counter = Counter(settings.redis_url)
    limited = {
        **{routes.name: parse_many(settings.rate_limit) for routes in talking},
        uploading.name: parse_many(settings.upload_limit),
        searching.name: parse_many(settings.search_limit),
    }
    by_conversation = {routes.name for routes in talking}

    def check() -> None:
        name = request.blueprint or ""
        if name not in limited or request.method not in _METHODS:
            return
        route = f"{request.method} {request.endpoint}"
        counter.count(limited[name], route, _address())
        if name in by_conversation:
            counter.count(limited[name], route, _conversation())

    app.before_request(check)


def _address() -> str:
    return request.remote_addr or ""


def _conversation() -> str:
    """The conversation that the request is part of; where there is none, those that one address begins count together."""
    with suppress(HTTPException):  # of what is no token of ours the view tells
        token = string(json_object(), "conversation") if request.is_json else None
        if token or request.authorization:
            return tokens.conversation_of(token) if token else tokens.held()
    return f"none of {_address()}"  # counted apart from what the address does in all
