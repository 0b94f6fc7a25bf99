"""What training shows of itself."""

import pytest

from bot.fit import STEPS
from bot.train import bar


def test_the_bar_names_the_step_and_is_full_after_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    with bar() as step:
        for number in range(STEPS):
            step(f"step {number}")
    last = capsys.readouterr().out.rpartition("\r")[2]
    assert f"{STEPS} of {STEPS}" in last
    assert f"step {STEPS - 1}" in last
