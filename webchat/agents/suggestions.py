"""The API of suggestions: for a customer's words, the approved answers that may fit, for agents and their programs."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app

from bot.client import Bot
from bot.result import Need
from webchat.agents import guard
from webchat.incoming import json_object, readable, string

api = guard.for_scope(Blueprint("suggestions", __name__), "suggestions")


@api.post("/api/suggestions")
def suggestions() -> dict[str, Any]:
    """What was understood of a text, and for each need the entries that may answer it, best first."""
    bot: Bot = current_app.config["BOT"]
    understanding = bot.understand(readable(string(json_object(), "text") or ""))
    faq = {entry["id"]: entry for entry in bot.faq()}
    return {**understanding.as_json(), "needs": [_need(need, faq) for need in understanding.needs]}


def _need(need: Need, faq: dict[str, Any]) -> dict[str, Any]:
    fields = asdict(need)
    shown = {name: fields[name] for name in ("text", "outcome", "action", "theme", "topic", "risk", "because")}
    entries = [
        {
            "id": candidate.id,
            "question": faq[candidate.id]["question"],
            "answer": faq[candidate.id]["answer"],
            "confidence": candidate.confidence,
            "action": candidate.action,
            "asks": list(candidate.asks),
        }
        for candidate in need.ranking
    ]
    return {**shown, "entries": entries}
