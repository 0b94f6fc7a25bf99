"""What is read out of a text before it is classified."""

import pytest

from bot.client import as_text
from bot.needs import Clauses, best_split, runs
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


def test_an_entity_knows_where_it_stands(reader: Reader) -> None:
    assert reader.read("a ana@example.com").entities == (Entity("email", "ana@example.com", 2, 17),)
