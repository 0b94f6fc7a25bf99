import json
import sys
from pathlib import Path

import pytest

from benchmarks.peers.figures import figures
from benchmarks.peers.generated import generated
from benchmarks.peers.split import Split, left_out, of_files
from benchmarks.peers.watch import peak
from benchmarks.understanding import contend, main
from bot.faq import Example, Faq, Part
from bot.jsonl import BrokenInput

FAQ = Faq(
    examples=[
        Example("no llega el correo", "1.6", "A"),
        Example("olvidé la clave", "2.1", "A"),
        Example("precio y clave", "varias", "A", (Part("precio", "fuera/precio"), Part(" y clave", "2.1"))),
        Example("¿cuánto cuesta?", "fuera/precio", "B"),
        Example("el correo no viene", "1.6", "B"),
        Example("perdí la contraseña", "2.1", "B"),
    ]
)


def asked(*labels: str) -> Split:
    return Split([], [{"text": "", "label": label} for label in labels], frozenset({"1.6", "2.1"}))


def lines(path: Path, *rows: tuple[str, str]) -> Path:
    path.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in rows))
    return path


def test_the_author_who_is_asked_is_not_learned_and_nobody_else_is_left_out() -> None:
    split = left_out(FAQ, "A")
    assert {message["author"] for message in split.train} == {"B"}
    assert len(split.train) == 3
    assert [message["label"] for message in split.test] == ["1.6", "2.1"]
    assert split.answers == {"1.6", "2.1"}
    assert left_out(FAQ, "B").train[2]["parts"] == [["precio", "fuera/precio"], [" y clave", "2.1"]]
    with pytest.raises(ValueError, match="no messages of 'C': name one of A, B"):
        left_out(FAQ, "C")


def test_labels_of_files_are_answers_unless_they_are_named_as_none(tmp_path: Path) -> None:
    train = lines(tmp_path / "train", ("a", "x"), ("b", "y"), ("c", "oos"))
    test = lines(tmp_path / "test", ("d", "z"))
    assert of_files(train, test, frozenset()).answers == {"x", "y", "oos"}
    assert of_files(train, test, frozenset({"oos"})).answers == {"x", "y"}
    with pytest.raises(BrokenInput, match="at least two labels"):
        of_files(test, train, frozenset())


def test_fewer_messages_of_a_label_are_the_same_ones_each_time() -> None:
    split = Split([{"text": str(n), "label": "ab"[n % 2]} for n in range(20)] + [{"text": "z", "label": "c"}], [], frozenset())
    few = split.at_most(3)
    assert sorted(message["label"] for message in few.train) == list("aaabbbc")
    assert few == split.at_most(3)


def test_an_answer_is_judged_among_answers_and_a_refusal_by_the_first_label_of_all() -> None:
    rankings = [
        [("fuera/precio", 0.5), ("1.6", 0.4), ("2.1", 0.1)],  # its answer is right though it would not have been given
        [("1.6", 0.9), ("2.1", 0.1)],  # among three
        [("fuera/precio", 0.6), ("2.1", 0.4)],  # refused
        [("2.1", 0.3)],  # not refused
    ]
    found = figures(rankings, asked("1.6", "2.1", "fuera/precio", "fuera/otro"))
    assert (found["first_right"]["count"], found["first_right"]["of"]) == (1, 2)
    assert found["among_three"]["count"] == 2
    assert (found["refused"]["count"], found["refused"]["of"]) == (1, 2)


def test_coverage_ends_where_more_than_two_in_a_hundred_answers_are_wrong() -> None:
    right = [[("1.6", 0.9 - n / 1000)] for n in range(99)]
    truth = ["1.6"] * 99
    assert figures([*right, [("1.6", 0.85)]], asked(*truth, "fuera/precio"))["coverage"] == 1.0
    strays = [[("1.6", 0.8505)]] * 3  # as sure as the fiftieth
    assert figures([*right, *strays], asked(*truth, *["fuera/precio"] * 3))["coverage"] == pytest.approx(50 / 99)
    surest = [[("2.1", 0.95)]] * 3
    assert figures([*right, *surest], asked(*truth, *["1.6"] * 3))["coverage"] == 0.0
    assert figures([*right, *surest[1:]], asked(*truth, *["1.6"] * 2))["coverage"] == pytest.approx(99 / 101)


def test_memory_counts_what_children_hold(tmp_path: Path) -> None:
    hold = "import time; held = b'1' * 150_000_000; time.sleep(1.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert 150e6 < peak([sys.executable, "-c", parent], tmp_path / "log") < 300e6


def test_a_contestant_learns_and_is_asked_in_a_process_of_its_own(tmp_path: Path) -> None:
    train = [(text, label) for label, word in (("x", "correo"), ("y", "clave")) for text in (word, f"mi {word}", f"el {word}")]
    files = lines(tmp_path / "train", *train), lines(tmp_path / "test", ("su correo", "x"), ("su clave", "y"))
    found = contend(of_files(*files, frozenset()), ["tfidf"], tmp_path / "out")["tfidf"]
    assert found["first_right"]["rate"] == 1.0
    assert found["memory_mb"] > 20


def test_no_generated_message_is_made_twice_or_both_learned_and_asked() -> None:
    split = generated(2000)
    texts = [message["text"] for message in split.train + split.test]
    assert len(set(texts)) == len(texts) == 2000 * 26
    assert {message["label"] for message in split.train} == {message["label"] for message in split.test} == split.answers
    with pytest.raises(ValueError, match="from 2 to 2000 labels, got 2001"):
        generated(2001)


def test_time_and_memory_are_told_for_each_number_of_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--labels", "2", "3", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "ours, 2 labels" in told
    assert "ours, 3 labels" in told


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--train", str(tmp_path / "none"), "--test", str(tmp_path / "none"), "--out", str(tmp_path)]) == 2
    assert "none" in capsys.readouterr().err
