"""Our own Rasa channel: a secret in front, texts with no command or password, and replies that say which FAQ entry they are."""

import hmac
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from bot.client import as_text
from bot.models import manifest
from bot.passwords import without_passwords

_FAQ = "utter_faq/"
_ASK = "utter_ask_"


class Collector(CollectingOutputChannel):
    """Collects replies; an approved answer carries its FAQ number, a question the field that it asks."""

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keep a text."""
        await self._keep(recipient_id, text, [], kwargs)

    async def send_text_with_buttons(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any) -> None:
        """Keep a text with its buttons."""
        await self._keep(recipient_id, text, buttons, kwargs)

    async def _keep(self, recipient_id: str, text: str, buttons: list[dict[str, Any]], source: dict[str, Any]) -> None:
        action = str(source.get("utter_action") or "")
        metadata = {"faq": _after(_FAQ, action), "asks": _after(_ASK, action)}
        await self._persist_message({"recipient_id": recipient_id, "text": text, "buttons": buttons, "metadata": metadata})


def _after(prefix: str, action: str) -> str | None:
    return action.removeprefix(prefix) if action.startswith(prefix) else None


class VentanillaInput(InputChannel):
    """`POST /webhooks/ventanilla/message` takes a text or a button's payload, `GET …/faq` gives the model's entries."""

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
            return json(_entries(request.app.ctx.agent.processor.model_path))

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            collector = Collector()
            typed, secret = without_passwords(as_text(request.json.get("text") or ""))
            text, metadata = request.json.get("payload") or typed, {"secret": secret}
            conversation, name = request.json["conversation"], self.name()
            await on_new_message(UserMessage(text, collector, conversation, input_channel=name, metadata=metadata))
            return json(collector.messages)

        return routes


@lru_cache(maxsize=2)
def _entries(model_path: Path) -> list[dict[str, Any]]:
    return list(manifest(model_path)["entries"].values())
