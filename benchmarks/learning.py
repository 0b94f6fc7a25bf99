"""`python -m benchmarks.learning`: what thirty reviewed messages of a new situation teach, on the way that agents take.

Customers who scan the QR or bar code of their device for the registration form: the data hardly knows them. The first thirty
messages of `learning.jsonl` are said to the promoted model and recorded; those that it does not answer right wait in the inbox
of the unknown, a reviewer decides them there, the export is applied to a copy of the repository, a model is trained of it and
passes the gate. Both models are measured on the other thirty, in other words, and on the held-back messages. All sixty were
written before either model saw one of them.
"""

import dataclasses
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import settings
from bot import gate, models, promotions
from bot.alike import groups
from bot.model import Model
from bot.result import ANSWER
from desk import Desk
from webchat import create_app
from webchat.agents import accounts

MESSAGES = Path(__file__).parent / "learning.jsonl"
_REVIEWER = "revisora@example.com"


class Assistant:
    """The model where the pages expect the assistant."""

    def __init__(self, model: Model) -> None:
        self.understand, self.alike = model.understand, partial(groups, model)
        self._entries = model.manifest["entries"]

    def faq(self) -> list[dict[str, Any]]:
        """The entries of the model."""
        return list(self._entries.values())


def figures(model: Model, messages: Sequence[dict[str, str]]) -> str:
    """How many are answered right, have the right entry first, and are answered wrong."""
    needs = [(model.understand(message["text"]).first, message["label"]) for message in messages]
    first = sum(need.ranking[0].id == label for need, label in needs)
    answered = [need.ranking[0].id == label for need, label in needs if need.outcome == ANSWER]
    return f"answered right {sum(answered)}, right entry first {first}, answered wrong {answered.count(False)}, of {len(needs)}"


def review(chosen: settings.Settings, model: Model, messages: Sequence[dict[str, str]]) -> int:
    """Say the messages to the model, and decide at the inbox's page those that wait there; how many did."""
    desk = Desk(chosen)
    for number, message in enumerate(messages):
        need = model.understand(message["text"]).first
        turn = desk.record("chat", f"c{number}", message["text"], outcome=need.outcome, faq_ids=_given(need), model="before")
        if need.outcome == ANSWER and need.ranking[0].id != message["label"]:
            desk.feedback(f"c{number}", turn.id, helpful=False)
    app = create_app(chosen, bot=Assistant(model), desk=desk)  # type: ignore[arg-type]
    with app.app_context():
        password = accounts.add(_REVIEWER, "Revisora", accounts.AGENT)
    client = app.test_client()
    token = _csrf(client.get("/agente/entrar").text)
    client.post("/agente/entrar", data={"email": _REVIEWER, "password": password, "csrf_token": token})
    waiting = [turn.id for turn in desk.unknown()]
    form = {
        "decision": f"entry:{messages[0]['label']}",
        "id": waiting,
        "csrf_token": _csrf(client.get("/agente/pendientes").text),
    }
    if client.post("/agente/pendientes", data=form).status_code != 303 or desk.unknown():
        raise RuntimeError("the inbox did not take the decision")
    return len(waiting)


def _given(need: Any) -> tuple[str, ...]:
    return (need.ranking[0].id,) if need.outcome == ANSWER else ()


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found[1]


def run(command: list[str], folder: Path, **more: str) -> str:
    """What the command prints in the folder."""
    done = subprocess.run(command, cwd=folder, env={**os.environ, **more}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def main() -> None:
    """Print the figures before and after."""
    messages = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
    learn, test = ([message for message in messages if message["author"] == name] for name in ("learn", "test"))
    with tempfile.TemporaryDirectory() as made:
        folder, copy = Path(made), Path(made) / "copy"
        places = {
            "VAR_DIR": str(folder / "var"),
            "SECRET_KEY": "benchmark",
            "MODELS_DIR": str(settings.or_exit().models_dir.resolve()),
        }
        os.environ.update(places)
        chosen = dataclasses.replace(settings.or_exit(), web_rooms=("agents",))
        (folder / "var").mkdir()
        old_path = models.fitting(chosen)
        promotions.promote(chosen, old_path, promotions.FORCE)
        old = models.read(old_path)
        print("before:", figures(old, test), flush=True)
        print("waited in the inbox:", review(chosen, old, learn), "of", len(learn), flush=True)
        run(["git", "clone", "--quiet", str(settings.ROOT), str(copy)], folder)
        patch = run([sys.executable, "-W", "ignore", "-m", "bot", "proposals", "export"], copy)
        (folder / "revision.patch").write_text(patch)
        run(["git", "apply", str(folder / "revision.patch")], copy)
        print("the patch adds", sum(line.startswith("+    - ") for line in patch.splitlines()), "messages", flush=True)
        print(run([sys.executable, "-W", "ignore", "-m", "bot.train"], copy).splitlines()[-1])
        new_path = promotions.running(chosen)
        print("after:", figures(models.read(new_path), test))
        for name, path in (("before", old_path), ("after", new_path)):
            print(f"held back, {name}:", gate.line(gate.measured(chosen, path)["figures"]))


if __name__ == "__main__":
    main()
