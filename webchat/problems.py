"""Errors as they leave the app: problem+json (RFC 9457) under /api, a page in Spanish elsewhere.

A problem has a type of its own where the client can do something particular about it; the status says the rest.
What customers read of a problem stands in the markup of the page, by type or status; here it is told to developers.
"""

import logging

from flask import Flask, json, render_template, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.sansio.response import Response

from bot.client import BotError
from desk import DeskUnavailable

logger = logging.getLogger(__name__)


class Problem(HTTPException):
    """An error of the API with a type and a title of its own."""

    def __init__(self, code: int, slug: str, title: str, detail: str, **members: str | int) -> None:
        """A problem of the type `/problems/<slug>`; `members` tell clients more of it."""
        super().__init__(detail)
        self.code = code
        self.members = members
        self.type = f"/problems/{slug}"
        self.title = title

    @property
    def name(self) -> str:
        """The title."""
        return self.title


def register(app: Flask) -> None:
    """Have the app answer all errors in this form."""
    app.register_error_handler(BotError, _without_bot)
    app.register_error_handler(DeskUnavailable, _without_desk)
    app.register_error_handler(HTTPException, response)


def _without_bot(error: BotError) -> Response:
    logger.error("%s", error)
    return response(ServiceUnavailable("The assistant gave no reply: try again later."))


def _without_desk(error: DeskUnavailable) -> Response:
    logger.error("%s", error)
    return response(ServiceUnavailable("The records cannot be reached: try again later."))


def response(error: HTTPException) -> Response:
    """The error's own response, which may carry headers, with our body."""
    answer = error.get_response()
    if request.path.startswith("/api/"):
        answer.content_type = "application/problem+json"
        answer.data = json.dumps(_fields(error))
    else:
        answer.data = render_template("error.html", code=error.code)
    return answer


def _fields(error: HTTPException) -> dict[str, str | int | None]:
    return {
        "type": getattr(error, "type", "about:blank"),
        "title": error.name,
        "status": error.code,
        "detail": error.description,
        **getattr(error, "members", {}),
    }
