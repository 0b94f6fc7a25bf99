"""What the web adds to a turn of the chat: the same message through `/api/chat`, and to Rasa's channel alone.

    python -m benchmarks.turn [--turns 200]

The product must be running (`RATE_LIMIT=1000000/minute make run`) with the same settings. The same client asks both ways in
turn, now one first and now the other, each message in a conversation of its own: what the machine and the client cost falls
on both alike. What the web process computes is given besides: on a busy machine a third process also waits for its turn.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable
from http.client import OK

import psutil
import urllib3

from deploy.processes import kept_secrets
from settings import or_exit

SAID = (
    "no me llega el correo de confirmación",
    "olvidé mi contraseña",
    "¿dónde está el número de serie?",
    "¿cuánto cuesta un equipo?",
    "hola",
)


def spent(say: Callable[[str], object], text: str) -> float:
    """The milliseconds that a message takes."""
    started = time.perf_counter()
    say(text)
    return 1000 * (time.perf_counter() - started)


def ask(client: urllib3.PoolManager, url: str, message: dict[str, str], headers: dict[str, str]) -> None:
    """Nothing, once the message is answered."""
    answer = client.request("POST", url, json=message, headers=headers, timeout=30, retries=False)
    if answer.status != OK:
        raise RuntimeError(f"{url}: expected 200, got {answer.status}")


def computed(port: int) -> float:
    """The seconds that the process which listens on this port has computed so far."""
    listening = (found.pid for found in psutil.net_connections("tcp") if found.status == "LISTEN" and found.laddr.port == port)
    return sum(psutil.Process(next(listening)).cpu_times()[:2])


def main() -> None:
    """Print the median and the 95th percentile of both ways, the median of what one takes more, and what the web computes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turn")
    parser.add_argument("--turns", type=int, default=200)
    turns = parser.parse_args().turns
    os.environ.update({**kept_secrets(or_exit()), **os.environ})
    settings = or_exit()
    client, host = urllib3.PoolManager(), f"http://{settings.host}"
    secret = {"X-Ventanilla-Secret": settings.bot_secret}

    def by_web(text: str) -> None:
        ask(client, f"{host}:{settings.web_port}/api/chat", {"text": text, "id": uuid.uuid4().hex}, {})

    def by_bot(text: str) -> None:
        message = {"conversation": uuid.uuid4().hex, "text": text, "id": uuid.uuid4().hex}
        ask(client, f"{host}:{settings.rasa_port}/webhooks/ventanilla/message", message, secret)

    both: list[tuple[float, float]] = []
    before = computed(settings.web_port)
    for number in range(turns):
        text = SAID[number % len(SAID)]
        first, second = (by_web, by_bot) if number % 2 else (by_bot, by_web)
        took = {first: spent(first, text), second: spent(second, text)}
        both.append((took[by_web], took[by_bot]))
    for name, values in zip(("through /api/chat", "Rasa's channel alone"), zip(*both)):
        print(f"{name:24} p50 {statistics.median(values):6.1f} ms   p95 {statistics.quantiles(values, n=20)[-1]:6.1f} ms")
    more = statistics.median(through - alone for through, alone in both)
    print(f"{'added':24} p50 {more:6.1f} ms")
    print(f"{'computed by the web':24} mean {1000 * (computed(settings.web_port) - before) / turns:5.1f} ms")


if __name__ == "__main__":
    main()
