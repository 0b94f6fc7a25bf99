"""The same pipeline on any labelled corpus: train on one file, predict another, print the figures."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bot.classifier import Classifier
from bot.faq import Example, Particles
from bot.fit import Settings
from bot.held_out import FOLDS, Material, Progress, learn
from bot.jsonl import BrokenInput, read
from bot.needs import Clauses
from bot.report import calibration_error, percent
from bot.risk import Outcomes
from bot.text import Reader

_BEST = 10


def classifier_of(examples: Sequence[Example], chosen: Settings, progress: Progress) -> Classifier:
    """A classifier of any labels, calibrated on examples that it did not see."""
    material = Material(examples, Reader({}, {}), Clauses(()), chosen.seed, besides=())
    return learn(material, progress, particles=Particles(), encoder_name=chosen.encoder, seed=chosen.seed)[0]


def _corpus(path: Path) -> list[Example]:
    # The prefix keeps any label apart from those that have a meaning here.
    examples = [Example(m["text"], "=" + m["label"], str(m.get("author"))) for m in read(path, text=str, label=str)]
    counts = Counter(example.label for example in examples)
    if len(counts) < 2 or max(counts.values()) < FOLDS:
        raise BrokenInput(path, 1, f"expected at least two labels, and {FOLDS} messages of one: add messages")
    return examples


def foreign(train: Path, test: Path, out: Path, chosen: Settings, progress: Progress) -> None:
    """Train on one file, write the rankings of the other's messages, print the figures."""
    examples, tests = _corpus(train), read(test, text=str, label=str)
    out.touch()  # a place that cannot be written to is known before training
    started = perf_counter()
    classifier = classifier_of(examples, chosen, progress)
    trained = perf_counter()
    reader = Reader({}, {})
    rows = [classifier.probabilities([reader.read(message["text"]).text])[0] for message in tests]
    seconds = perf_counter() - trained
    rankings = [[[classifier.labels[i][1:], round(float(row[i]), 6)] for i in np.argsort(-row)[:_BEST]] for row in rows]
    out.write_text("".join(json.dumps({"ranking": r}, ensure_ascii=False) + "\n" for r in rankings), encoding="utf-8")
    _print_foreign(rankings, [message["label"] for message in tests])
    print(f"training            {trained - started:8.1f} s\none message         {1000 * seconds / len(rows):8.2f} ms")


def _print_foreign(rankings: Sequence[Sequence[Sequence[Any]]], truth: Sequence[str]) -> None:
    right = np.array([ranking[0][0] == label for ranking, label in zip(rankings, truth)])
    three = np.array([label in [other for other, _ in ranking[:3]] for ranking, label in zip(rankings, truth)])
    outcomes = Outcomes(np.array([ranking[0][1] for ranking in rankings]), right, np.ones(len(right), dtype=bool))
    print(f"first right         {percent(right.mean()):>8} % ({right.sum()} of {len(right)})")
    print(f"among three         {percent(three.mean()):>8} % ({three.sum()} of {len(right)})")
    print(f"calibration error   {percent(calibration_error(outcomes, np.ones(len(right)))):>8} %")
