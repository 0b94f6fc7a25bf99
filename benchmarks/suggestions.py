"""`python -m benchmarks.suggestions`: from an agent's pause to the suggestion, and the agents' pages over many interactions.

    python -m benchmarks.suggestions [--texts 200] [--interactions 50000]

The product must be running (`make run`) with the same settings: the suggestions go over HTTP through the agents' process to
the real Rasa, each text another one of `held_back.jsonl`. The pages are opened by an agent over a database of their own, which
holds that many recorded interactions, and a request for each ten; each page three times, of which the first is told apart.
"""

import argparse
import dataclasses
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import requests
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, insert
from sqlalchemy.engine import Engine

from bot.client import Bot
from deploy.processes import kept_secrets
from desk import Desk
from desk.records import Interaction, Request
from settings import Settings, or_exit
from webchat import create_app
from webchat.agents import accounts

PAGES = ("/agente", "/agente/pendientes", "/agente/informe", "/agente/informe?desde=2000-01-01", "/agente/solicitudes")
_AGENT = "banco@example.com"
_OUTCOMES = ("answer", "answer", "answer", "clarify", "out_of_scope", "answer", "person", "dialogue")


def texts(benchmarks: Path) -> list[str]:
    """The held-back messages."""
    lines = (benchmarks / "held_back.jsonl").read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["text"]) for line in lines]


def suggestions(chosen: Settings, said: list[str]) -> list[float]:
    """The milliseconds that each suggestion takes."""
    url, session = f"http://{chosen.host}:{chosen.agents_port}/api/suggestions", requests.Session()
    session.headers["Authorization"] = f"Bearer {chosen.agents_token}"
    taken = []
    for text in said:
        started = time.perf_counter()
        session.post(url, json={"text": text}, timeout=30).raise_for_status()
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def fill(chosen: Settings, said: list[str], count: int) -> None:
    """Record so many interactions of the last ninety days, and a request for each ten."""
    now = datetime.now(timezone.utc)
    rows = [
        {
            "channel": ("chat", "mail", "agent")[number % 3],
            "conversation": f"c{number // 4}",
            "text": said[number % len(said)],
            "reply": [{"text": "Revise su buzón de correo no deseado."}],
            "outcome": _OUTCOMES[number % len(_OUTCOMES)],
            "faq_ids": ["1.6"] if number % 2 else [],
            "model": f"m{number * 5 // count}",
            "created_at": now - timedelta(days=90) * (1 - number / count),
        }
        for number in range(count)
    ]
    asked = [
        {
            "key": f"k{number}",
            "kind": ("open_ticket", "resend_confirmation")[number % 2],
            "fields": {},
            "conversation": f"c{number * 10 // 4}",
            "text": said[number % len(said)],
            "status": ("open", "done", "done")[number % 3],
            "created_at": now - timedelta(days=90) * (1 - 10 * number / count),
        }
        for number in range(count // 10)
    ]
    with create_engine(chosen.database_url, future=True).begin() as connection:
        connection.execute(insert(Interaction.__table__), rows)
        connection.execute(insert(Request.__table__), asked)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that go to a database meanwhile."""
    seen: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def pages(chosen: Settings) -> dict[str, tuple[list[float], int]]:
    """The seconds that each page takes an agent, three times, and how many statements the last time."""
    app = create_app(chosen, bot=Bot(chosen), desk=Desk(chosen))
    with app.app_context():
        password = accounts.add(_AGENT, "Banco", accounts.AGENT)
    client = app.test_client()
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get("/agente/entrar").text)
    form = {"email": _AGENT, "password": password, "csrf_token": found[1] if found else ""}
    client.post("/agente/entrar", data=form)
    return {page: opened(client, page) for page in PAGES}


def opened(client: FlaskClient, page: str) -> tuple[list[float], int]:
    """The seconds that a page takes three times, and how many statements the last time."""
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        with counted() as statements:
            response = client.get(page)
        taken.append(time.perf_counter() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{page}: expected 200, got {response.status_code}")
    return taken, len(statements)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggestions")
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--interactions", type=int, default=50_000)
    options = parser.parse_args()
    os.environ.update({**kept_secrets(or_exit()), **os.environ})
    chosen = or_exit()
    said = texts(chosen.benchmarks_dir)
    taken = suggestions(chosen, said[: options.texts])
    slow = statistics.quantiles(taken, n=20)[-1]
    print(f"suggestion over HTTP: p50 {statistics.median(taken):.1f} ms, p95 {slow:.1f} ms, of {len(taken)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        own = {"database_url": f"sqlite:///{folder}/desk.db", "agents_database_url": f"sqlite:///{folder}/agents.db"}
        mine = dataclasses.replace(chosen, web_rooms=("agents",), **own)  # type: ignore[arg-type]
        Desk(mine)
        fill(mine, said, options.interactions)
        for page, (seconds, queries) in pages(mine).items():
            told = f"first {seconds[0]:.2f} s, then {min(seconds[1:]):.2f} s, {queries} queries"
            print(f"{page} over {options.interactions} interactions: {told}")


if __name__ == "__main__":
    main()
