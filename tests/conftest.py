"""What several tests share: the trained model, and the whole product running."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import settings
from bot import models
from bot.model import Model

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def model() -> Model:
    """The trained model of the present data."""
    return models.load(settings.from_env())


@dataclass(frozen=True)
class Product:
    """The running product: its addresses, and what it printed while it started."""

    web: str
    portal: str
    output: str
    agents_token: str
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`python -m deploy` on free ports, with data of its own."""
    var_dir = tmp_path_factory.mktemp("var")
    names = ("WEB_PORT", "RASA_PORT", "ACTIONS_PORT", "PORTAL_PORT", "SMTP_PORT")
    ports = {name: str(free_port()) for name in names}
    environment = {**os.environ, **ports, "VAR_DIR": str(var_dir), "AGENTS_TOKEN": "a-token", "RATE_LIMIT": "1000/minute"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    output = ""
    for line in process.stdout:
        output += line
        if "Ctrl-C" in line:
            break
    host = "http://127.0.0.1:"
    yield Product(host + ports["WEB_PORT"], host + ports["PORTAL_PORT"], output, "a-token", process)
    process.send_signal(signal.SIGINT)
    process.wait(15)
