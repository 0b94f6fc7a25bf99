"""What training shows of itself."""

import logging

import pytest

from bot.fit import STEPS
from bot.train import bar


def test_the_bar_names_the_step_and_is_full_after_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    shown = bar()
    for step in range(STEPS):
        shown.emit(logging.makeLogRecord({"msg": "  step %s", "args": (step,)}))
    shown.close()
    last = capsys.readouterr().out.rpartition("\r")[2]
    assert f"{STEPS} of {STEPS}" in last
    assert f"step {STEPS - 1}" in last
