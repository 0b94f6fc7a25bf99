"""`python -m bot.evaluate`: measures the understanding on authors that it has not seen, or on any labelled corpus."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import settings
from bot import models
from bot.classifier import combine, weigh
from bot.faq import SEVERAL, Faq, FaqError, is_faq, load
from bot.fit import Settings
from bot.foreign import foreign
from bot.held_out import Material, hold_out
from bot.jsonl import BrokenInput, read
from bot.learning import configured
from bot.model import RANKED, Model
from bot.needs import Clauses
from bot.report import Judged, charts, confusions, measure, page, rate, risk, table, worst
from bot.result import ANSWER, CLARIFY, OUT_OF_SCOPE, Candidate, Need
from bot.risk import Outcomes, Thresholds, thresholds
from bot.robustness import alike, unchanged
from bot.text import Reader

_BENCHMARKS = settings.ROOT / "benchmarks"
_FIRST_FIVE = ("B0", "B1", "B2", "B3", "B4")
_LEAST_AUTHORS = 3  # one left out, and two on whom weights and thresholds rest
_LONG = ("held_back_long", "two_needs", "mails")


def held_out(faq: Faq, chosen: Settings) -> list[Judged]:
    """Messages without marked parts, judged by what was learned from other authors: classifier, weights and thresholds."""
    material = Material(faq.examples, Reader(faq.patterns, faq.variants), Clauses(faq.connectors), chosen.seed)
    held = hold_out(material, _say, particles=faq.particles, encoder_name=chosen.encoder, seed=chosen.seed)
    rows = [number for number, example in enumerate(faq.examples) if not example.parts and example.label != SEVERAL]
    messages = [faq.examples[number] for number in rows]
    truth, labels, scores = replace(held, scores=held.scores[:, rows]).single(messages)
    authors = np.array([example.author for example in messages])
    judged = []
    for author in np.unique(authors):
        mine = np.flatnonzero(authors == author)
        probabilities, limits = by_others(scores, truth, labels, mine, chosen)
        for number, row in zip(mine.tolist(), probabilities.tolist()):
            message = messages[number]
            judged.append(Judged(message.text, message.label, message.author, _need(message.text, labels, row, limits)))
    return judged


def by_others(
    scores: np.ndarray, truth: Sequence[str], labels: Sequence[str], mine: np.ndarray, chosen: Settings
) -> tuple[np.ndarray, Thresholds]:
    """The probabilities of one author's messages and the thresholds for them, both chosen on the other authors'."""
    others = np.setdiff1d(np.arange(len(truth)), mine)
    true = [truth[number] for number in others]
    weights = weigh(scores[:, others], [labels.index(label) for label in true])
    outcomes = Outcomes.of(combine(scores[:, others], weights), labels, true)
    return combine(scores[:, mine], weights), thresholds(outcomes, chosen.wrong_rate, chosen.stray_rate)


def _need(text: str, labels: Sequence[str], probabilities: Sequence[float], limits: Thresholds) -> Need:
    ranked = sorted(zip(probabilities, labels), reverse=True)
    ranking = tuple(Candidate(label, p) for p, label in ranked if is_faq(label))[:RANKED]
    outcome = OUT_OF_SCOPE
    if ranking[0].confidence >= limits.answer:
        outcome = ANSWER
    elif sum(candidate.confidence for candidate in ranking[:3]) >= limits.clarify:
        outcome = CLARIFY
    return Need(text, outcome, ranked[0][1], ranking)


def held_back(model: Model, path: Path) -> list[Judged]:
    """The messages of the file, judged by the model; one that gives a wrong answer beside another is judged by the wrong one."""
    judged = []
    for message in read(path, text=str, label=str, author=str):
        understanding, label = model.understand(message["text"]), message["label"]
        wrong = [need for need in understanding.needs if need.outcome == ANSWER and need.ranking[0].id != label]
        judged.append(Judged(message["text"], label, message["author"], (wrong or [understanding.first])[0]))
    return judged


def long(model: Model, path: Path) -> dict[str, Any]:
    """By the number of needs that messages have: how often exactly their labels are found, and how often any answer is wrong."""
    found: dict[int, list[tuple[bool, bool]]] = {}
    for message in read(path, text=str, labels=list):
        needs, labels = model.understand(message["text"]).needs, set(message["labels"])
        wrong = any(need.outcome == ANSWER and need.ranking[0].id not in labels for need in needs)
        found.setdefault(len(labels), []).append(({need.label for need in needs} == labels, wrong))
    return {
        str(count): {"exact": rate(sum(e for e, _ in rows), len(rows)), "any_wrong": rate(sum(w for _, w in rows), len(rows))}
        for count, rows in sorted(found.items())
    }


def everything(faq: Faq, chosen: Settings, model: Model, benchmarks: Path, folder: Path) -> None:
    """Print the figures of all authors and of the held-back messages; write page and JSON into the folder."""
    back = held_back(model, benchmarks / "held_back.jsonl")
    needs = {name: long(model, path) for name in _LONG if (path := benchmarks / f"{name}.jsonl").exists()}
    same = unchanged(model, [message.text for message in back], chosen.seed)
    if (registers := benchmarks / "registers.jsonl").exists():
        same["tú, usted, vos"] = alike(model, registers)
    out = held_out(faq, chosen)
    rows = {name: measure(messages) for name, messages in {**_pools(out), "held back": back}.items() if messages}
    print(table(rows))
    for name, counts in needs.items():
        for count, row in counts.items():
            print(f"{name}, {count} needs: labels exact, %: {risk(row['exact'])}, any answer wrong, %: {risk(row['any_wrong'])}")
    print("label unchanged, %: " + "; ".join(f"{name} {risk(share)}" for name, share in same.items()))
    sets = {"Authors left out in turn": out, "Held-back author": back}
    lists = {name: {"confusions": confusions(messages), "worst": worst(messages)} for name, messages in sets.items()}
    content = {"figures": rows, "long": needs, "unchanged": same, "sets": lists}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    html = page(content, {name: charts(messages) for name, messages in sets.items()})
    (folder / "evaluation.html").write_text(html, encoding="utf-8")
    print(f"written: {folder / 'evaluation.html'} and evaluation.json")


def _pools(messages: Sequence[Judged]) -> dict[str, list[Judged]]:
    pools = {author: [m for m in messages if m.author == author] for author in sorted({m.author for m in messages})}
    pools["the first five"] = [m for m in messages if m.author in _FIRST_FIVE]
    return {**pools, "all": list(messages)}


def worse(figures: Mapping[str, Any], path: Path) -> list[str]:
    """What is worse than the floor file allows: rates under its `least`, counts over its `most`.

    Raises:
        BrokenInput: the file is not JSON, or names a figure that there is not.
    """
    try:
        floor = json.loads(path.read_text(encoding="utf-8"))
        low = [(name, figures[name]["rate"], least) for name, least in floor["least"].items()]
        high = [(name, figures[name]["count"], most) for name, most in floor["most"].items()]
        found = [f"{name}: at least {least} expected, got {value:.4f}" for name, value, least in low if value < least]
        return found + [f"{name}: at most {most} expected, got {count}" for name, count, most in high if count > most]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        expected = 'expected {"least": {figure: rate}, "most": {figure: count}} with figures of evaluation.json'
        raise BrokenInput(path, 1, f"{expected}, got {error!r}: correct the file") from error


def _say(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluate", description=__doc__)
    parser.add_argument(
        "--floor", action="store_true", help="only the held-back messages; exit 1 if a figure is worse than floor.json"
    )
    parser.add_argument("--benchmarks", type=Path, help=f"folder of the held-back messages and floor.json ({_BENCHMARKS})")
    parser.add_argument("--train", type=Path, help='a corpus to learn, {"text", "label"[, "author"]} a line')
    parser.add_argument("--test", type=Path, help="messages to predict, in the same form")
    parser.add_argument("--out", type=Path, help="where to write the predictions")
    options = parser.parse_args(arguments)
    corpus = [options.train, options.test, options.out]
    if any(corpus) and (not all(corpus) or options.floor or options.benchmarks):
        parser.error("--train, --test and --out go together, and with nothing else")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """0; 1 if a figure is worse than the floor; 2 if a file or the model is missing or broken."""
    options = _options(arguments)
    try:
        if options.train:
            foreign(options.train, options.test, options.out, configured(), _say)
            return 0
        here, benchmarks = settings.or_exit(), options.benchmarks or _BENCHMARKS
        if options.floor:
            return _floor(models.load(here), benchmarks)
        everything(_faq(here.faq_dir), configured(), models.load(here), benchmarks, here.var_dir / "report")
        return 0
    except (BrokenInput, FaqError, models.NoModel) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}: name a file, or a folder to write to, that exists", file=sys.stderr)
    return 2


def _faq(folder: Path) -> Faq:
    faq = load(folder)
    if (authors := len({example.author for example in faq.examples})) < _LEAST_AUTHORS:
        expected = f"expected at least {_LEAST_AUTHORS} authors to leave out in turn"
        raise FaqError(folder, 0, f"{expected}, got {authors}: name them in `metadata:`")
    return faq


def _floor(model: Model, benchmarks: Path) -> int:
    figures = measure(held_back(model, benchmarks / "held_back.jsonl"))
    print(table({"held back": figures}))
    found = worse(figures, benchmarks / "floor.json")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
