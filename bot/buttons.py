"""Binds a button to the question that it was shown with: the payload carries the message which that question answered."""

import re
from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

LATE = "/caducado"  # what a button says whose question was answered already

# What says by itself what it wants, whatever was asked since.
_OF_ITS_OWN = ("/iniciar", "/elegir", "/adjunto")
_BOUND = re.compile(r"(?P<payload>.+)@(?P<question>[\w-]{1,64})", re.DOTALL)


def bound(buttons: Iterable[dict[str, Any]], message_id: str) -> list[dict[str, Any]]:
    """The buttons of a question that was put in answer to this message."""
    return [
        button if button["payload"].startswith(_OF_ITS_OWN) else {**button, "payload": f"{button['payload']}@{message_id}"}
        for button in buttons
    ]


def pressed(payload: str) -> tuple[str, str]:
    """The payload as the dialogue knows it, and the question that it belongs to, empty for one that stands for itself."""
    match = None if payload.startswith(_OF_ITS_OWN) else _BOUND.fullmatch(payload)
    return (match["payload"], match["question"]) if match else (payload, "")


def waits(events: Iterable[Event], question: str) -> bool:
    """Whether no other question was put since, and no button of this one pressed."""
    message_id, last = "", ""
    for event in events:
        if isinstance(event, UserUttered):
            message_id = event.message_id or ""
            if (event.metadata or {}).get("question") == question:
                return False
        elif isinstance(event, BotUttered) and event.data.get("buttons"):
            last = message_id
    return last == question
