"""What the channel finds again and deletes, in Rasa's own tracker store."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import AwaitableTrackerStore, FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channel import _erase, _said

EVENTS = [
    UserUttered("hola", message_id="m-1"),
    BotUttered("Mire en spam.", {"buttons": None}, {"utter_action": "utter_faq/1.6"}),
    BotUttered("¿Su dirección?", {"buttons": [{"title": "Sí", "payload": "/afirmar"}]}, {"utter_action": "utter_ask_email"}),
    UserUttered("adiós", message_id="m-2"),
    BotUttered("Adiós."),
]


@pytest.fixture
def agent(tmp_path: Path) -> Any:
    store = SQLTrackerStore(Domain.empty(), dialect="sqlite", db=str(tmp_path / "tracker.db"))
    asyncio.run(store.save(DialogueStateTracker.from_events("c", EVENTS)))
    wrapped = AwaitableTrackerStore(FailSafeTrackerStore(store))
    return SimpleNamespace(tracker_store=wrapped, lock_store=InMemoryLockStore())


def test_a_message_that_comes_again_gets_what_was_said_to_it(agent: Any) -> None:
    answer, question = asyncio.run(_said(agent, "c", "m-1"))
    assert (answer["text"], answer["metadata"], answer["buttons"]) == ("Mire en spam.", {"faq": "1.6", "asks": None}, [])
    assert (question["metadata"]["asks"], question["buttons"]) == ("email", [{"title": "Sí", "payload": "/afirmar"}])
    assert asyncio.run(_said(agent, "c", "m-3")) == asyncio.run(_said(agent, "d", "m-1")) == []


def test_a_deleted_conversation_is_forgotten_and_no_other(agent: Any) -> None:
    asyncio.run(agent.tracker_store.save(DialogueStateTracker.from_events("d", EVENTS)))
    _erase(agent.tracker_store, "c")
    assert asyncio.run(_said(agent, "c", "m-1")) == []
    assert len(asyncio.run(_said(agent, "d", "m-2"))) == 1
