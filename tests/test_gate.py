"""The gate before a trained model, and the record of what was promoted."""

import dataclasses
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from bot import gate, models, promotions
from bot.__main__ import main
from bot.faq import Entry, Example, Faq
from bot.fit import Settings as Training
from bot.fit import fit
from bot.model import Model
from settings import Settings, from_env

CORPUS = {
    "3.1": (
        "a qué hora abre la biblioteca",
        "cuál es el horario de los sábados",
        "a qué hora cierran hoy",
        "abren los domingos por la tarde",
        "horario de verano de la biblioteca",
        "hasta qué hora está abierta la sala",
        "a qué hora abren mañana",
        "qué horario tienen en agosto",
        "los sábados a qué hora cierran",
        "horario de los domingos",
    ),
    "3.2": (
        "cuántos libros me puedo llevar en préstamo",
        "quiero renovar el préstamo de una novela",
        "por cuánto tiempo prestan los libros",
        "se pueden sacar películas en préstamo",
        "cómo renuevo un libro prestado",
        "me prestan tres libros a la vez",
        "cuánto dura el préstamo de un libro",
        "renovar préstamo de libros por internet",
        "prestan libros por un mes",
        "cómo renovar el préstamo",
    ),
    "fuera/multa": (
        "me ha llegado una multa por retraso",
        "cuánto es la multa por devolver tarde",
        "dónde pago la multa",
        "por qué me ponen una multa",
        "no estoy de acuerdo con la multa",
        "puedo pagar la multa con tarjeta",
        "la multa por retraso es muy cara",
        "cómo se paga una multa pendiente",
        "tengo una multa pendiente",
        "la multa con tarjeta se puede pagar",
    ),
}
SWAPPED = {"3.1": "3.2", "3.2": "3.1"}


def trained(labels: dict[str, str] | None = None) -> Model:
    """A model of the corpus, in which some labels may stand for others."""
    rows = [(text, (labels or {}).get(label, label)) for label, texts in CORPUS.items() for text in texts]
    examples = [Example(text, label, "VWXYZ"[number % 5]) for number, (text, label) in enumerate(rows)]
    entries = {id_: Entry(id_, "", "¿Qué?", "Esto.", None, ()) for id_ in ("3.1", "3.2")}
    faq = Faq(entries=entries, themes={"multa": None}, examples=examples)
    return fit(examples, faq, Training(wrong_rate=0.3, stray_rate=0.3), progress=lambda step: None).over(faq)


@pytest.fixture(scope="module")
def benchmarks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmarks")
    rows = [{"text": text, "label": label, "author": "U"} for label, texts in CORPUS.items() for text in texts]
    (folder / "held_back.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "floor.json").write_text(json.dumps({"least": {}, "most": {"stray": 10}}))
    return folder


@pytest.fixture
def chosen(tmp_path: Path, benchmarks: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {"VAR_DIR": tmp_path / "var", "MODELS_DIR": tmp_path, "BENCHMARKS_DIR": benchmarks}.items():
        monkeypatch.setenv(name, str(value))
    return from_env()


def told(*answers: str) -> dict[str, object]:
    """What `judge` says of a model that gives these answers."""
    counts = Counter(answers)
    return {"answers": list(answers), "figures": {name: {"count": count} for name, count in counts.items()}}


def touch(chosen: Settings, *names: str) -> list[Path]:
    paths = [chosen.models_dir / name for name in names]
    for path in paths:
        path.touch()
    return paths


@pytest.mark.parametrize(
    ("new", "old", "objections"),
    [
        (["right"] * 9 + ["wrong"], ["right"] * 10, 0),
        (["right"] * 6 + ["none"] * 4, ["right"] * 10, 0),
        (["right"] * 5 + ["none"] * 5, ["right"] * 10, 1),
        (["none"] * 5 + ["wrong"] * 5, ["none"] * 10, 1),
        (["right"] * 5 + ["wrong"] * 5, ["right"] * 10, 2),
        (["right"] * 5 + ["none"] * 5, ["none"] * 5 + ["right"] * 5, 0),
        (["right"] * 10, ["none"] * 10, 0),
    ],
)
def test_a_message_more_or_less_blocks_nothing_and_five_to_none_do(
    benchmarks: Path, new: list[str], old: list[str], objections: int
) -> None:
    floor = benchmarks / "none.json"
    floor.write_text(json.dumps({"least": {}, "most": {}}))
    assert len(gate.objections(told(*new), told(*old), floor)) == objections


def test_a_model_with_two_labels_swapped_is_refused_beside_a_good_one_and_without_it_by_the_floor(benchmarks: Path) -> None:
    good, swapped = (gate.judge(trained(labels), benchmarks) for labels in ({}, SWAPPED))
    floor = benchmarks / "floor.json"
    assert gate.objections(good, None, floor) == []
    assert gate.objections(good, good, floor) == []
    assert gate.objections(swapped, good, floor)[-1].startswith("fewer right answers than the promoted model: ")
    strict = benchmarks / "strict.json"
    strict.write_text(json.dumps({"least": {"first_right": 0.5}, "most": {}}))
    assert gate.objections(swapped, None, strict) == ["below the floor: first_right: at least 0.5 expected, got 0.0000"]


def test_the_promoted_model_answers_and_what_was_taken_back_gives_way_to_the_one_before(chosen: Settings) -> None:
    with pytest.raises(models.NoModel):
        promotions.running(chosen)
    one, two, three = touch(chosen, "one.tar.gz", "two.tar.gz", "three.tar.gz")
    for path in (one, two, three):
        promotions.promote(chosen, path, promotions.GATE)
        assert promotions.running(chosen) == path
    assert (promotions.roll_back(chosen), promotions.running(chosen), promotions.taken_back(chosen)) == (two, two, {three.name})
    assert (promotions.roll_back(chosen), promotions.running(chosen)) == (one, one)
    promotions.promote(chosen, three, promotions.FORCE)
    assert (promotions.running(chosen), promotions.taken_back(chosen)) == (three, {two.name})
    assert [one.how for one in promotions.record(chosen)] == ["gate"] * 3 + ["rollback"] * 2 + ["force"]


def test_an_installation_is_not_disturbed_by_another_one_that_shares_the_models(chosen: Settings, tmp_path: Path) -> None:
    one, two = touch(chosen, "one.tar.gz", "two.tar.gz")
    other = dataclasses.replace(chosen, var_dir=tmp_path / "other")
    promotions.promote(chosen, one, promotions.GATE)
    promotions.promote(other, two, promotions.GATE)
    assert (promotions.running(chosen), promotions.running(other)) == (one, two)


def test_a_promoted_file_that_is_broken_is_told_and_stops_no_judgement(chosen: Settings) -> None:
    broken, new = touch(chosen, "one.tar.gz", "two.tar.gz")
    broken.write_bytes(b"half of a model")
    promotions.promote(chosen, broken, promotions.GATE)
    gate.figures_of(chosen, new).write_text(json.dumps(told(*["stray"] * 11)))
    assert gate.against(chosen, new)[1:] == [
        "the promoted one.tar.gz cannot be read by the present code (ReadError): not compared"
    ]


def test_what_nobody_used_for_a_fortnight_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    names = ("learned-old", "learned-new", "other")
    for name in names:
        (tmp_path / name).mkdir()
    for name in ("learned-old", "other"):
        os.utime(tmp_path / name, (0, 0))
    models.prune(tmp_path, "learned-*")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["learned-new", "other"]


def test_nothing_is_taken_back_without_one_before_or_promoted_without_a_file(
    chosen: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    promotions.promote(chosen, touch(chosen, "one.tar.gz")[0], promotions.GATE)
    assert main(["models", "rollback"]) == 1
    assert main(["models", "promote", "two.tar.gz"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "no model was promoted before the current one",
        f"{chosen.models_dir}/two.tar.gz does not exist: see `python -m bot models list`",
    ]
