"""The API for programs: for a customer's words, the approved answers that may fit, and a search in the FAQ."""

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from bot.result import Need
from webchat import here
from webchat.agents import guard
from webchat.openapi import Blueprint, Form
from webchat.widget import faq
from webchat.widget.schemas import Readable

_BEARER: list[dict[str, list[str]]] = [{"token": ["suggestions"]}, {"session": []}]
_SEARCH: list[dict[str, list[str]]] = [{"token": ["suggestions"]}, {"token": ["faq"]}, {"session": []}]

api = guard.for_scope(Blueprint("suggestions", __name__, description="What may answer a customer."), "suggestions")
search = guard.for_scope(Blueprint("search", __name__, description="The FAQ, as its editors approved it."), "suggestions", "faq")


class TextIn(Form):
    """A customer's words."""

    text = Readable(required=True)


class EntryOut(Form):
    """An FAQ entry that may answer the need."""

    id = fields.String(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True, metadata={"description": "The approved text."})
    confidence = fields.Float(required=True, metadata={"description": "The probability that this entry answers the need."})
    action = fields.String(required=True, allow_none=True, metadata={"description": "What the assistant would offer to do."})
    asks = fields.List(fields.String(), required=True, metadata={"description": "The fields that the action needs."})


class NeedOut(Form):
    """One of the things that a text asks for."""

    text = fields.String(required=True, metadata={"description": "The part of the text that states it."})
    outcome = fields.String(required=True, metadata={"description": "What the assistant would do, such as answer or clarify."})
    action = fields.String(required=True, allow_none=True)
    theme = fields.String(required=True, allow_none=True, metadata={"description": "Of what is out of scope; it routes tickets."})
    topic = fields.String(required=True, allow_none=True, metadata={"description": "The theme, in the customer's language."})
    risk = fields.String(required=True, metadata={"description": "That the first entry is wrong: low, medium or high."})
    because = fields.List(fields.String(), required=True, metadata={"description": "The words that decided it."})
    entries = fields.List(fields.Nested(EntryOut), required=True, metadata={"description": "Best first."})


class EntityOut(Form):
    """A value in the text, such as an address."""

    name = fields.String(required=True)
    value = fields.String(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)


class Suggestions(Form):
    """What was understood of a text; its own outcome, action and theme are those of its first need that is no small talk."""

    text = fields.String(required=True)
    outcome = fields.String(required=True)
    action = fields.String(required=True, allow_none=True)
    theme = fields.String(required=True, allow_none=True)
    needs = fields.List(fields.Nested(NeedOut), required=True)
    entities = fields.List(fields.Nested(EntityOut), required=True)
    model = fields.String(required=True, metadata={"description": "The version of the FAQ that answers."})


@api.post("/api/suggestions")
@api.arguments(TextIn)
@api.response(200, Suggestions)
@api.doc(security=_BEARER)
def suggestions(body: dict[str, str]) -> dict[str, Any]:
    """What was understood of a text, and for each need the entries that may answer it, best first."""
    understanding = here.bot().understand(body["text"])
    known = {entry["id"]: entry for entry in here.bot().faq(understanding.model)}
    return {**understanding.as_json(), "needs": [_need(need, known) for need in understanding.needs]}


@search.get("/api/faq")
@search.arguments(faq.Search, location="query")
@search.response(200, faq.Entries)
@search.doc(security=_SEARCH)
def entries(query: dict[str, str]) -> dict[str, Any]:
    """The FAQ, or what of it may answer a search."""
    return {"entries": faq.found(query["q"])}


def _need(need: Need, known: dict[str, Any]) -> dict[str, Any]:
    found = [{**asdict(candidate), **_texts(known[candidate.id])} for candidate in need.ranking]
    return {**asdict(need), "entries": found}


def _texts(entry: dict[str, Any]) -> dict[str, str]:
    return {"question": entry["question"], "answer": entry["answer"]}
