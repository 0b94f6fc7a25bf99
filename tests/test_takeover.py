"""The running product takes over a model that is promoted, and no message is lost on the way."""

import dataclasses
import io
import json
import sqlite3
import tarfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests
from conftest import Product
from desk_parts import wait_until

from bot import models, promotions
from settings import from_env

_PATIENCE = 300  # seconds: a second Rasa starts beside the first and its customers


def as_version(model: Path, version: str) -> Path:
    """A copy of the model's file that calls its FAQ so."""
    copy = model.with_name(f"ventanilla-{version}.tar.gz")
    with tarfile.open(model) as old, tarfile.open(copy, "w:gz", compresslevel=1) as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            data = content.read() if content else b""
            if "bot.nlu" in member.name and member.name.endswith("/manifest.json"):
                data = json.dumps({**json.loads(data), "version": version}).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data) if content else None)
    return copy


class Customers:
    """Several who write all the time, each a conversation of its own; what they got stays here."""

    def __init__(self, product: Product, count: int) -> None:
        self.statuses: list[int] = []
        self.problems: list[str] = []
        self._product, self._stopping = product, threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(f"ola{number}",)) for number in range(count)]

    def __enter__(self) -> "Customers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _write(self, name: str) -> None:
        conversation = None
        while not self._stopping.wait(0.2):
            body = {"text": "no me llega el correo de confirmación", "id": f"{name}-{uuid.uuid4().hex}"}
            response = requests.post(f"{self._product.web}/api/chat", json={**body, "conversation": conversation}, timeout=60)
            self.statuses.append(response.status_code)
            self.problems += [] if response.ok else [response.text]
            conversation = response.json().get("conversation", conversation)


@contextmanager
def removed(path: Path) -> Iterator[None]:
    """The file goes in the end."""
    try:
        yield
    finally:
        path.unlink()


def of_messages(product: Product, what: str) -> list[str]:
    """This column of the messages that these customers sent, oldest first."""
    with closing(sqlite3.connect(product.var_dir / "desk.db")) as database:
        rows = database.execute(f"SELECT {what} FROM interactions WHERE client_id LIKE 'ola%' ORDER BY id")  # noqa: S608
        return [str(row[0]) for row in rows]


def test_no_message_is_lost_while_a_promoted_model_and_then_the_one_before_take_over(product: Product) -> None:
    chosen = dataclasses.replace(from_env(), var_dir=product.var_dir)
    first = models.manifest(models.fitting(chosen))["version"]
    second = as_version(models.fitting(chosen), "second")

    def answers(version: str) -> bool:
        return of_messages(product, "model")[-1:] == [version]

    with Customers(product, 4) as customers, removed(second):
        wait_until(lambda: answers(first), _PATIENCE)
        promotions.promote(chosen, second, promotions.FORCE)
        wait_until(lambda: answers("second"), _PATIENCE)
        promotions.roll_back(chosen)
        wait_until(lambda: answers(first), _PATIENCE)
    assert not customers.problems
    assert len(of_messages(product, "client_id")) == len(customers.statuses)
