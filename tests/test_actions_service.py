"""The action server as a process of its own: killed, on a full disk, with a locked database, and with portals that fail."""

import dataclasses
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
from desk_parts import EMAIL, HOST, PortalServer, environment, free_port, locked, owed, start_worker, wait_until
from sqlalchemy import create_engine

from desk import Desk
from settings import ROOT, Settings

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
NO_LIMITS = {"LIMIT_ADDRESS": "1000", "LIMIT_CONVERSATION": "1000"}
LABELS = {
    "utter_etiqueta_contacto": [{"text": "Correo"}],
    "utter_etiqueta_detalle": [{"text": "Consulta"}],
    "utter_etiqueta_adjuntos": [{"text": "Archivos adjuntos"}],
}
Said = list[tuple[str, dict[str, Any]]]


class ActionServer:
    """`python -m rasa_sdk --actions actions`, asked as Rasa asks it."""

    def __init__(self, settings: Settings) -> None:
        self._port = free_port()
        self._environment = {**environment(settings), "DATABASE_TIMEOUT": str(settings.database_timeout), **NO_LIMITS}
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "rasa_sdk", "--actions", "actions", "--port", str(self._port)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._ready)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def confirm(self, key: str, action: str = "open_ticket", **told: str) -> Said:
        """What is said once the customer confirmed the request: the names of the responses and their values."""
        return self.act("action_enviar", key, action, **told)

    def act(self, name: str, key: str, action: str = "open_ticket", **told: str) -> Said:
        """What an action says on the way of this request."""
        slots = {
            "accion": action,
            "clave": key,
            "confirmado": "sí",
            **(told or {"contacto": EMAIL, "detalle": "La placa está rota"}),
        }
        tracker = {
            "sender_id": "c1",
            "slots": slots,
            "latest_message": {"text": "sí", "intent": {"name": "afirmar"}, "entities": []},
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "solicitud_form",
        }
        call = {"next_action": name, "sender_id": "c1", "tracker": tracker, "domain": {"responses": LABELS}}
        answer = requests.post(f"http://{HOST}:{self._port}/webhook", json=call, timeout=20)
        answer.raise_for_status()
        self.slots = {event["name"]: event["value"] for event in answer.json()["events"] if event["event"] == "slot"}
        return [(said["response"], _values(said)) for said in answer.json()["responses"]]

    def _ready(self) -> bool:
        try:
            return requests.get(f"http://{HOST}:{self._port}/health", timeout=1).ok
        except requests.RequestException:
            return False


def _values(said: dict[str, Any]) -> dict[str, Any]:
    own = ("text", "buttons", "elements", "custom", "template", "response", "image", "attachment")
    return {name: value for name, value in said.items() if name not in own}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, database_timeout=0.5)


@pytest.fixture
def server(settings: Settings, desk: Desk) -> Iterator[ActionServer]:
    running = ActionServer(settings)
    yield running
    running.kill()


@contextmanager
def full_disk(settings: Settings, server: ActionServer) -> Iterator[None]:
    """No file of the action server may grow; of PostgreSQL, which is another process, an error of the same class."""
    if settings.database_url.startswith("sqlite"):
        pid = server.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
        yield
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        return
    fails = "BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END"
    with (engine := create_engine(settings.database_url, future=True)).begin() as connection:
        connection.exec_driver_sql(f"CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS $$ {fails} $$")
        connection.exec_driver_sql("CREATE TRIGGER full_disk BEFORE INSERT ON outbox EXECUTE FUNCTION full()")
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER full_disk ON outbox")


Trouble = Callable[[Settings, ActionServer], AbstractContextManager[None]]


@pytest.mark.parametrize("trouble", [full_disk, lambda settings, _server: locked(settings)], ids=["full disk", "locked"])
def test_a_database_that_cannot_be_written_is_told_to_the_customer_and_leaves_no_half_ticket(
    desk: Desk, settings: Settings, server: ActionServer, trouble: Trouble
) -> None:
    with trouble(settings, server):
        assert server.confirm("k1") == [("utter_no_guardado", {})]
    assert server.slots["oferta"]["offers"][0]["dicho"]["clave"] == "k1"  # a yes tries the same request again
    assert (desk.requests(), owed(desk)) == ([], [])
    assert server.confirm("k1")[0][0] == "utter_hecho_open_ticket"
    assert [kind for kind, _, _ in owed(desk)] == ["ticket", "mail"]


@pytest.fixture
def patient(settings: Settings, desk: Desk) -> Iterator[ActionServer]:
    """One that waits long for the database, which it has opened."""
    running = ActionServer(dataclasses.replace(settings, database_timeout=10))
    running.act("action_ask_confirmado", "any")
    yield running
    running.kill()


def test_who_waits_for_the_database_keeps_nobody_else_waiting(desk: Desk, settings: Settings, patient: ActionServer) -> None:
    keys = [f"k{number}" for number in range(6)]
    with ThreadPoolExecutor(len(keys)) as pool:
        with locked(settings):
            answers = [pool.submit(patient.confirm, key) for key in keys]
            wait_until(lambda: all(answer.running() for answer in answers))
            assert patient.act("action_ask_confirmado", "other")[0][0] == "utter_resumen_open_ticket"
            assert [answer.result() for answer in answers if answer.done()] == []
            assert [answer.result() for answer in answers] == [[("utter_no_guardado", {})]] * len(keys)
    assert (desk.requests(), owed(desk)) == ([], [])


def test_the_summary_names_the_files_that_go_with_the_ticket(desk: Desk, server: ActionServer) -> None:
    def summary() -> list[str]:
        return str(server.act("action_ask_confirmado", "k1")[0][1]["resumen"]).splitlines()

    told = [f"• Correo: {EMAIL}", "• Consulta: La placa está rota"]
    assert summary() == told
    for name in ("error.png", "otra.exe"):
        desk.attach("c1", name, PNG)
    desk.attach("c2", "ajena.png", PNG)
    assert summary() == [*told, "• Archivos adjuntos: error.png, otra.png"]
    server.confirm("k1")
    assert summary() == told


@contextmanager
def confirming(server: ActionServer) -> Iterator[Future[Said]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(server.confirm, "k1")


def test_killed_before_the_commit_the_action_is_done_at_the_next_call(
    desk: Desk, settings: Settings, server: ActionServer
) -> None:
    with locked(settings), confirming(server) as answer:
        time.sleep(settings.database_timeout / 2)  # it waits for the lock
        server.kill()
        assert isinstance(answer.exception(), requests.ConnectionError)
    assert (desk.requests(), owed(desk)) == ([], [])
    server.start()
    assert server.confirm("k1")[0][0] == "utter_hecho_open_ticket"
    assert [kind for kind, _, _ in owed(desk)] == ["ticket", "mail"]


def test_killed_after_the_commit_the_action_gives_the_same_request_at_the_next_call(
    desk: Desk, settings: Settings, server: ActionServer
) -> None:
    with confirming(server):
        wait_until(lambda: bool(desk.requests()))
        server.kill()
    server.start()
    [(response, values)] = server.confirm("k1")
    [request] = desk.requests()
    assert (response, values["numero"]) == ("utter_hecho_open_ticket", request.number)
    assert [kind for kind, _, _ in owed(desk)] == ["ticket", "mail"]


def test_the_reply_is_the_same_and_as_fast_however_the_portal_fails(
    desk: Desk, settings: Settings, server: ActionServer, portal: PortalServer
) -> None:
    replies, times = set(), {}
    for answer in (200, 500, "slow", "garbage", "json", "down"):
        url = f"http://{HOST}:{free_port()}" if answer == "down" else settings.portal_url
        portal.answer, took = answer, []
        with start_worker(dataclasses.replace(settings, portal_url=url)) as worker:
            for number in range(12):
                started = time.perf_counter()
                [(response, values), *asked] = server.confirm(f"{answer} {number}", "reset_password", email=EMAIL)
                took.append(time.perf_counter() - started)
                assert values.pop("numero").startswith("V-")
                replies.add(json.dumps([response, values, asked]))
            wait_until(lambda: sum(attempts for _, _, attempts in owed(desk)) > 0 or not owed(desk))  # it was called
            worker.kill()
        times[answer] = statistics.median(took)
    assert len(replies) == 1
    assert max(times.values()) < 3 * min(times.values()) + 0.05
