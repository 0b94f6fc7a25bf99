"""What `python -m deploy` does when something does not start."""

import subprocess
import time
from pathlib import Path

import pytest

import settings
from bot import models, promotions
from deploy import __main__ as deploy
from deploy.processes import Check


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """The trained model, judged by a floor that no model reaches."""
    messages = (settings.ROOT / "benchmarks" / "held_back.jsonl").read_text().splitlines(keepends=True)[:4]
    (tmp_path / "held_back.jsonl").write_text("".join(messages))
    (tmp_path / "floor.json").write_text('{"least": {"first_right": 1.5}, "most": {}}')
    trained = models.fitting(settings.from_env())
    (tmp_path / "models").mkdir()
    for name in (trained.name, "before.tar.gz"):
        (tmp_path / "models" / name).symlink_to(trained.resolve())
    for name, value in {"VAR_DIR": "var", "MODELS_DIR": "models", "BENCHMARKS_DIR": ""}.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    return settings.from_env()


def test_a_refused_model_leaves_the_promoted_one_and_stops_the_start_where_there_is_none(
    model: object, chosen: settings.Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        deploy._train(chosen)
    assert promotions.promoted(chosen) is None
    before = chosen.models_dir / "before.tar.gz"
    promotions.promote(chosen, before, promotions.FORCE)
    deploy._train(chosen)
    told = capfd.readouterr()
    assert promotions.promoted(chosen) == before
    assert "✗ the new model is refused: the promoted one answers" in told.out
    assert told.err.count("below the floor: first_right") == 2


def test_a_start_that_fails_is_an_error_and_says_where_to_look(tmp_path: Path) -> None:
    supervisord = subprocess.Popen(["true"])
    supervisord.wait()
    with pytest.raises(deploy.NotStarted, match=rf"web did not start: see {tmp_path}/log"):
        deploy._await(Check("web", "http://127.0.0.1:9/"), supervisord, tmp_path, time.monotonic())
