"""Reads the two files by which staff steer triage: `politica.yml` (what goes out, and where to) and `palabras.yml`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from settings import ROOT

OFF, DRAFT, SEND = "off", "draft", "send"
POLICIES = (OFF, DRAFT, SEND)  # from the most careful on
RISKS = ("low", "medium", "high")
FAILED = "failed"
QUEUES = ("reply", "person", "ticket", "ignore", FAILED)
_WORDS = ROOT / "triage" / "palabras.yml"


class PolicyError(ValueError):
    """The policy file is broken; the message says where, what was expected and what came."""


@dataclass(frozen=True)
class Policy:
    """Whether answers go out by entry and risk, how many a sender gets in all and in a thread, and the folder of each queue."""

    default: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(RISKS, DRAFT))
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shadow: bool = False
    limits: Mapping[int, int] = field(default_factory=dict)
    thread_limits: Mapping[int, int] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=lambda: {name: name for name in QUEUES})
    themes: Mapping[str, str] = field(default_factory=dict)

    def of(self, answers: Sequence[tuple[str, str]]) -> str:
        """The policy for pairs of entry and risk: the most careful of theirs."""
        found = [self.entries.get(id_, {}).get(risk) or self.default[risk] for id_, risk in answers]
        return min(found, key=POLICIES.index)

    def folders(self) -> dict[str, str]:
        """The folder of each queue, and of each theme that has one of its own; no folder stands there twice."""
        labels: dict[str, str] = {}
        for label, folder in [*self.queues.items(), *self.themes.items()]:
            labels.setdefault(folder, label)
        return {label: folder for folder, label in labels.items()}

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """The policy in this file.

        Raises:
            PolicyError: the file cannot be read, or says something that is unknown.
        """
        try:
            document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            raise PolicyError(f"{path}: expected a readable YAML file, got {type(error).__name__}: {error}") from error
        if not isinstance(document, dict) or document.keys() - cls.__dataclass_fields__.keys():
            raise PolicyError(f"{path}: expected some of {', '.join(cls.__dataclass_fields__)}, got {_keys(document)}")
        policy = cls(**document)
        policy._check(path)
        return policy

    def _check(self, path: Path) -> None:
        if not isinstance(self.default, dict) or set(self.default) != set(RISKS):
            raise PolicyError(f"{path}: default: expected {', '.join(RISKS)}, got {_keys(self.default)}")
        for where, chosen in {"default": self.default, **self.entries}.items():
            if not isinstance(chosen, dict) or set(chosen) - set(RISKS) or set(chosen.values()) - set(POLICIES):
                raise PolicyError(f"{path}: {where}: expected {'|'.join(RISKS)}: {'|'.join(POLICIES)}, got {chosen!r}")
        if set(self.queues) != set(QUEUES):
            raise PolicyError(f"{path}: queues: expected {', '.join(QUEUES)}, got {_keys(self.queues)}")
        for name, limits in (("limits", self.limits), ("thread_limits", self.thread_limits)):
            if not all(isinstance(n, int) and n >= 0 for pair in limits.items() for n in pair):
                raise PolicyError(f"{path}: {name}: expected minutes: answers, got {limits!r}")


class Words:
    """Finds the expressions of `palabras.yml` in texts, whatever their case and accents."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._patterns = {name: _pattern(expressions) for name, expressions in lists.items()}

    def find(self, name: str, text: str) -> str | None:
        """The first expression of this list in the text."""
        found = self._patterns[name].search(level(text))
        return found[0] if found else None

    def begins(self, name: str, text: str) -> bool:
        """Whether the text begins with an expression of this list."""
        return self._patterns[name].match(level(text)) is not None


@lru_cache(maxsize=1)
def words() -> Words:
    """The expressions of `palabras.yml`."""
    return Words(YAML(typ="safe").load(_WORDS.read_text(encoding="utf-8")))


def level(text: str) -> str:
    """The text in lower case, without accents, with single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def _pattern(expressions: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted((level(str(expression)) for expression in expressions), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _keys(document: Any) -> str:
    return ", ".join(map(str, document)) if isinstance(document, dict) else type(document).__name__
