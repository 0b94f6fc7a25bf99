"""What the web adds to a turn of the chat: the same message through `/api/chat`, and to Rasa's channel alone.

    python -m benchmarks.turn [--turns 200]

The product must be running (`RATE_LIMIT=1000000/minute make run`) with the same settings. The same client asks both ways in
turn, now one first and now the other, the same five messages to a conversation: what the machine and the client cost falls on
both alike. They are not at the same message at once: who asks it second finds in the processor's caches what the first had
read, and is 3 ms faster. Turns that begin a conversation are told apart from those that go on with one. What the web process
computes is given besides: on a busy machine a third process also waits for its turn.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable
from http.client import OK
from typing import Any

import psutil
import urllib3

from deploy.processes import kept_secrets
from settings import Settings, or_exit

SAID = (
    "no me llega el correo de confirmación",
    "olvidé mi contraseña",
    "¿dónde está el número de serie?",
    "¿cuánto cuesta un equipo?",
    "hola",
)
_APART = 2  # messages between the two ways
Say = Callable[[str], object]


def spent(say: Say, text: str) -> float:
    """The milliseconds that a message takes."""
    started = time.perf_counter()
    say(text)
    return 1000 * (time.perf_counter() - started)


def ask(client: urllib3.PoolManager, url: str, message: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
    """The answer to a message."""
    answer = client.request("POST", url, json=message, headers=headers, timeout=30, retries=False)
    if answer.status != OK:
        raise RuntimeError(f"{url}: expected 200, got {answer.status}")
    return dict(answer.json())


def by_web(client: urllib3.PoolManager, settings: Settings) -> Say:
    """Says a text in a conversation of its own through the web."""
    url, going_on = f"http://{settings.host}:{settings.web_port}/api/chat", dict[str, str]()

    def say(text: str) -> None:
        said = ask(client, url, {"text": text, "id": uuid.uuid4().hex, **going_on}, {})
        going_on["conversation"] = said["conversation"]

    return say


def by_bot(client: urllib3.PoolManager, settings: Settings) -> Say:
    """Says a text in a conversation of its own to Rasa's channel."""
    url = f"http://{settings.host}:{settings.rasa_port}/webhooks/ventanilla/message"
    secret, conversation = {"X-Ventanilla-Secret": settings.bot_secret}, uuid.uuid4().hex
    return lambda text: ask(client, url, {"conversation": conversation, "text": text, "id": uuid.uuid4().hex}, secret)


def computed(port: int) -> float:
    """The seconds that the process which listens on this port has computed so far."""
    listening = (found.pid for found in psutil.net_connections("tcp") if found.status == "LISTEN" and found.laddr.port == port)
    return sum(psutil.Process(next(listening)).cpu_times()[:2])


def tell(kind: str, both: list[tuple[float, float]]) -> None:
    """Print the median and the 95th percentile of both ways, and how far apart the medians are."""
    print(kind)
    through, alone = zip(*both)
    for name, values in (("through /api/chat", through), ("Rasa's channel alone", alone)):
        print(f"  {name:22} p50 {statistics.median(values):6.1f} ms   p95 {statistics.quantiles(values, n=20)[-1]:6.1f} ms")
    print(f"  {'added':22} p50 {statistics.median(through) - statistics.median(alone):6.1f} ms")


def main() -> None:
    """Ask both ways and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turn")
    parser.add_argument("--turns", type=int, default=200)
    turns = parser.parse_args().turns
    os.environ.update({**kept_secrets(or_exit()), **os.environ})
    settings, client = or_exit(), urllib3.PoolManager()
    first: list[tuple[float, float]] = []
    later: list[tuple[float, float]] = []
    before = computed(settings.web_port)
    for number in range(turns):
        talk, place = divmod(number, len(SAID))
        if place == 0:
            web, bot = by_web(client, settings), by_bot(client, settings)
        texts = {web: SAID[(talk + place) % len(SAID)], bot: SAID[(talk + place + _APART) % len(SAID)]}
        took = {say: spent(say, texts[say]) for say in ((web, bot) if number % 2 else (bot, web))}
        (later if place else first).append((took[web], took[bot]))
    tell("the first turn of a conversation", first)
    tell("a later one", later)
    print(f"computed by the web      mean {1000 * (computed(settings.web_port) - before) / turns:5.1f} ms")


if __name__ == "__main__":
    main()
