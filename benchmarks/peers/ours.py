"""This pipeline as it is used: the whole model for our FAQ, and what it is made of for labels of another kind."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import settings
from bot import faq
from bot.evaluate import configured
from bot.fit import Settings, fit
from bot.foreign import classifier_of
from bot.text import Reader

Ranker = Callable[[str], list[tuple[str, float]]]


def train(messages: Sequence[dict[str, Any]], folder: Path) -> Ranker:
    """What ranks a text."""
    examples = [faq.Example(m["text"], m["label"], m.get("author", ""), _parts(m)) for m in messages]
    knowledge = faq.load(settings.from_env().faq_dir)
    known = {example.label for example in knowledge.examples}
    ours = all(example.label in known for example in examples)
    return _whole(examples, knowledge, configured()) if ours else _bare(examples, configured())


def _parts(message: dict[str, Any]) -> tuple[faq.Part, ...]:
    return tuple(faq.Part(text, label) for text, label in message.get("parts", ()))


def _whole(examples: list[faq.Example], knowledge: faq.Faq, chosen: Settings) -> Ranker:
    model = fit(examples, knowledge, chosen, progress=print).over(knowledge)

    def ranking(text: str) -> list[tuple[str, float]]:
        need = model.understand(text).first
        found = [(candidate.id, candidate.confidence) for candidate in need.ranking]
        return found if faq.is_faq(need.label) else [(need.label, 1 - sum(share for _, share in found)), *found]

    return ranking


def _bare(examples: list[faq.Example], chosen: Settings) -> Ranker:
    classifier, reader = classifier_of(examples, chosen, print), Reader({}, {})

    def ranking(text: str) -> list[tuple[str, float]]:
        shares = classifier.probabilities([reader.read(text).text])[0].tolist()
        return sorted(zip(classifier.labels, shares), key=lambda pair: -pair[1])

    return ranking
