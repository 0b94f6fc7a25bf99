"""What is read out of a text before it is classified."""

from typing import Any

import pytest

from bot.client import as_text
from bot.needs import Clauses, Detector, best_split, read_needs, runs
from bot.result import Entity
from bot.text import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader({"numero_serie": r"\b[A-Za-z]{2}\d{3}[A-Za-z]\b"}, {"xq": "porque", "tenés": "tiene"})


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Escríbanme a Juan.Perez@Example.ES.", "email", "Juan.Perez@Example.ES"),
        ("(ana+x@mail.example.com)", "email", "ana+x@mail.example.com"),
        ("el equipo AB123Z.", "numero_serie", "AB123Z"),
        ("mi usuario es juan.perez2", "usuario", "juan.perez2"),
        ("Usuario: JPEREZ_9", "usuario", "JPEREZ_9"),
    ],
)
def test_a_value_is_found_as_it_was_written(reader: Reader, text: str, name: str, value: str) -> None:
    [entity] = reader.read(text).entities
    assert (entity.name, entity.value) == (name, value)
    assert value in text[entity.start : entity.end]


@pytest.mark.parametrize("text", ["mi usuario es incorrecto", "ana arroba example", "el año 2024", "user: no funciona"])
def test_what_is_no_value_is_left_alone(reader: Reader, text: str) -> None:
    assert reader.read(text).entities == ()


def test_accents_case_and_spelling_variants_are_levelled(reader: Reader) -> None:
    assert reader.read("¿XQ tenés la CONTRASEÑA?").text == reader.read("¿porque tiene la contrasena?").text
    assert reader.read("noooooo").text == reader.read("noo").text


def test_values_stand_for_their_kind(reader: Reader) -> None:
    assert reader.read("soy ana@example.com").text == reader.read("soy luis@example.org").text


@pytest.mark.parametrize("text", ["", " ", "\x00\x07", "😀" * 50, "İıß" * 9, "a" * 10_000, "(" * 500, "\n\t\r", "<b>@</b>"])
def test_any_text_is_read(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert len(reading.words) == len(reading.places)


@pytest.mark.parametrize("text", ["/restart", "  /restart", '\n/faq{"a":1}'])
def test_no_text_is_a_command(text: str) -> None:
    guarded = as_text(text)
    assert not guarded.lstrip().startswith("/")
    assert len(guarded) == len(text)
    assert as_text("no / sí") == "no / sí"


@pytest.mark.parametrize(
    "text", ["", "hola", "Uno dos tres. Cuatro cinco seis, siete ocho nueve y diez once doce", "a. " * 90, "\n\n"]
)
def test_clauses_are_the_whole_text_in_order(text: str) -> None:
    clauses = Clauses(["y"]).cut(text)
    assert "".join(text[start:end] for start, end in clauses) == text
    assert len(clauses) <= 14


def test_the_best_split_reads_two_labels_and_leaves_the_rest_out() -> None:
    import numpy as np

    labels = ["1.6", "2.7", "nada", "varias"]
    logs = np.full((len(runs(3)), 4), -5.0)
    rows = {run: row for row, run in enumerate(runs(3))}
    logs[rows[(0, 1)]] = [-5, -5, -0.1, -5]
    logs[rows[(1, 2)]] = [-0.1, -5, -5, -5]
    logs[rows[(2, 3)]] = [-5, -0.1, -5, -5]
    split = best_split(logs, 3, labels)
    assert split is not None
    assert (split.first, split.second, split.columns) == ((1, 2), (2, 3), (0, 1))
    [(run, one)] = read_needs(np.exp(logs), 3, labels, _odds(split.evidence, 0.3), Detector.never())
    assert (run, one.sum()) == ((0, 3), pytest.approx(0.7))
    [(_, less)] = read_needs(np.exp(logs), 3, labels, _odds(split.evidence, 0.3), _odds([0.0] * 3, 0.5))
    assert less.sum() == pytest.approx(0.35)  # it may ask nothing
    first, second = read_needs(np.exp(logs), 3, labels, _odds(split.evidence, 0.9), Detector.never())
    assert (first[0], second[0]) == ((1, 2), (2, 3))
    assert 0.9 < first[1][0] < first[1].sum() == pytest.approx(1)
    sure, _ = read_needs(np.exp(logs), 3, labels, _odds(split.evidence, 0.9), None)
    assert sure[1][0] > first[1][0]


def test_two_readings_of_the_same_label_are_one_need() -> None:
    import numpy as np

    labels = ["1.6", "2.7", "nada", "varias"]
    probabilities = np.full((len(runs(2)), 4), 0.01)
    rows = {run: row for row, run in enumerate(runs(2))}
    probabilities[rows[(0, 2)]] = [0.97, 0.01, 0.01, 0.01]
    probabilities[rows[(0, 1)], 0], probabilities[rows[(1, 2)], 1] = 0.97, 0.97
    split = best_split(np.log(probabilities), 2, labels)
    assert split is not None
    for odds, needs in ((0.45, 1), (0.9, 2)):
        assert len(read_needs(probabilities, 2, labels, _odds(split.evidence, odds), Detector.never())) == needs


def _odds(evidence: Any, chance: float) -> Detector:
    """A detector that gives this evidence this chance."""
    import numpy as np

    return Detector(np.zeros(len(evidence)), float(np.log(chance / (1 - chance))))


def test_an_entity_knows_where_it_stands(reader: Reader) -> None:
    assert reader.read("a ana@example.com").entities == (Entity("email", "ana@example.com", 2, 17),)
