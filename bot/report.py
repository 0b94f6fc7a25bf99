"""The measures of messages whose label is known, and the table and page that show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from matplotlib import rc_context
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

from bot.faq import is_faq
from bot.result import ANSWER, Need
from bot.risk import Outcomes, interval

WRONG = 0.02
MAILBOX = 0.8
_BINS = 10
_CONFUSIONS = 20
_WORST = 60
_RATES = {
    "first_right": "first",
    "among_three": "of three",
    "refused": "refused",
    "refused_or_clarified": "or asked",
    "coverage": "coverage",
    "coverage_with_clarification": "or asked",
}
_WORTH = {"coverage_in_hindsight": "cov@2", "calibration_error": "ECE", "wrong_of_all_answers": "of all"}
_TEMPLATES = Environment(loader=PackageLoader("bot"), autoescape=select_autoescape(), undefined=StrictUndefined)


@dataclass(frozen=True)
class Judged:
    """A message, its true label and author, and the need that it was taken for."""

    text: str
    label: str
    author: str
    need: Need

    @property
    def ids(self) -> list[str]:
        """The FAQ ids, best first."""
        return [candidate.id for candidate in self.need.ranking]

    @property
    def right(self) -> bool:
        """Whether the first FAQ id is the true label."""
        return self.ids[0] == self.label

    @property
    def answered(self) -> bool:
        """Whether the first FAQ id was given as the answer."""
        return self.need.outcome == ANSWER


def measure(messages: Sequence[Judged]) -> dict[str, Any]:
    """All figures of these messages: counts with their exact 95 % intervals, and what the confidences are worth."""
    counts = {name: rate(count, of) for name, (count, of) in _counts(messages).items()}
    answerable = outcomes_of(messages).answerable
    return {
        "messages": len(messages),
        **counts,
        **_worth(messages, np.ones(len(messages))),
        "mailbox": _worth(messages, mixed(answerable, MAILBOX)),
    }


def rate(count: int, of: int) -> dict[str, Any]:
    """A count with the rate that it makes, None of nothing, and that rate's exact 95 % interval."""
    return {"count": count, "of": of, "rate": count / of if of else None, "interval": interval(count, of)}


def _counts(messages: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    answerable = [message for message in messages if is_faq(message.label)]
    others = [message for message in messages if not is_faq(message.label)]
    offered = [message.label in {candidate.id for candidate in message.need.candidates} for message in answerable]
    given = [message for message in answerable if message.answered]
    return {
        "first_right": (sum(message.right for message in answerable), len(answerable)),
        "among_three": (sum(message.label in message.ids[:3] for message in answerable), len(answerable)),
        "refused": (sum(not is_faq(message.need.label) for message in others), len(others)),
        "refused_or_clarified": (sum(not message.answered for message in others), len(others)),
        "coverage": (sum(message.right for message in given), len(answerable)),
        "coverage_with_clarification": (sum(offered), len(answerable)),
        "wrong": (sum(not message.right for message in given), len(given)),
        "stray": (sum(message.answered for message in others), len(others)),
    }


def _worth(messages: Sequence[Judged], weights: np.ndarray) -> dict[str, float]:
    outcomes = outcomes_of(messages)
    given = weights * [message.answered for message in messages]
    return {
        "coverage_in_hindsight": hindsight(outcomes, weights),
        "calibration_error": calibration_error(outcomes, weights),
        "wrong_of_all_answers": float((given * ~outcomes.right).sum() / (given.sum() or 1.0)),
    }


def outcomes_of(messages: Sequence[Judged]) -> Outcomes:
    """The first FAQ ids of these messages as arrays."""
    return Outcomes(
        np.array([message.need.ranking[0].confidence for message in messages]),
        np.array([message.right for message in messages]),
        np.array([is_faq(message.label) for message in messages]),
    )


def mixed(answerable: np.ndarray, share: float) -> np.ndarray:
    """Weights, 1 on average, under which no entry answers this share of the messages; messages of one kind stay as they are."""
    present = 1 - answerable.mean()
    if present in (0, 1):
        return np.ones(len(answerable))
    return np.where(answerable, (1 - share) / (1 - present), share / present)


def curve(outcomes: Outcomes, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coverage, and the wrong among all answers, if all from a confidence on are answered: for each confidence, surest first.

    The risk–coverage curve of El-Yaniv & Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    """
    order = np.argsort(-outcomes.confidence, kind="stable")
    last = np.append(np.diff(outcomes.confidence[order]) != 0, True)
    right = np.cumsum((weights * outcomes.right)[order])[last]
    return right / ((weights * outcomes.answerable).sum() or 1.0), 1 - right / np.cumsum(weights[order])[last]


def hindsight(outcomes: Outcomes, weights: np.ndarray) -> float:
    """The most coverage at which wrong answers stay within 2 % of all answers, the threshold chosen in knowledge of the truth."""
    coverage, wrong = curve(outcomes, weights)
    return float(coverage[wrong <= WRONG + 1e-12].max(initial=0.0))


def bins(outcomes: Outcomes, weights: np.ndarray) -> np.ndarray:
    """Up to ten bins of equal weight by confidence, of shape (3, bins): their weights, mean confidences and shares right."""
    order = np.argsort(outcomes.confidence, kind="stable")
    weights, confidence, right = weights[order], outcomes.confidence[order], outcomes.right[order]
    place = ((np.cumsum(weights) - weights / 2) / weights.sum() * _BINS).astype(int)
    sums = np.array([np.bincount(place, weights * values, _BINS) for values in (1.0, confidence, right)])
    sums = sums[:, sums[0] > 0]
    return np.vstack([sums[0], sums[1:] / sums[0]])


def calibration_error(outcomes: Outcomes, weights: np.ndarray) -> float:
    """The mean distance of confidence and share right (Nguyen & O'Connor 2015: bins of equal weight)."""
    weight, confidence, right = bins(outcomes, weights)
    return float(np.average(np.abs(confidence - right), weights=weight))


def confusions(messages: Sequence[Judged]) -> list[dict[str, Any]]:
    """The twenty most frequent pairs of a true label and another that was taken for the most probable."""
    pairs = Counter((message.label, message.need.label) for message in messages if message.label != message.need.label)
    return [{"label": label, "taken_for": other, "count": count} for (label, other), count in pairs.most_common(_CONFUSIONS)]


def worst(messages: Sequence[Judged]) -> list[dict[str, Any]]:
    """The sixty messages whose first FAQ id is wrong with the most confidence."""
    wrong = sorted((m for m in messages if not m.right), key=lambda m: -m.need.ranking[0].confidence)
    return [
        {
            "text": message.text,
            "label": message.label,
            "author": message.author,
            "first": message.ids[0],
            "confidence": round(message.need.ranking[0].confidence, 4),
            "outcome": message.need.outcome,
        }
        for message in wrong[:_WORST]
    ]


def table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as text, a line a row; on the right what they come to where 80 % of the messages are out of scope."""
    head = f"{'':22}{'n':>5}" + "".join(f"{title:>9}" for title in _RATES.values())
    lines = [f"{head}{'wrong':>19}{'stray':>19}" + "".join(f"{title:>8}" for title in [*_WORTH.values(), *_WORTH.values()])]
    for name, row in rows.items():
        rates = "".join(f"{percent(row[key]['rate']):>9}" for key in _RATES)
        risks = "".join(f"{risk(row[key]):>19}" for key in ("wrong", "stray"))
        worth = "".join(f"{percent(part[key]):>8}" for part in (row, row["mailbox"]) for key in _WORTH)
        lines.append(f"{name:22}{row['messages']:>5}{rates}{risks}{worth}")
    return "\n".join(lines)


def percent(share: float | None) -> str:
    """The share in per cent, a dash for none."""
    return "–" if share is None else f"{100 * share:.1f}"


def risk(part: Mapping[str, Any]) -> str:
    """The count and what it is of, with the rate's interval in per cent."""
    low, high = part["interval"]
    return f"{part['count']}/{part['of']} ({percent(low)}–{percent(high)})"


def page(content: Mapping[str, Any], figures: Mapping[str, Mapping[str, str]]) -> str:
    """The content of evaluation.json and the charts of each of its sets as one HTML file that needs no other."""
    template = _TEMPLATES.get_template("report.html")
    return template.render(content, charts=figures, rates=_RATES, worth=_WORTH, percent=percent, risk=risk)


def charts(messages: Sequence[Judged]) -> dict[str, str]:
    """The charts of these messages as SVG, by what they show."""
    return {
        "Confusions: the share of each label's messages (rows) that was taken for each label (columns)": _confusion_map(messages),
        "Risk and coverage: wrong among all answers against answerable messages answered right": _risk_and_coverage(messages),
        "Reliability: how often the first entry is right, against its confidence": _reliability(messages),
    }


def _confusion_map(messages: Sequence[Judged]) -> str:
    labels = sorted({message.label for message in messages} | {message.need.label for message in messages})
    shares = confusion_matrix([m.label for m in messages], [m.need.label for m in messages], labels=labels, normalize="true")
    figure = Figure(figsize=(3 + len(labels) / 6, 3 + len(labels) / 6))
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.4, 0, 1))
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    return _svg(figure)


def _risk_and_coverage(messages: Sequence[Judged]) -> str:
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    shipped = measure(messages)
    for weights, name in _mixes(messages):
        axes.plot(*(100 * np.array(curve(outcomes_of(messages), weights))), label=name)
    axes.plot(100 * (shipped["coverage"]["rate"] or 0), 100 * shipped["wrong_of_all_answers"], "ko", label="shipped threshold")
    axes.axhline(100 * WRONG, color="grey", linestyle=":")
    axes.set(xlabel="answerable messages answered right, %", ylabel="wrong among all answers, %", xlim=(0, 100), ylim=(0, 10))
    axes.legend()
    return _svg(figure)


def _reliability(messages: Sequence[Judged]) -> str:
    figure = Figure(figsize=(6, 4))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    for weights, name in _mixes(messages):
        _, confidence, right = bins(outcomes_of(messages), weights)
        axes.plot(confidence, right, "o-", label=name)
    axes.set(xlabel="mean confidence of a tenth of the messages", ylabel="share of them whose first entry is right")
    axes.legend()
    return _svg(figure)


def _mixes(messages: Sequence[Judged]) -> list[tuple[np.ndarray, str]]:
    answerable = outcomes_of(messages).answerable
    return [(np.ones(len(messages)), "as it is"), (mixed(answerable, MAILBOX), "80 % out of scope")]


def _svg(figure: Figure) -> str:
    out = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "report"}):
        figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    return out.getvalue()[out.getvalue().index("<svg") :]
