"""The one door to the assistant for the other rooms: conversations and understanding over HTTP, nothing of rasa.

BotError
├── BotUnavailable   it did not answer: try later, offer a person
└── BotRejected      it refused the request: the secrets differ
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import OK, SERVICE_UNAVAILABLE
from typing import Any
from urllib.parse import urlencode

from bot.address import Address, Gone
from bot.result import Understanding
from settings import Settings

ATTACHED = "/adjunto"  # the payload that says that a file was attached in place of words

_COMMAND = re.compile(r"^(\s*)/")
_SOON = 3  # seconds
_SECRET_HEADER = "X-Ventanilla-Secret"  # noqa: S105 - a header's name


class BotError(Exception):
    """The assistant gave no reply."""


class BotUnavailable(BotError):
    """The assistant is not there, too slow, or failed."""


class BotRejected(BotError):
    """The assistant does not know this caller."""


@dataclass(frozen=True)
class Button:
    """A choice offered to the customer: `payload` goes back as it came."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One message of the assistant: the FAQ number where it is an approved answer, the field where it asks for one."""

    text: str
    faq: str | None = None
    buttons: tuple[Button, ...] = ()
    asks: str | None = None


@dataclass(frozen=True)
class Turn:
    """What the assistant said to one message, and what it understood: `outcome` and `theme` are None for a button."""

    replies: tuple[Reply, ...]
    outcome: str | None
    theme: str | None
    model: str


class Bot:
    """The assistant as other processes see it."""

    def __init__(self, settings: Settings) -> None:
        self._addresses = [Address(url.rstrip("/")) for url in settings.bot_urls]
        self._headers = {_SECRET_HEADER: settings.bot_secret, "Content-Type": "application/json"}
        self._query = urlencode({"token": settings.bot_secret})
        self._timeout = settings.bot_timeout
        self._entries: tuple[str, list[dict[str, Any]]] = ("", [])

    def reply(
        self,
        conversation: str,
        *,
        text: str | None = None,
        payload: str | None = None,
        id_: str | None = None,
        again: bool = False,
    ) -> Turn:
        """What the assistant says to a customer's text, or to the payload of a button that it issued.

        `id_` is the message's own; `again` says that it may have been answered before, and is then given the same answer.

        Raises:
            BotError: no reply came.
        """
        message = {"conversation": conversation, "text": as_text(text or ""), "payload": payload, "id": id_, "again": again}
        said = self._request("POST", "/webhooks/ventanilla/message", message)
        if not said["messages"] and id_:  # its connection to the actions may have been closed just then: once more
            said = self._request("POST", "/webhooks/ventanilla/message", {**message, "again": True})
        if not said["messages"]:
            raise BotUnavailable("the assistant answered with no message: an action failed, see its log")
        replies = tuple(_reply(reply) for reply in said["messages"])
        return Turn(replies, said["outcome"], said["theme"], said["model"])

    def understand(self, text: str) -> Understanding:
        """What the assistant understands of a text, outside of any conversation.

        Raises:
            BotError: no reply came.
        """
        parsed = self._request("POST", f"/model/parse?{self._query}", {"text": as_text(text)})
        understanding = Understanding.from_json(parsed["understanding"])
        return Understanding(text, understanding.needs, understanding.entities, understanding.model)

    def alike(self, texts: Sequence[str]) -> list[list[int]]:
        """The places of the texts, those together that ask the same; both groups and what is in them in the texts' order.

        Raises:
            BotError: no reply came.
        """
        return list(self._request("POST", "/webhooks/ventanilla/alike", {"texts": list(texts)}))

    def forget(self, conversation: str) -> None:
        """Nothing; what was said in the conversation is deleted.

        Raises:
            BotError: it is not.
        """
        self._request("DELETE", f"/webhooks/ventanilla/conversation/{conversation}")

    def check(self) -> None:
        """Nothing while the assistant answers.

        Raises:
            BotError: it does not.
        """
        self._request("GET", "/webhooks/ventanilla/", timeout=_SOON)

    def faq(self, model: str = "") -> list[dict[str, Any]]:
        """The entries of the model in use, each with id, section, question, answer, action and asks.

        Where an understanding names the model, they are asked for once, until it names another.

        Raises:
            BotError: no reply came.
        """
        known, entries = self._entries
        if not model or model != known:
            entries = list(self._request("GET", "/webhooks/ventanilla/faq"))
            self._entries = (model, entries)
        return entries

    def _request(self, method: str, path: str, message: dict[str, Any] | None = None, *, timeout: float = 0) -> Any:
        """What the assistant answers at the first of its addresses that is there, which from then on is asked first.

        While a model is taken over there are two, one of which goes: a message that it took with it may have been answered.
        """
        addresses = self._addresses
        for number, address in enumerate(addresses, 1):
            try:
                answer = self._request_at(address, method, path, message, timeout or self._timeout)
            except Gone as error:
                if number == len(addresses):
                    raise _unavailable(address.url + path, error) from error
                if message and "again" in message:
                    message = {**message, "again": True}
            else:
                self._addresses = [address, *(other for other in addresses if other is not address)]
                return answer

    def _request_at(self, address: Address, method: str, path: str, message: dict[str, Any] | None, timeout: float) -> Any:
        place = address.url + path.partition("?")[0]
        body = json.dumps(message).encode() if message else None
        try:
            status, answer = address.ask(method, path, body, self._headers, timeout)
            if status == SERVICE_UNAVAILABLE:
                raise Gone("503")  # what Rasa says of messages that it breaks off when it ends
            if status in (401, 403):
                raise BotRejected(f"{place} answered {status}: BOT_SECRET differs from the assistant's")
            if status != OK:
                raise BotUnavailable(f"{place}: expected a reply, got {status}")
            return json.loads(answer)
        except (TimeoutError, ValueError) as error:
            raise _unavailable(place, error) from error


def _unavailable(address: str, error: Exception) -> BotUnavailable:
    reason = str(error) if isinstance(error, Gone) else type(error).__name__
    return BotUnavailable(f"{address.partition('?')[0]}: expected a reply, got {reason}")


def as_text(text: str) -> str:
    """The text such that Rasa takes it for no command: a slash in front becomes ∕ (U+2215), so all places stay."""
    return _COMMAND.sub("\\1\N{DIVISION SLASH}", text)


def _reply(data: dict[str, Any]) -> Reply:
    custom = data.get("metadata") or {}
    buttons = tuple(Button(**button) for button in data.get("buttons") or ())
    return Reply(data.get("text", ""), custom.get("faq"), buttons, custom.get("asks"))
