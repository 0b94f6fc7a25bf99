"""Runs a command and sees how much memory it and its children take."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

_FIRST, _EVERY = 0.02, 0.5  # seconds between two looks: soon after the start, as it may be a short one, then less often


def peak(command: Sequence[str], log: Path, cwd: Path | None = None) -> int:
    """The most bytes that the command and its children held at one time; pages that they share are counted once.

    Raises:
        CalledProcessError: it failed.
    """
    most, pause = 0, _FIRST
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=cwd) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, _held(watched))
            time.sleep(pause)
            pause = min(2 * pause, _EVERY)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most


def _held(process: psutil.Process) -> int:
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(map(_of_one, family))


def _of_one(process: psutil.Process) -> int:
    try:
        held = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return int(getattr(held, "pss", held.uss))
