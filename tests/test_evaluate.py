import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.evaluate import BrokenInput, everything, main, worse
from bot.faq import Entry, Example, Faq, Part
from bot.fit import Settings, fit
from bot.held_out import folds, one_out
from bot.model import Model
from bot.report import Judged, calibration_error, curve, hindsight, measure, mixed, rate
from bot.result import ANSWER, CLARIFY, OUT_OF_SCOPE, Candidate, Need
from bot.risk import NEVER, Outcomes, conformal

CORPUS = {
    "horario": [
        "a qué hora abre la biblioteca",
        "cuál es el horario de los sábados",
        "a qué hora cierran hoy",
        "abren los domingos por la tarde",
        "horario de verano de la biblioteca",
        "hasta qué hora está abierta la sala",
        "a qué hora abren mañana",
        "qué horario tienen en agosto",
    ],
    "prestamo": [
        "cuántos libros me puedo llevar en préstamo",
        "quiero renovar el préstamo de una novela",
        "por cuánto tiempo prestan los libros",
        "se pueden sacar películas en préstamo",
        "cómo renuevo un libro prestado",
        "me prestan tres libros a la vez",
        "cuánto dura el préstamo de un libro",
        "renovar préstamo de libros por internet",
    ],
    "carne": [
        "cómo me hago el carné de socio",
        "he perdido mi carné",
        "qué documentos piden para el carné",
        "el carné de socio es gratis",
        "mi carné ha caducado",
        "quiero un carné para mi hija",
        "cómo saco el carné de lector",
        "se me rompió el carné de socio",
    ],
    "multa": [
        "me ha llegado una multa por retraso",
        "cuánto es la multa por devolver tarde",
        "dónde pago la multa",
        "por qué me ponen una multa",
        "no estoy de acuerdo con la multa",
        "puedo pagar la multa con tarjeta",
        "la multa por retraso es muy cara",
        "cómo se paga una multa pendiente",
    ],
}
AUTHORS = "VWXYZ"


def rows(texts: slice, names: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Some of each label's sentences, the labels renamed."""
    return [{"text": text, "label": (names or {}).get(label, label)} for label in CORPUS for text in CORPUS[label][texts]]


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def predict(folder: Path, names: dict[str, str] | None = None) -> list[list[tuple[str, float]]]:
    """The rankings that main writes for the last two sentences of each label."""
    train, test = write(folder / "train.jsonl", rows(slice(6), names)), write(folder / "test.jsonl", rows(slice(6, 8), names))
    out = folder / "out.jsonl"
    assert main(["--train", str(train), "--test", str(test), "--out", str(out)]) == 0
    return [[(label, share) for label, share in json.loads(line)["ranking"]] for line in out.read_text().splitlines()]


def test_any_corpus_is_learned_and_predicted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rankings = predict(tmp_path)
    assert [ranking[0][0] for ranking in rankings] == [row["label"] for row in rows(slice(6, 8))]
    for ranking in rankings:
        shares = [share for _, share in ranking]
        assert {label for label, _ in ranking} == set(CORPUS)
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=1e-5)
    printed = capsys.readouterr().out
    assert "100.0 % (8 of 8)" in printed
    assert all(title in printed for title in ("among three", "calibration error", "training", "one message"))


def test_what_labels_are_called_makes_no_difference(tmp_path: Path) -> None:
    names = {"carne": "1.1", "horario": "2.7", "multa": "nada", "prestamo": "varias"}
    renamed = predict(tmp_path, names)
    assert renamed == [[(names[label], share) for label, share in ranking] for ranking in predict(tmp_path)]


def test_a_label_of_one_message_and_authors_are_accepted(tmp_path: Path) -> None:
    lines = [{**row, "author": AUTHORS[n % 5]} for n, row in enumerate(rows(slice(6)))]
    for extra in (lines, [*rows(slice(6)), {"text": "gracias", "label": "gracias"}]):
        train, out = write(tmp_path / "train.jsonl", extra), tmp_path / "out.jsonl"
        assert main(["--train", str(train), "--test", str(train), "--out", str(out)]) == 0
        best = [json.loads(line)["ranking"][0][0] for line in out.read_text().splitlines()]
        assert best[:24] == [row["label"] for row in rows(slice(6))]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 1, "is empty: expected a JSON object a line, with text and label"),
        ('{"text": "a", "label": "b"}\n{"text": \n', 2, "expected a JSON object, got"),
        ('{"text": "a", "label": "b"}\n\n{"text": "a", "label": "b"}\n', 2, "expected a JSON object, got"),
        ('["a", "b"]', 1, "expected an object with a str `text`, got ['a', 'b']: correct the line"),
        ('{"text": "a"}', 1, "expected an object with a str `label`"),
        ('{"text": "a", "label": 7}', 1, "expected an object with a str `label`"),
        ('{"text": "\xff", "label": "b"}', 1, "'utf-8' codec"),
        ('{"text": "\\ud800", "label": "b"}', 1, "'utf-8' codec"),
    ],
)
@pytest.mark.parametrize("which", ["train", "test"])
def test_a_broken_line_stops_with_file_line_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str, content: str, line: int, reason: str
) -> None:
    paths = {name: write(tmp_path / f"{name}.jsonl", rows(slice(6))) for name in ("train", "test")}
    paths[which].write_bytes(content.encode("latin-1"))
    assert main(["--train", str(paths["train"]), "--test", str(paths["test"]), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{paths[which]}:{line}: ")
    assert reason in error
    assert not (tmp_path / "out").exists()


def test_too_little_to_learn_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = write(tmp_path / "train.jsonl", rows(slice(4)))
    assert main(["--train", str(train), "--test", str(train), "--out", str(tmp_path / "out")]) == 2
    assert f"{train}:1: expected at least two labels, and 5 messages of one: add messages" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["train.jsonl", "nowhere/out.jsonl"])
def test_a_missing_file_or_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    names = ["train.jsonl", "test.jsonl", "out.jsonl"]
    for name in names:
        write(tmp_path / name, rows(slice(6)))
    (tmp_path / "train.jsonl").rename(tmp_path / ("gone" if missing == names[0] else names[0]))
    train, test, out = (str(tmp_path / name) for name in [*names[:2], missing if missing not in names else names[2]])
    assert main(["--train", train, "--test", test, "--out", out]) == 2
    assert f"{tmp_path / missing}: No such file or directory: name a file" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--train", "a"], ["--floor", "--train", "a", "--test", "b", "--out", "c"], ["--what"]])
def test_options_that_do_not_go_together_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


def outcomes(confidence: list[float], right: list[int], answerable: list[int]) -> Outcomes:
    return Outcomes(np.array(confidence), np.array(right, dtype=bool), np.array(answerable, dtype=bool))


def test_coverage_in_hindsight_ends_before_two_per_cent_of_the_answers_are_wrong() -> None:
    few = outcomes([0.6, 0.9, 0.7, 0.8], [1, 1, 0, 1], [1, 1, 0, 1])
    coverage, wrong = curve(few, np.ones(4))
    assert coverage == pytest.approx([1 / 3, 2 / 3, 2 / 3, 1])
    assert wrong == pytest.approx([0, 0, 1 / 3, 1 / 4])
    assert hindsight(few, np.ones(4)) == pytest.approx(2 / 3)


def test_coverage_in_hindsight_takes_exactly_two_per_cent_and_the_best_of_all_places() -> None:
    many = outcomes(np.linspace(1, 0, 50).tolist(), [1] * 48 + [0, 1], [1] * 50)
    assert hindsight(many, np.ones(50)) == pytest.approx(49 / 50)


def test_messages_of_one_confidence_are_answered_together() -> None:
    assert hindsight(outcomes([0.9, 0.9], [1, 0], [1, 1]), np.ones(2)) == 0


def test_calibration_error_is_the_mean_distance_in_bins_of_equal_weight() -> None:
    assert calibration_error(outcomes([0.9, 0.6], [1, 0], [1, 1]), np.ones(2)) == pytest.approx((0.1 + 0.6) / 2)
    assert calibration_error(outcomes([0.9, 0.6], [1, 0], [1, 1]), np.array([1, 3])) == pytest.approx((0.1 + 3 * 0.6) / 4)
    pairs = outcomes([0.05 + n // 2 / 10 for n in range(20)], [0, 1] * 10, [1] * 20)
    assert calibration_error(pairs, np.ones(20)) == pytest.approx(0.25)


def test_a_mix_weighs_messages_instead_of_drawing_them() -> None:
    weights = mixed(np.array([True, True, True, False]), 0.8)
    assert weights == pytest.approx([0.2 / 0.75] * 3 + [0.8 / 0.25])
    assert mixed(np.array([True, True]), 0.8).tolist() == [1, 1]
    stray = outcomes([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], [1, 1, 0, 1])
    assert curve(stray, mixed(stray.answerable, 0.8))[1] == pytest.approx([0, 0, 3.2 / (3.2 + 1.6 / 3), 0.8])


def judged(label: str, ranking: dict[str, float], outcome: str, top: str) -> Judged:
    return Judged("…", label, "V", Need("…", outcome, top, tuple(Candidate(id_, p) for id_, p in ranking.items())))


def test_figures_are_counts_of_what_customers_get() -> None:
    figures = measure(
        [
            judged("3.1", {"3.1": 0.9, "3.2": 0.1, "3.3": 0, "3.4": 0}, ANSWER, "3.1"),
            judged("3.1", {"3.2": 0.9, "3.1": 0.1, "3.3": 0, "3.4": 0}, ANSWER, "3.2"),
            judged("3.1", {"3.2": 0.4, "3.3": 0.3, "3.1": 0.2, "3.4": 0}, CLARIFY, "3.2"),
            judged("3.1", {"3.2": 0.4, "3.3": 0.2, "3.4": 0.1, "3.1": 0}, CLARIFY, "3.2"),
            judged("3.1", {"3.1": 0.3, "3.2": 0.1, "3.3": 0, "3.4": 0}, OUT_OF_SCOPE, "fuera/x"),
            judged("fuera/x", {"3.1": 0.9, "3.2": 0.1, "3.3": 0, "3.4": 0}, ANSWER, "3.1"),
            judged("fuera/x", {"3.1": 0.6, "3.2": 0.1, "3.3": 0, "3.4": 0}, CLARIFY, "3.1"),
            judged("fuera/x", {"3.1": 0.1, "3.2": 0.1, "3.3": 0, "3.4": 0}, OUT_OF_SCOPE, "fuera/y"),
        ]
    )
    counts = {name: (part["count"], part["of"]) for name, part in figures.items() if isinstance(part, dict) and "of" in part}
    assert counts == {
        "first_right": (2, 5),
        "among_three": (4, 5),
        "refused": (1, 3),
        "refused_or_clarified": (2, 3),
        "coverage": (1, 5),
        "coverage_with_clarification": (2, 5),
        "wrong": (1, 2),
        "stray": (1, 3),
    }
    assert figures["wrong_of_all_answers"] == pytest.approx(2 / 3)
    assert figures["mailbox"]["wrong_of_all_answers"] == pytest.approx((0.2 / 5 + 0.8 / 3) / (2 * 0.2 / 5 + 0.8 / 3))
    assert figures["stray"]["interval"] == pytest.approx((0.0084, 0.9057), abs=1e-4)


LABELS = {"horario": "3.1", "prestamo": "3.2", "carne": "fuera/carne", "multa": "fuera/multa"}


@pytest.fixture(scope="module")
def faq() -> Faq:
    """A small desk: two entries, two themes, five authors."""
    entries = {id_: Entry(id_, "", "¿Qué?", "Esto.", None, ()) for id_ in ("3.1", "3.2")}
    examples = [Example(row["text"], row["label"], AUTHORS[n % 5]) for n, row in enumerate(rows(slice(8), LABELS))]
    return Faq(entries=entries, themes={"carne": None, "multa": None}, examples=examples)


@pytest.fixture(scope="module")
def small(faq: Faq) -> Model:
    return fit(faq.examples, faq, Settings(), progress=lambda step: None).over(faq)


def held_back(folder: Path) -> None:
    write(folder / "held_back.jsonl", [{**row, "author": "U"} for row in rows(slice(2), LABELS)])
    write(folder / "held_back_long.jsonl", [{"text": "a qué hora abren y dónde pago la multa", "labels": ["3.1", "fuera/multa"]}])


def test_the_report_holds_every_author_the_pools_and_the_held_back_messages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], faq: Faq, small: Model
) -> None:
    held_back(tmp_path)
    everything(faq, Settings(), small, tmp_path, tmp_path / "report")
    content = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert list(content["figures"]) == [*AUTHORS, "all", "held back"]
    assert content["figures"]["all"]["messages"] == 32
    assert sum(content["figures"][author]["coverage"]["of"] for author in AUTHORS) == 16
    assert content["figures"]["held back"]["first_right"]["count"] == 4
    assert list(content["long"]["held_back_long"]) == ["2"]
    assert set(content["unchanged"]) == {"accents removed", "capitals", "one slip"}
    page = (tmp_path / "report" / "evaluation.html").read_text()
    assert page.count("<svg") == 6
    assert "Held-back author" in page
    assert "held back" in capsys.readouterr().out


def test_each_author_is_left_out_once_and_learned_from_by_nobody_then() -> None:
    two = (Part("hola", None), Part("adiós", "3.1"))
    examples = [Example("a", "3.1", "A"), Example("b", "3.2", "B"), Example("c", "3.1", "A"), Example("d", "varias", "A", two)]
    assert [(train.tolist(), test.tolist()) for train, test in one_out(examples)] == [([1], [0, 2]), ([0, 2, 3], [1])]


def test_the_author_of_long_messages_is_left_out_whole_and_that_of_short_marked_ones_in_parts() -> None:
    singles = [Example(f"{author} {n}", "3.1", author) for author in "ABCDE" for n in range(4)]
    short = [Example(f"dos {n}", "varias", "N", (Part("dos", "3.1"), Part(str(n), "3.2"))) for n in range(5)]
    long = [Example(f"{n}" * 300, "3.1", author, (Part(f"{n}" * 300, "3.1"),)) for author in "MP" for n in range(4)]
    examples = singles + short + long
    tested = [Counter(examples[number].author for number in test) for _, test in folds(examples, 1)]
    assert [sorted(fold) for fold in tested] == [["A", "M", "N"], ["B", "N", "P"], ["C", "N"], ["D", "N"], ["E", "N"]]
    assert all(sorted([*train, *test]) == list(range(len(examples))) for train, test in folds(examples, 1))


@pytest.mark.parametrize(
    ("errors", "rate", "trials", "lowest", "wrong"),
    [
        ([0.9, 0.8, 0.7], 0.02, 99, 0.8, 1),
        ([0.9, 0.8, 0.7], 0.02, 149, 0.7, 2),
        ([0.9], 0.02, 49, 0.9, 0),
        ([], 0.02, 99, 0.0, 0),
    ],
)
def test_the_errors_above_the_conformal_threshold_are_as_few_as_was_asked(
    errors: list[float], rate: float, trials: int, lowest: float, wrong: int
) -> None:
    found = conformal(errors, rate, trials)
    assert found == pytest.approx(lowest)
    assert sum(error >= found for error in errors) == wrong
    assert (wrong + 1) / (trials + 1) <= rate


def test_too_few_messages_promise_nothing() -> None:
    assert conformal([], 0.02, 48) == NEVER


def test_authors_who_are_too_few_to_be_left_out_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"    - {text}\n" for text in CORPUS["horario"])
    head = 'id: "3.1"\npregunta: ¿Qué?\nresponses:\n  utter_faq/3.1:\n  - text: Esto.\nnlu:\n- intent: faq/3.1\n  examples: |\n'
    (tmp_path / "3.1.yml").write_text(head + lines)
    monkeypatch.setenv("FAQ_DIR", str(tmp_path))
    assert main([]) == 2
    assert f"{tmp_path}:0: expected at least 3 authors to leave out in turn, got 1" in capsys.readouterr().err


def test_the_trained_model_is_no_worse_than_the_floor() -> None:
    assert main(["--floor"]) == 0


def test_every_figure_worse_than_the_floor_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = {"text": "No me llega el correo de confirmación", "label": "1.6", "author": "U"}
    write(tmp_path / "held_back.jsonl", [message, {"text": "¿Cuánto cuesta?", "label": "fuera/precio", "author": "U"}])
    floor = {"least": {"first_right": 1.5, "refused": 0.0}, "most": {"stray": -1}}
    write(tmp_path / "floor.json", [floor])
    assert main(["--floor", "--benchmarks", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "first_right: at least 1.5 expected, got 1.0000",
        "stray: at most -1 expected, got 0",
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"least": {}}', '{"least": {"luck": 1}, "most": {}}', '{"least": {"wrong": ""}}'])
def test_a_broken_floor_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "floor.json"
    path.write_text(content)
    with pytest.raises(BrokenInput, match=r"floor\.json:1: expected \{.* correct the file"):
        worse({"wrong": rate(1, 10)}, path)
