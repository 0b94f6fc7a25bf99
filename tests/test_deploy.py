"""What `python -m deploy` does when something does not start."""

import subprocess
import time
from pathlib import Path

import pytest

from deploy import __main__ as deploy
from deploy.processes import Check


def test_a_start_that_fails_is_an_error_and_says_where_to_look(tmp_path: Path) -> None:
    supervisord = subprocess.Popen(["true"])
    supervisord.wait()
    with pytest.raises(deploy.NotStarted, match=rf"web did not start: see {tmp_path}/log"):
        deploy._await(Check("web", "http://127.0.0.1:9/"), supervisord, tmp_path, time.monotonic())
