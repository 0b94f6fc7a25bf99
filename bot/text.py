"""Spanish text as the model reads it: spaCy finds words and values, accents, case and spelling variants are levelled."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import spacy
from spacy.attrs import NORM, ORTH
from spacy.matcher import Matcher
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bot.result import Entity

EMAIL = "email"
USER_NAME = "usuario"

# The address part of RFC 5322 that people type; spaCy's own `like_email` takes less and more.
_EMAIL = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
# A user name stands out by a digit, dot, line or underscore: a plain word after "mi usuario es" is mostly an adjective.
_NAME = r"^[\w.-]*[\d._-][\w.-]*$"
_LOUD = re.compile(r"(.)\1{2,}")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*\s*|[.!?…\n]+\s*")


@dataclass(frozen=True)
class Reading:
    """A text as levelled words, each with its place in the original, and the values found in it."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    entities: tuple[Entity, ...]

    @property
    def text(self) -> str:
        """The levelled words, one blank between them: what features are made of."""
        return " ".join(self.words)


class Reader:
    """Reads Spanish texts.

    `patterns` are the values to find (name → regular expression), `variants` other spellings (word → norm).
    """

    def __init__(self, patterns: Mapping[str, str], variants: Mapping[str, str]) -> None:
        self._patterns = {name: re.compile(pattern) for name, pattern in {EMAIL: _EMAIL, **patterns}.items()}
        self._nlp = spacy.blank("es")
        tokenizer = cast(Tokenizer, self._nlp.tokenizer)
        for word, norm in variants.items():
            tokenizer.add_special_case(word, [{ORTH: word, NORM: norm}])
        self._user_names = Matcher(self._nlp.vocab)
        named, joined = {"LOWER": {"IN": ["usuario", "user", "login"]}}, {"LOWER": {"IN": ["es", ":", "="]}}
        self._user_names.add(USER_NAME, [[named, joined, {"TEXT": {"REGEX": _NAME}}]])

    def read(self, text: str) -> Reading:
        """The words and values of a text; any text is accepted."""
        # spaCy splits words and addresses wrongly where they begin with a capital.
        doc = self._nlp(_lower(text))
        spans = self._values(text, doc)
        inside = {token.i: span for span in spans for token in span}
        words, places = [], []
        for token in doc:
            span = inside.get(token.i)
            if span is None and (word := _level(token.norm_)):
                words.append(word)
                places.append((token.idx, token.idx + len(token)))
            elif span is not None and token.i == span.start:
                words.append(f"_{span.label_}_")
                places.append((span.start_char, span.end_char))
        return Reading(tuple(words), tuple(places), tuple(_entity(text, span) for span in spans))

    def _values(self, text: str, doc: Doc) -> list[Span]:
        found = []
        for name, pattern in self._patterns.items():
            for match in pattern.finditer(text):
                span = doc.char_span(match.start(), match.end(), label=name, alignment_mode="expand")
                if span is not None:
                    found.append(Span(doc, span.start, span.end, label=name, kb_id=str(match.start())))
        found += [Span(doc, end - 1, end, label=USER_NAME) for _, _, end in self._user_names(doc)]
        return filter_spans(found)


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence or line of a text begins and ends; together they are the whole text."""
    return [match.span() for match in _SENTENCE.finditer(text)]


def _entity(text: str, span: Span) -> Entity:
    value = text[span.start_char : span.end_char].strip(".,;:()<>\"'")
    return Entity(span.label_, value, span.start_char, span.end_char)


def _lower(text: str) -> str:
    """Lower case that keeps every character's place: a few, such as İ, become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _level(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _LOUD.sub(r"\1\1", plain).strip()
