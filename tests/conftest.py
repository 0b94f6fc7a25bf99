"""What several tests share: the trained model, and the whole product running."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import settings
from bot import models, promotions
from bot.model import Model

ROOT = Path(__file__).parent.parent
# What was promoted, and said, on this machine is no business of the tests, which are of the present data.
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="ventanilla")
pytest_plugins = ["desk_parts", "triage_parts", "widget_parts"]
PORTS = ("WEB_PORT", "AGENTS_PORT", "RASA_PORT", "RASA_NEXT_PORT", "ACTIONS_PORT", "PORTAL_PORT", "SMTP_PORT")
CHROMIUM = Path("/usr/bin/chromium")

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt-get install chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of a download of Playwright's."""
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM)}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: what it needs must be installed there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
    """The running product: its addresses, where it keeps its data, and what it printed while it started."""

    ports: dict[str, str]
    var_dir: Path
    output: str
    process: subprocess.Popen[str]
    agents_token: str = "a-token"

    @property
    def web(self) -> str:
        """The address of the chat page."""
        return f"http://127.0.0.1:{self.ports['WEB_PORT']}"

    @property
    def agents(self) -> str:
        """The address of the agents' pages and API."""
        return f"http://127.0.0.1:{self.ports['AGENTS_PORT']}"

    @property
    def portal(self) -> str:
        """The address of the demo portal and mailbox."""
        return f"http://127.0.0.1:{self.ports['PORTAL_PORT']}"

    @property
    def actions_port(self) -> str:
        """The port of the action server."""
        return self.ports["ACTIONS_PORT"]

    def stop(self) -> None:
        """Press Ctrl-C, which comes more than once where make and uv stand between, and wait for the end."""
        for _ in range(2):
            self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def start(var_dir: Path) -> Product:
    """`python -m deploy` on free ports, once it says that it is ready."""
    ports = {name: str(free_port()) for name in PORTS}
    own = dataclasses.replace(settings.from_env(), var_dir=var_dir)
    promotions.promote(own, models.fitting(own), promotions.FORCE)  # whatever the gate says: tests are of the present data
    environment = {**os.environ, **ports, "VAR_DIR": str(var_dir), "AGENTS_TOKEN": Product.agents_token}
    command = [sys.executable, "-W", "ignore", "-m", "deploy"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "RATE_LIMIT": "1000/minute", "LIMIT_ADDRESS": "1000", "LIMIT_CLIENT": "1000"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    output = ""
    for line in process.stdout:
        output += line
        if "Ctrl-C" in line:
            break
    return Product(ports, var_dir, output, process)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The running product, one for all tests."""
    running = start(tmp_path_factory.mktemp("var"))
    yield running
    running.stop()


@pytest.fixture
def start_product(tmp_path: Path) -> Callable[[], Product]:
    """Starts another one, which the test stops."""
    return lambda: start(tmp_path)
