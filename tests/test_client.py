"""The door to the assistant while one model takes over from another."""

import dataclasses
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.client import Bot, BotUnavailable
from settings import from_env

REPLY = {"messages": [{"text": "Hola"}], "outcome": "answer", "theme": None, "model": "m2"}


class Assistant:
    """Answers every message with this status, or dies with each in its hands; keeps what it was asked, and from which ports.

    So many of the first ones it answers with no message, as Rasa does where an action fails.
    """

    def __init__(self, status: int = 200, *, dies: bool = False, dumb: int = 0, patience: float = 30) -> None:
        asked: list[dict[str, Any]] = []
        ports: list[int] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections stay open
            timeout = patience

            def do_POST(self) -> None:
                asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                ports.append(self.client_address[1])
                if dies:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                answer = json.dumps(REPLY if len(asked) > dumb else {**REPLY, "messages": []}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self.asked, self.ports = asked, ports
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Wire:
    """Answers whatever it is asked with these pieces, one after the other, and closes where the last one is empty."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces, self._server, self.ports = pieces, socket.create_server(("127.0.0.1", 0)), list[int]()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            connection, (_, port) = self._server.accept()
            threading.Thread(target=self._answer, args=(connection, port), daemon=True).start()

    def _answer(self, connection: socket.socket, port: int) -> None:
        with connection:
            while connection.recv(4096) and self._pieces[-1]:
                self.ports.append(port)
                for piece in self._pieces:
                    connection.sendall(piece)
                    time.sleep(0.02)


@pytest.fixture
def old() -> Iterator[Assistant]:
    made = Assistant(dies=True)
    yield made
    made.close()


@pytest.fixture
def new() -> Iterator[Assistant]:
    made = Assistant()
    yield made
    made.close()


def bot(*urls: str, **settings: Any) -> Bot:
    return Bot(dataclasses.replace(from_env(), bot_urls=urls, **settings))


def test_a_message_whose_assistant_dies_goes_to_the_other_as_one_that_may_have_been_answered(
    old: Assistant, new: Assistant
) -> None:
    door = bot(old.url, new.url)
    assert door.reply("a", text="hola", id_="m-1").model == "m2"
    assert [asked["again"] for asked in (*old.asked, *new.asked)] == [False, True]
    door.reply("a", text="hola", id_="m-2")
    assert (len(old.asked), [asked["again"] for asked in new.asked]) == (1, [True, False])


def test_a_message_that_is_broken_off_goes_to_the_other(new: Assistant) -> None:
    ending = Assistant(503)
    assert bot(ending.url, new.url).reply("a", text="hola").model == "m2"
    with pytest.raises(BotUnavailable):
        bot(ending.url).reply("a", text="hola")
    ending.close()
    assert new.asked[0]["again"]


@pytest.mark.parametrize(("dumb", "id_", "answered", "asked"), [(1, "m-1", True, 2), (2, "m-1", False, 2), (1, None, False, 1)])
def test_a_message_whose_action_failed_is_said_once_more_if_it_has_an_id(
    dumb: int, id_: str | None, answered: bool, asked: int
) -> None:
    assistant = Assistant(dumb=dumb)
    with nullcontext() if answered else pytest.raises(BotUnavailable, match="an action failed"):
        bot(assistant.url).reply("a", text="hola", id_=id_)
    assistant.close()
    assert [message["again"] for message in assistant.asked] == [False, True][:asked]


def test_an_address_where_nobody_is_is_passed_over_and_where_nobody_is_at_any_it_is_said(old: Assistant, new: Assistant) -> None:
    old.close()
    assert bot(old.url, new.url).reply("a", text="hola").model == "m2"
    with pytest.raises(BotUnavailable, match=f"^{old.url}/webhooks/ventanilla/message: expected a reply"):
        bot(old.url).reply("a", text="hola")


def test_a_connection_stays_open_from_message_to_message_and_one_that_was_closed_is_not_used() -> None:
    assistant = Assistant(patience=0.2)
    door = bot(assistant.url)
    for pause in (0, 0, 0.5):
        time.sleep(pause)
        door.reply("a", text="hola")
    assistant.close()
    assert assistant.ports[0] == assistant.ports[1] != assistant.ports[2]


@pytest.mark.parametrize(
    ("heads", "again"),
    [
        (("Transfer-Encoding: chunked\r\n",), True),
        (("Connection: close\r\n", "Content-Length: {size}\r\n"), False),
    ],
)
def test_an_answer_may_come_in_pieces_and_say_that_it_is_the_last_of_its_connection(heads: tuple[str, ...], again: bool) -> None:
    body = json.dumps(REPLY).encode()
    told = body if len(heads) > 1 else b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    answer = f"HTTP/1.1 200 OK\r\n{''.join(heads)}\r\n".format(size=len(body)).encode() + told
    with Wire(answer[:20], answer[20:90], answer[90:]) as wire:
        door = bot(wire.url)
        assert [door.reply("a", text="hola").replies[0].text for _ in range(2)] == ["Hola", "Hola"]
    assert (wire.ports[0] == wire.ports[1]) is again


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b""])
def test_what_is_no_answer_is_told_as_no_reply(answer: bytes) -> None:
    with Wire(answer) as wire, pytest.raises(BotUnavailable, match="expected a reply, got (HttpParser|ConnectionReset)"):
        bot(wire.url).reply("a", text="hola")


def test_an_answer_that_takes_too_long_is_no_reason_to_ask_another(new: Assistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes connections and says nothing
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(BotUnavailable, match=f"^{url}/webhooks/ventanilla/message: expected a reply, got TimeoutError$"):
            bot(url, new.url, bot_timeout=0.2).reply("a", text="hola", id_="m-1")
    assert new.asked == []


def test_the_entries_of_a_model_are_asked_for_once_where_it_is_named() -> None:
    asked = []

    class Counting(Bot):
        def _request(self, method: str, path: str, **_: Any) -> Any:
            asked.append(path)
            return [{"id": str(len(asked))}]

    bot = Counting(from_env())
    given = [bot.faq(model)[0]["id"] for model in ("", "m1", "m1", "m2", "m2", "m1", "")]
    assert given == ["1", "2", "2", "3", "3", "4", "5"]
