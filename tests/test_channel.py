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

from bot.buttons import bound, pressed, waits
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


def said(agent: Any, conversation: str, message_id: str) -> list[dict[str, Any]]:
    tracker = asyncio.run(agent.tracker_store.retrieve(conversation))
    return asyncio.run(_said(list(tracker.events) if tracker else [], conversation, message_id))


def test_a_message_that_comes_again_gets_what_was_said_to_it(agent: Any) -> None:
    answer, question = said(agent, "c", "m-1")
    assert (answer["text"], answer["metadata"], answer["buttons"]) == ("Mire en spam.", {"faq": "1.6", "asks": None}, [])
    assert (question["metadata"]["asks"], question["buttons"]) == ("email", [{"title": "Sí", "payload": "/afirmar@m-1"}])
    assert said(agent, "c", "m-3") == said(agent, "d", "m-1") == []


def test_a_deleted_conversation_is_forgotten_and_no_other(agent: Any) -> None:
    asyncio.run(agent.tracker_store.save(DialogueStateTracker.from_events("d", EVENTS)))
    _erase(agent.tracker_store, "c")
    assert said(agent, "c", "m-1") == []
    assert len(said(agent, "d", "m-2")) == 1


@pytest.mark.parametrize("payload", ["/afirmar", '/corregir{"campo": "email"}'])
def test_a_button_names_the_question_it_was_shown_with(payload: str) -> None:
    (button,) = bound([{"title": "Sí", "payload": payload}], "m-1")
    assert pressed(button["payload"]) == (payload, "m-1")


def test_a_button_that_says_itself_what_it_wants_belongs_to_no_question() -> None:
    button = {"title": "1.6", "payload": '/elegir{"faq_id": "1.6@x"}'}
    assert bound([button], "m-1") == [button]
    assert pressed(button["payload"]) == (button["payload"], "")


def test_a_button_counts_until_it_was_pressed_or_another_question_was_put() -> None:
    assert waits(EVENTS, "m-1")
    assert not waits(EVENTS, "m-2")
    assert not waits([*EVENTS, UserUttered("/afirmar", metadata={"question": "m-1"})], "m-1")
    other = BotUttered("¿Le ha servido?", {"buttons": [{"title": "Sí", "payload": "/servido"}]})
    assert not waits([*EVENTS, other], "m-1")
