"""What the web adds to a turn of the chat: the same message through `/api/chat`, and to Rasa's channel alone.

    python -m benchmarks.turn [--turns 200]

The product must be running (`RATE_LIMIT=1000000/minute make run`) with the same settings; both ways take turns, each message
in a conversation of its own, so that the machine's moods fall on both alike.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable

import requests

from bot.client import Bot
from deploy.processes import kept_secrets
from settings import from_env

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


def main() -> None:
    """Print the median and the 95th percentile of both ways, and the median of what one takes more than the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turn")
    parser.add_argument("--turns", type=int, default=200)
    turns = parser.parse_args().turns
    os.environ.update({**kept_secrets(from_env()), **os.environ})
    settings = from_env()
    bot, web = Bot(settings), requests.Session()
    url = f"http://{settings.host}:{settings.web_port}/api/chat"

    def by_web(text: str) -> None:
        web.post(url, json={"text": text, "id": uuid.uuid4().hex}, timeout=30).raise_for_status()

    def by_bot(text: str) -> None:
        bot.reply(uuid.uuid4().hex, text=text, id_=uuid.uuid4().hex)

    both: list[tuple[float, float]] = []
    for number in range(turns):
        text = SAID[number % len(SAID)]
        alone = spent(by_bot, text)
        both.append((spent(by_web, text), alone))
    for name, values in zip(("through /api/chat", "Rasa's channel alone"), zip(*both)):
        print(f"{name:24} p50 {statistics.median(values):6.1f} ms   p95 {statistics.quantiles(values, n=20)[-1]:6.1f} ms")
    more = statistics.median(through - alone for through, alone in both)
    print(f"{'added':24} p50 {more:6.1f} ms")


if __name__ == "__main__":
    main()
