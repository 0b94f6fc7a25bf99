"""Whole conversations, from `tests/conversations/*.yml` in the form of Rasa's end-to-end tests, with the running product.

A step is what the `user` types, a button that the user presses by its `title` (`again` for one shown some messages ago), or
what the assistant says: an `utter` of the domain, or a piece of a `bot` text. What is said is expected in its order; what is
not named may stand in between. `{number}` in what is typed is that of the request which the assistant named last.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Product
from ruamel.yaml import YAML
from talk import Talk

FOLDER = Path(__file__).parent / "conversations"
CASES = {
    f"{path.stem}: {case['test_case']}": case["steps"]
    for path in sorted(FOLDER.glob("*.yml"))
    for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["test_cases"]
}
NUMBER = re.compile(r"V-\d{4}-\d{6,9}")


def responses() -> dict[str, list[dict[str, Any]]]:
    """The texts of the domain and of the knowledge folder."""
    files = [ROOT / "bot" / "domain.yml", *(ROOT / "data" / "faq_es").rglob("*.yml")]
    found: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        found.update(YAML(typ="safe").load(path.read_text(encoding="utf-8")).get("responses") or {})
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """For each response a pattern of what is said, any value in the place of a slot."""
    return {name: re.sub(r"\\{\w+\\}", ".*", re.escape(said[0]["text"])) for name, said in responses().items()}


@pytest.mark.parametrize("name", CASES)
def test_the_assistant_says_what_the_conversation_expects(product: Product, texts: dict[str, str], name: str) -> None:
    talk, said, number = Talk(product), [], ""
    shown: list[dict[str, str]] = []
    for step in CASES[name]:
        shown += [button for message in said for button in message["buttons"]]
        number = next((found[0] for message in said if (found := NUMBER.search(message["text"]))), number)
        if "user" in step:
            said = talk.say(step["user"].replace("{number}", number))
            continue
        if "title" in step:
            said = talk.press(next(b for message in said for b in message["buttons"] if b["title"] == step["title"]))
            continue
        if "again" in step:
            said = talk.press(next(b for b in reversed(shown) if b["title"] == step["again"]))
            continue
        pattern = texts[step["utter"]] if "utter" in step else ".*" + re.escape(step["bot"])
        heard = [message["text"] for message in talk.heard]
        at = next((i for i, text in enumerate(heard) if re.match(pattern, text, re.DOTALL)), None)
        assert at is not None, f"expected {step}, got {heard}"
        talk.heard = talk.heard[at + 1 :]
