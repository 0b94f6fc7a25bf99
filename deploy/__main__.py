"""`python -m deploy`: trains if needed, starts every process under supervisor, follows promotions; Ctrl-C stops all."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType

import psutil
from environs import EnvError

import settings
from bot import faq, models, promotions
from bot.train import REFUSED
from demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from deploy.processes import CONFIG, Check, PortTaken, check_ports, checks, environment
from deploy.takeover import Takeover

_START_LIMIT = 180.0
_PAUSE = 1.0  # seconds between two looks for another promoted model
_STOP_LIMIT = 9.0


class Stopped(Exception):
    """Somebody asked to stop, or supervisor ended."""


class NotStarted(Exception):
    """A process did not become ready."""


def main() -> int:
    """Run until Ctrl-C; 1 if something needed is missing, said in a line."""
    os.umask(0o077)  # databases, logs and mails of customers are their owner's alone
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        chosen = settings.from_env()
        check_ports(chosen)
        _train(chosen)
        _run(chosen, promotions.running(chosen))
    except (EnvError, PortTaken, NotStarted, faq.FaqError, models.NoModel) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("There is no model to answer by: see the lines above.", file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopped.")
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # A terminal signals make, uv and us, and uv passes its own on: only the first may break off what runs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def _train(chosen: settings.Settings) -> None:
    """Train and judge the model of the present data, unless it is the promoted one; where it is refused, that one stays."""
    model = models.fitting(chosen)
    if model == promotions.promoted(chosen) and model.exists():
        print("✓ model is current")
        return
    print("· judging the model" if model.exists() else "· training the model (a minute or two)", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-m", "bot.train"]
    code = subprocess.run(command, check=False).returncode
    if code == REFUSED and promotions.promoted(chosen):
        print("✗ the new model is refused: the promoted one answers, as the data was when it was trained")
    elif code:
        raise subprocess.CalledProcessError(code, command)
    else:
        print(f"✓ model promoted after {time.monotonic() - started:.0f} s")


def _run(chosen: settings.Settings, model: Path) -> None:
    (chosen.var_dir / "log").mkdir(parents=True, exist_ok=True)
    process_environment = environment(chosen)
    supervisord = subprocess.Popen(
        ["supervisord", "-c", str(CONFIG)], env=process_environment, cwd=settings.ROOT, start_new_session=True
    )
    try:
        started = time.monotonic()
        for check in checks(chosen):
            _await(check, supervisord, chosen.var_dir, started)
        _welcome(chosen, process_environment["AGENTS_TOKEN"])
        takeover = Takeover(chosen, model, partial(print, flush=True))
        while supervisord.poll() is None:
            takeover.look()
            time.sleep(_PAUSE)
        raise Stopped
    finally:
        _end(supervisord)


def _await(check: Check, supervisord: subprocess.Popen[bytes], var_dir: Path, started: float) -> None:
    while not check.ready():
        if supervisord.poll() is not None or time.monotonic() - started > _START_LIMIT:
            raise NotStarted(f"✗ {check.name} did not start: see {var_dir}/log")
        time.sleep(0.3)
    print(f"✓ {check.name} ready after {time.monotonic() - started:.0f} s")


def _welcome(chosen: settings.Settings, agents_token: str) -> None:
    portal = f"http://{chosen.host}:{chosen.portal_port}"
    accounts = ", ".join(f"{a.email} ({'confirmed' if a.confirmed else 'unconfirmed'})" for a in DEMO_ACCOUNTS)
    print(f"""
  Chat            http://{chosen.host}:{chosen.web_port}/
  Demo portal     {portal}/
  Demo mailbox    {portal}/mail
  Demo accounts   {accounts}; password {DEMO_PASSWORD}
  Agents          http://{chosen.host}:{chosen.agents_port}/agente; accounts by `python -m webchat.agents add`
  Suggestions     POST http://{chosen.host}:{chosen.agents_port}/api/suggestions, bearer token {agents_token}
  Logs            {chosen.var_dir}/log

  Ctrl-C stops everything.
""")


def _end(supervisord: subprocess.Popen[bytes]) -> None:
    if supervisord.poll() is not None:
        return
    processes = [psutil.Process(supervisord.pid), *psutil.Process(supervisord.pid).children(recursive=True)]
    supervisord.terminate()
    _, alive = psutil.wait_procs(processes, _STOP_LIMIT)
    for process in alive:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())
