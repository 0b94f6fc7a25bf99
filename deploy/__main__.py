"""`python -m deploy`: trains if needed, starts every process under supervisor, says where to look; Ctrl-C stops all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import psutil
from environs import EnvError

import settings
from bot import faq, models
from demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from deploy.processes import CONFIG, Check, PortTaken, check_ports, checks, environment

_START_LIMIT = 180.0
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
        model = models.current(chosen)
        _train(model)
        _run(chosen, model)
    except (EnvError, PortTaken, NotStarted, faq.FaqError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("Training failed: see the lines above.", file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopped.")
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # A terminal signals make, uv and us, and uv passes its own on: only the first may break off what runs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stopped


def _train(model: Path) -> None:
    if model.exists():
        print("✓ model is current")
        return
    print("· training the model (a minute or two)")
    started = time.monotonic()
    subprocess.run([sys.executable, "-W", "ignore", "-m", "bot.train"], check=True)
    print(f"✓ model trained in {time.monotonic() - started:.0f} s")


def _run(chosen: settings.Settings, model: Path) -> None:
    (chosen.var_dir / "log").mkdir(parents=True, exist_ok=True)
    process_environment = environment(chosen, model)
    supervisord = subprocess.Popen(
        ["supervisord", "-c", str(CONFIG)], env=process_environment, cwd=settings.ROOT, start_new_session=True
    )
    try:
        started = time.monotonic()
        for check in checks(chosen):
            _await(check, supervisord, chosen.var_dir, started)
        _welcome(chosen, process_environment["AGENTS_TOKEN"])
        supervisord.wait()
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
