"""What the channel finds again and deletes, in Rasa's own tracker store, and how it checks the action server."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import AwaitableTrackerStore, FailSafeTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.buttons import bound, pressed, waits
from bot.channel import VentanillaInput, _erase, _said
from bot.trackers import Trackers

EVENTS = [
    UserUttered("hola", message_id="m-1"),
    BotUttered("Mire en spam.", {"buttons": None}, {"utter_action": "utter_faq/1.6"}),
    BotUttered("¿Su dirección?", {"buttons": [{"title": "Sí", "payload": "/afirmar"}]}, {"utter_action": "utter_ask_email"}),
    UserUttered("adiós", message_id="m-2"),
    BotUttered("Adiós."),
]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """What it comes to, in a thread of its own: the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrackerStore:
    """The store that endpoints.yml names."""
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "tracker.db"))
    monkeypatch.setenv("ACTIONS_URL", "http://127.0.0.1:1/webhook")
    store = TrackerStore.create(AvailableEndpoints.read_endpoints(str(ROOT / "bot" / "endpoints.yml")).tracker_store)
    assert isinstance(store, Trackers)
    return store


@pytest.fixture
def agent(configured: TrackerStore) -> Any:
    run(configured.save(DialogueStateTracker.from_events("c", EVENTS)))
    wrapped = AwaitableTrackerStore(FailSafeTrackerStore(configured))
    return SimpleNamespace(tracker_store=wrapped, lock_store=InMemoryLockStore())


def said(agent: Any, conversation: str, message_id: str) -> list[dict[str, Any]]:
    tracker = run(agent.tracker_store.retrieve(conversation))
    return run(_said(list(tracker.events) if tracker else [], conversation, message_id))


def test_a_message_that_comes_again_gets_what_was_said_to_it(agent: Any) -> None:
    answer, question = said(agent, "c", "m-1")
    assert (answer["text"], answer["metadata"], answer["buttons"]) == ("Mire en spam.", {"faq": "1.6", "asks": None}, [])
    assert (question["metadata"]["asks"], question["buttons"]) == ("email", [{"title": "Sí", "payload": "/afirmar@m-1"}])
    assert said(agent, "c", "m-3") == said(agent, "d", "m-1") == []


def test_a_deleted_conversation_is_forgotten_and_no_other(agent: Any) -> None:
    run(agent.tracker_store.save(DialogueStateTracker.from_events("d", EVENTS)))
    _erase(agent.tracker_store, "c")
    assert said(agent, "c", "m-1") == []
    assert len(said(agent, "d", "m-2")) == 1


def test_what_was_said_is_on_the_disk_for_the_next_process_and_nothing_before(configured: TrackerStore, tmp_path: Path) -> None:
    run(configured.get_or_create_tracker("c", append_action_listen=False))
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as database:
        assert database.execute("SELECT count(*) FROM events").fetchone() == (0,)
        run(configured.save(DialogueStateTracker.from_events("c", EVENTS)))
        run(configured.save(DialogueStateTracker.from_events("c", [*EVENTS, UserUttered("¿y?")])))
        assert database.execute("SELECT count(*) FROM events WHERE sender_id = 'c'").fetchone() == (len(EVENTS) + 1,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_no_reply_of_an_action_is_refused_and_the_format_not_checked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    VentanillaInput.from_credentials({"secret": "a"})
    monkeypatch.setattr(Draft202012Validator, "check_schema", None)  # which is half of a turn
    action = RemoteAction("action_responder", None)
    good = {"events": [{"event": "slot", "name": "email", "value": None}], "responses": [{"text": "Sí."}]}
    assert action._validate_action_result(good)
    for bad in ({"events": [{"name": "email"}]}, {"events": [], "responses": ["Sí."]}, {"events": "none"}, []):
        with pytest.raises(ValidationError):
            action._validate_action_result(bad)


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
