"""The FAQ for readers: all entries by section, or those that what they type may be about."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import current_app
from marshmallow import fields
from marshmallow.validate import Length

from bot.client import Bot
from webchat.openapi import Blueprint, Form

_LEAST = 0.05  # of the confidence that an entry answers: below it none is shown
_MOST = 5
_LIMIT = 300  # characters of a search

api = Blueprint("faq", __name__, description="The FAQ, as its editors approved it.")


class Search(Form):
    """What a reader types."""

    q = fields.String(load_default="", validate=Length(max=_LIMIT), metadata={"description": "In the reader's own words."})


class EntryOut(Form):
    """One entry."""

    id = fields.String(required=True)
    section = fields.String(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True)


class Entries(Form):
    """Entries: all in their order without a search, else those that may answer it, best first."""

    entries = fields.List(fields.Nested(EntryOut), required=True)


@api.get("/api/faq")
@api.arguments(Search, location="query")
@api.response(200, Entries)
def search(query: dict[str, str]) -> dict[str, Any]:
    """The FAQ, or what of it may answer a search."""
    return {"entries": found(query["q"])}


def found(words: str) -> list[dict[str, Any]]:
    """The entries that may be what these words are about, best first; all if there are none.

    Raises:
        BotError: the assistant, which has the FAQ, is away.
    """
    bot: Bot = current_app.config["BOT"]
    entries = {entry["id"]: entry for entry in bot.faq()}
    words = words[:_LIMIT].strip()
    if not words:
        return list(entries.values())
    candidates = [candidate for need in bot.understand(words).needs for candidate in need.ranking]
    best = sorted(candidates, key=lambda candidate: -candidate.confidence)
    ids = dict.fromkeys(candidate.id for candidate in best if candidate.confidence >= _LEAST)
    return [entries[id_] for id_ in list(ids)[:_MOST]]


def by_section(entries: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The entries by section, in their order."""
    return [(section, list(group)) for section, group in groupby(entries, key=itemgetter("section"))]
