"""Our own Rasa channel: a secret in front, texts with no command or password, and replies that say which FAQ entry they are.

A button counts for the question it was shown with, and once.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any
from uuid import uuid4

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from bot.alike import groups
from bot.buttons import LATE, bound, pressed, waits
from bot.client import as_text
from bot.model import Model
from bot.models import manifest
from bot.nlu import ENTRIES, Ventanilla, entries_of
from bot.remote import check_quickly
from passwords import without_passwords

_FAQ = "utter_faq/"
_ASK = "utter_ask_"
_HIDDEN = "••••••"


class Collector(CollectingOutputChannel):
    """Collects the replies to a message; an approved answer carries its FAQ number, a question the field that it asks."""

    def __init__(self, message_id: str) -> None:
        """A collector with nothing in it."""
        super().__init__()
        self._message_id = message_id

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text."""
        await self.keep(recipient_id, text, [], kwargs)

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """Keep a text with its buttons."""
        await self.keep(recipient_id, text, buttons, kwargs)

    async def keep(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], source: dict[str, Any]) -> None:
        """Keep a message; `source` holds what Rasa knows of it, with the response's name as `utter_action`."""
        action = str(source.get("utter_action") or "")
        metadata = {"faq": _after(_FAQ, action), "asks": _after(_ASK, action)}
        message = {"text": text, "buttons": bound(buttons, self._message_id), "metadata": metadata}
        await self._persist_message({"recipient_id": recipient_id, **message})


def _after(prefix: str, action: str) -> str | None:
    return action.removeprefix(prefix) if action.startswith(prefix) else None


class VentanillaInput(InputChannel):
    """`POST /webhooks/ventanilla/message` takes a text or a button's payload, `GET …/faq` gives the model's entries.

    `POST …/alike` takes texts and groups those that ask the same.
    """

    def __init__(self, secret: str) -> None:
        """A channel that answers callers with this secret."""
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """The name in credentials.yml and in the addresses."""
        return "ventanilla"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "VentanillaInput":
        """The channel that credentials.yml describes.

        Raises:
            InvalidConfigException: there is no secret.
        """
        secret = (credentials or {}).get("secret")
        if not secret:
            raise InvalidConfigException(
                "credentials.yml: bot.channel.VentanillaInput: secret: expected a text, got none: set BOT_SECRET"
            )
        check_quickly()
        return cls(str(secret))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        routes = Blueprint("ventanilla")

        @routes.middleware("request")
        async def check(request: Request) -> HTTPResponse | None:
            given = request.headers.get("X-Ventanilla-Secret", "")
            return None if hmac.compare_digest(given.encode(), self._secret.encode()) else json({"error": "wrong secret"}, 403)

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.get("/faq")
        async def faq(request: Request) -> HTTPResponse:
            return json(list(_manifest(request.app.ctx.agent.processor.model_path)["entries"].values()))

        @routes.post("/alike")
        async def alike(request: Request) -> HTTPResponse:
            model, texts = _model(request.app.ctx.agent.processor), request.json["texts"]
            return json(await asyncio.get_running_loop().run_in_executor(None, groups, model, texts))

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            agent, given = request.app.ctx.agent, request.json
            id_, conversation = given.get("id") or uuid4().hex, given["conversation"]
            async with agent.lock_store.lock(conversation):
                events = await _known(given, agent.tracker_store)
                incoming = _incoming(given, id_, events)
                incoming.parse_data = _with_entries(await agent.processor.parse_message(incoming), agent.processor.model_path)
                said = await _said(events, conversation, id_) if given.get("again") else []
                if not said:
                    await agent.processor.handle_message(incoming)
                    said = incoming.output_channel.messages
            return json({"messages": said, **_understood(incoming.parse_data, agent.processor.model_path)})

        @routes.delete("/conversation/<conversation>")
        async def forget(request: Request, conversation: str) -> HTTPResponse:
            agent = request.app.ctx.agent
            async with agent.lock_store.lock(conversation):
                _erase(agent.tracker_store, conversation)
            return json({})

        return routes


def _understood(parse_data: Mapping[str, Any], model_path: Path) -> dict[str, Any]:
    """What is recorded of a message besides its words; a button has neither outcome nor theme."""
    understanding = parse_data.get("understanding") or {}
    return {
        "outcome": understanding.get("outcome"),
        "theme": understanding.get("theme"),
        "model": _manifest(model_path)["version"],
    }


def _with_entries(parse_data: dict[str, Any], model_path: Path) -> dict[str, Any]:
    """What is understood of a message; with what the entry leads to that a button names, of which Rasa asks no component."""
    ids = [entity["value"] for entity in parse_data["entities"] if entity["entity"] == "faq_id"]
    return {ENTRIES: entries_of(ids, _manifest(model_path)["entries"]), **parse_data}


async def _known(given: Mapping[str, Any], store: TrackerStore) -> list[Event]:
    """What was said in the conversation so far, where the message depends on it: Rasa reads it for itself."""
    if not given.get("payload") and not given.get("again"):
        return []
    tracker = await store.retrieve(given["conversation"])
    return list(tracker.events) if tracker else []


def _incoming(given: Mapping[str, Any], id_: str, events: list[Event]) -> UserMessage:
    """What a customer typed or pressed, as the dialogue takes it."""
    typed, secret = without_passwords(as_text(given.get("text") or ""), _HIDDEN)
    payload, question = pressed(given.get("payload") or "")
    if question and not waits(events, question):
        payload, question = LATE, ""
    metadata = {"secret": secret, "question": question}
    channel = VentanillaInput.name()
    return UserMessage(
        payload or typed, Collector(id_), given["conversation"], input_channel=channel, message_id=id_, metadata=metadata
    )


async def _said(events: list[Event], conversation: str, message_id: str) -> list[dict[str, Any]]:
    """What was said to this message already."""
    places = [n for n, event in enumerate(events) if isinstance(event, UserUttered) and event.message_id == message_id]
    if not places:
        return []
    after = takewhile(lambda event: not isinstance(event, UserUttered), events[places[-1] + 1 :])
    collector = Collector(message_id)
    for event in after:
        if isinstance(event, BotUttered):
            await collector.keep(conversation, event.text or "", event.data.get("buttons") or [], event.metadata)
    return collector.messages


def _erase(store: Any, conversation: str) -> None:
    """Delete the events of a conversation, which no tracker store of Rasa offers."""
    while not isinstance(store, SQLTrackerStore):
        store = store._tracker_store  # what Rasa wraps around the one that endpoints.yml names
    with store.session_scope() as session:
        session.query(store.SQLEvent).filter_by(sender_id=conversation).delete()
        session.commit()


def _model(processor: MessageProcessor) -> Model:
    """The model in use; Rasa itself gives out only what its whole pipeline makes of a message."""
    parts = [node._component for node in processor.graph_runner._instantiated_nodes.values()]
    return next(part._model for part in parts if isinstance(part, Ventanilla) and part._model)


@lru_cache(maxsize=2)
def _manifest(model_path: Path) -> dict[str, Any]:
    return manifest(model_path)
