"""Imports between rooms point one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "actions", "desk", "webchat", "triage", "demo", "deploy")
ALLOWED = {
    "bot": set(),
    "desk": set(),
    "demo": set(),
    "actions": {"desk"},
    "webchat": {"bot", "desk"},
    "triage": {"bot", "desk"},
    "deploy": {"bot", "demo"},
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    seen = set().union(*(imported(path) for path in (ROOT / room).rglob("*.py")))
    assert seen & set(ROOMS) - {room} <= ALLOWED[room]


@pytest.mark.parametrize("room", ROOMS)
def test_rasa_is_imported_by_bot_alone_and_its_sdk_by_actions_alone(room: str) -> None:
    seen = set().union(*(imported(path) for path in (ROOT / room).rglob("*.py")))
    assert seen & {"rasa", "rasa_sdk"} <= {"bot": {"rasa"}, "actions": {"rasa_sdk"}}.get(room, set())


@pytest.mark.parametrize("room", ["webchat", "triage"])
def test_no_other_room_takes_rasa_in_by_way_of_bot(room: str) -> None:
    seen = set()
    for path in (ROOT / room).rglob("*.py"):
        seen |= {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
    assert not seen & {"bot.nlu", "bot.channel", "bot.train"}


@pytest.mark.parametrize("process", ["webchat.__main__", "actions.form", "desk.__main__", "demo.__main__", "deploy.__main__"])
def test_a_process_that_only_asks_the_assistant_brings_nothing_that_understands(process: str) -> None:
    heavy = {"torch", "tensorflow", "spacy", "sklearn", "rasa"}  # a gigabyte, and half a minute of a start
    command = f"import sys, {process}; print(*sys.modules)"
    brought = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not heavy & set(brought.split())
