"""The tone of a mail: whether it is angry, cannot wait, or complains again.

Learned from the passages of `tono.jsonl`; the expressions of `palabras.yml` that mostly tell a tone count besides, as each of
them has uses that do not: "no es urgente", "soy abogado".
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from bot import jsonl
from settings import ROOT
from triage.policy import Words, level, words

TONES = {"enfado": "it is angry", "urgencia": "it is urgent", "segunda_vez": "it complains again"}  # and how they are told
_PASSAGES = ROOT / "triage" / "tono.jsonl"
_PASSAGE = re.compile(r"[^.!?…\n;]+[.!?…;]*")
_WRAPPED = re.compile(r"\n(?=[a-zà-ÿ])")  # a line that goes on in lower case was broken by a mail program
_LEAST_WORDS = 2
# Margins from which on a single passage gives a mail its tone: one mail in a hundred without any has such a passage, or, with
# an expression, three in sixty passages that use it in another sense.
_ALONE, _WITH_EXPRESSION = 0.25, -0.3
_SHARPNESS, _MOST = 5.0, 8  # of the soft maximum by which passages add up, and how many do: else a long mail adds up to anything


class Tone:
    """Knows the tone of passages from those that it was given, each with its text and tone, and from expressions."""

    def __init__(self, passages: Sequence[dict[str, Any]], words: Words) -> None:
        self._passages, self._words = passages, words

    @cached_property
    def _machine(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer  # only now: what decides no mail does not wait for it
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC

        shared = {"min_df": 2, "sublinear_tf": True, "dtype": np.float32}
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **shared)
        phrases = TfidfVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 3), **shared)
        machine = make_pipeline(make_union(letters, phrases), LinearSVC(random_state=1))
        texts, tones = zip(*((level(passage["text"]), passage["tone"]) for passage in self._passages))
        return machine.fit(texts, tones)

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        """How surely each of these passages has each of the `TONES`, of shape (texts, tones)."""
        names = self._machine.classes_.tolist()
        found = self._machine.decision_function([level(text) for text in texts])
        return np.asarray(found)[:, [names.index(tone) for tone in TONES]]

    def of(self, text: str) -> dict[str, str]:
        """The tones of a text, each with the passage that tells it best; several that nearly tell it do so together."""
        read = passages(text)
        if not read:
            return {}
        said = np.array([[self._words.find(tone, passage) is not None for tone in TONES] for passage in read])
        beyond = self.margins(read) - np.where(said, _WITH_EXPRESSION, _ALONE)
        together, best = np.logaddexp.reduce(_SHARPNESS * np.sort(beyond, axis=0)[-_MOST:]), beyond.argmax(axis=0)
        return {tone: read[row] for tone, row, sum_ in zip(TONES, best, together) if sum_ > 0}


def passages(text: str) -> list[str]:
    """The sentences and lines of a text that have a few words."""
    found = (" ".join(passage.split()) for passage in _PASSAGE.findall(_WRAPPED.sub(" ", text)))
    return [passage for passage in found if len(passage.split()) >= _LEAST_WORDS]


def taught() -> list[dict[str, Any]]:
    """The passages of `tono.jsonl`, each with its text, tone and author.

    Raises:
        BrokenInput: a line is something else.
    """
    return jsonl.read(_PASSAGES, text=str, tone=str, author=str)


@lru_cache(maxsize=1)
def tone() -> Tone:
    """What `tono.jsonl` teaches; learned when a first mail is read, in seconds."""
    return Tone(taught(), words())
