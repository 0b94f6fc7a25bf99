"""The running product when Rasa is killed between a customer's yes and the reply: one request and one number."""

import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from conftest import Product
from desk_parts import wait_until
from sqlalchemy import create_engine
from talk import Talk

from desk import Desk, Request
from settings import from_env


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else can write into this SQLite file."""
    with create_engine(f"sqlite:///{path}", future=True).begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield


def kill_rasa(product: Product) -> None:
    [rasa] = [p for p in psutil.Process(product.process.pid).children(recursive=True) if "--endpoints" in p.cmdline()]
    rasa.kill()
    rasa.wait()


def replies_again(product: Product) -> bool:
    return requests.get(f"{product.web}/healthz", timeout=5).ok


@pytest.fixture
def desk(product: Product, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{product.var_dir}/desk.db")
    return Desk(from_env())


class Ticket:
    """A conversation at its summary, whose yes has an id of its own."""

    def __init__(self, product: Product, desk: Desk) -> None:
        self._talk, self._desk, self._detail = Talk(product), desk, f"La placa está rota {uuid.uuid4().hex}"
        for step in ("quiero hablar con una persona", "eva@example.com", self._detail):
            self._talk.say(step)

    def confirm(self, *, again: bool = False) -> requests.Response:
        return self._talk.post(text="sí", id="confirmed", again=again)

    def requests(self) -> list[Request]:
        return [request for request in self._desk.requests() if request.text == self._detail]


@contextmanager
def confirming(ticket: Ticket, *, again: bool) -> Iterator[Future[requests.Response]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(ticket.confirm, again=again)


def number_in(response: requests.Response) -> str:
    messages: list[dict[str, Any]] = response.json()["messages"]
    [number] = re.findall(r"V-\d{4}-\d{6}", messages[0]["text"])
    return number


def test_rasa_killed_again_and_again_while_the_action_commits_takes_the_yes_as_the_same_request(
    product: Product, desk: Desk
) -> None:
    ticket, known = Ticket(product, desk), 0
    for again in (False, True, True):
        with locked(product.var_dir / "desk.db"), confirming(ticket, again=again) as answer:
            time.sleep(1)  # the action waits for the lock
            kill_rasa(product)
            assert (answer.result().status_code, len(ticket.requests())) == (503, known)
        wait_until(lambda: bool(ticket.requests()))  # the action server lives, and commits what Rasa will not know of
        known = 1
        wait_until(lambda: replies_again(product), 120)
    number = number_in(ticket.confirm(again=True))
    kill_rasa(product)  # it has kept the turn, of which the customer may know nothing
    wait_until(lambda: replies_again(product), 120)
    assert number_in(ticket.confirm(again=True)) == number
    assert [request.number for request in ticket.requests()] == [number]
    assert [delivery.kind for delivery in desk.deliveries(number)] == ["ticket", "mail"]
