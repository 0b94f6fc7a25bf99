"""The agents' page beside a customer's words: suggestions as one types, and what is done for the customer."""

import re
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask_security import current_user

from desk import InvalidRequest, TooMany
from webchat import headers, here
from webchat.agents import guard
from webchat.agents.accounts import AGENT
from webchat.incoming import json_object, readable, string
from webchat.problems import Problem

pages = guard.for_roles(Blueprint("agent", __name__), AGENT)

_ID = re.compile(r"[0-9a-f]{32}")
_PREFILLED = 4000  # characters; longer texts are pasted


@pages.get("/agente")
def suggestions() -> str:
    """Where an agent types or pastes what a customer wrote."""
    return render_template("agents/suggestions.html", panel=False, text="")


@pages.get("/agente/panel")
def panel() -> Response:
    """The same for the side panel of a help desk, which gives the customer's words as `texto`."""
    text = request.args.get("texto", "")[:_PREFILLED]
    response = make_response(render_template("agents/suggestions.html", panel=True, text=text))
    origins = " ".join(here.settings().panel_origins)
    return headers.allow(response, frame_ancestors=origins or "'none'")


@pages.post("/api/agents/uses")
def keep_use() -> tuple[str, int]:
    """Keep what an agent answered to a customer's words."""
    body = json_object()
    text = readable(string(body, "text") or "")
    _record(_conversation(body), text, string(body, "reply") or "", _numbers(body))
    return "", 204


@pages.post("/api/agents/requests")
def submit() -> tuple[dict[str, str], int]:
    """A request on the customer's behalf, which the agent confirmed: its number and where to find it."""
    body = json_object()
    text, conversation = readable(string(body, "text") or ""), _conversation(body)
    fields = body.get("fields")
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        abort(400, "Expected an object of strings under 'fields'.")
    theme = _record(conversation, text, "", ())
    try:
        request_ = here.desk().submit(
            _id(body, "key"),
            string(body, "kind") or "",
            faq_id=string(body, "faq_id"),
            theme=theme,
            fields=fields,
            conversation=conversation,
            text=text,
        )
    except InvalidRequest as error:
        raise Problem(400, "request-invalid", "Invalid request", str(error)) from None
    except TooMany as error:
        raise Problem(429, "too-many-requests", "Too many requests", str(error)) from None
    return {"number": request_.number, "url": url_for("requests.request_page", number=request_.number)}, 201


def _record(conversation: str, text: str, reply: str, numbers: tuple[str, ...]) -> str | None:
    """The theme of the customer's words, which are kept with what was answered."""
    understanding = here.bot().understand(text)
    need = understanding.first
    here.desk().record(
        "agent",
        conversation,
        text,
        outcome=need.outcome,
        reply=[{"text": reply, "agent": current_user.name}] if reply else [],
        faq_ids=numbers,
        theme=need.theme,
        model=understanding.model,
    )
    return need.theme


def _conversation(body: dict[str, Any]) -> str:
    return f"agent-{_id(body, 'conversation')}"


def _id(body: dict[str, Any], name: str) -> str:
    value = string(body, name) or ""
    if not _ID.fullmatch(value):
        abort(400, f"Expected 32 hexadecimal digits under {name!r}.")
    return value


def _numbers(body: dict[str, Any]) -> tuple[str, ...]:
    given = body.get("faq_ids")
    return tuple(entry["id"] for entry in here.bot().faq() if isinstance(given, list) and entry["id"] in given)
