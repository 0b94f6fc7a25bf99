"""What agents see: the approved answers to a customer's words, for whoever holds the token."""

import hmac
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from bot.client import Bot
from bot.result import Need
from webchat.incoming import json_object, readable, string

api = Blueprint("agents", __name__)


def register(app: Flask) -> None:
    """Mount the agents' routes."""
    app.register_blueprint(api)


@api.before_request
def authorize() -> None:
    """Nothing for a holder of the token; ends with 401 for others, with 403 when there is no token to hold."""
    expected = current_app.config["SETTINGS"].agents_token
    if not expected:
        abort(403, "Suggestions are closed: AGENTS_TOKEN is not set.")
    given = request.authorization
    token = given.token if given and given.type == "bearer" else None
    if not hmac.compare_digest((token or "").encode(), expected.encode()):
        challenge = WWWAuthenticate("bearer", {"realm": "agents"})
        raise Unauthorized("Expected the token of the agents as bearer.", www_authenticate=challenge)


@api.post("/api/suggestions")
def suggestions() -> dict[str, Any]:
    """What was understood of a text, and for each need the entries that may answer it, best first."""
    bot: Bot = current_app.config["BOT"]
    understanding = bot.understand(readable(string(json_object(), "text") or ""))
    faq = {entry["id"]: entry for entry in bot.faq()}
    return {**understanding.as_json(), "needs": [_need(need, faq) for need in understanding.needs]}


def _need(need: Need, faq: dict[str, Any]) -> dict[str, Any]:
    fields = asdict(need)
    shown = {name: fields[name] for name in ("text", "outcome", "action", "theme", "risk", "because")}
    entries = [
        {
            "id": candidate.id,
            "question": faq[candidate.id]["question"],
            "answer": faq[candidate.id]["answer"],
            "confidence": candidate.confidence,
            "action": candidate.action,
        }
        for candidate in need.ranking
    ]
    return {**shown, "entries": entries}
