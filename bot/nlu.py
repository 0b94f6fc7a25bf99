"""The one Rasa component: it trains and asks `bot.model.Model`, and puts on every message what was understood."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import faq, models
from bot.fit import Settings
from bot.learning import learned
from bot.model import Model
from bot.result import ANSWER, CLARIFY, DIALOGUE, OTHER_LANGUAGE, OUT_OF_SCOPE, PERSON, SMALLTALK, Understanding
from settings import from_env

UNDERSTANDING = "understanding"
INTENTS = {
    ANSWER: "faq",
    CLARIFY: "aclarar",
    OUT_OF_SCOPE: "fuera",
    PERSON: "ticket",
    SMALLTALK: "charla",
    OTHER_LANGUAGE: "otro_idioma",
}
ENTRIES = "entries"

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Ventanilla(GraphComponent, IntentClassifier):
    """Understands messages; see `bot.fit.Settings` for what config.yml may set."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return asdict(Settings())

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Model | None = None) -> None:
        """A component with the model that was loaded."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Ventanilla:
        """Creates an untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Stops at a setting of the wrong kind.

        Raises:
            InvalidConfigException: names the key, what was expected and what came.
        """
        try:
            Settings.of(config)
        except ValueError as error:
            raise InvalidConfigException(f"config.yml: {models.COMPONENT}: {error}") from error

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What makes Rasa train again besides its own training data: the files' other keys."""
        return faq.fingerprint(from_env().faq_dir)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on the messages that Rasa read, and on the entries and vocabulary of the folder.

        What was learned of the same messages before is taken over: another answer or domain costs no training.
        """
        self.validate_config(self._config)
        here = from_env()
        examples, knowledge = examples_of(training_data), faq.load(here.faq_dir)
        kept = learned(here, examples, knowledge, Settings.of(self._config), logger.info)
        with self._storage.write_to(self._resource) as directory:
            Model.copy_over(kept, directory, knowledge, faq.fingerprint(here.faq_dir))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Ventanilla:
        """Loads the trained component (see parent class for full docstring)."""
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, Model.load(directory))

    def process(self, messages: list[Message]) -> list[Message]:
        """Puts intent, ranking, entities and the understanding on each message."""
        if self._model is None:
            raise RuntimeError("the component is not trained: run `make train`")
        for message in messages:
            understanding = self._model.understand(message.get(TEXT) or "")
            _put(message, understanding)
            ids = {candidate.id for need in understanding.needs for candidate in need.candidates}
            message.set(ENTRIES, entries_of(ids, self._model.manifest["entries"]), add_to_output=True)
        return messages


def examples_of(training_data: TrainingData) -> list[faq.Example]:
    """The messages of Rasa's training data with label, author and marked parts."""
    examples = []
    for message in training_data.intent_examples:
        intent = message.get(INTENT_RESPONSE_KEY) or message.get(INTENT)
        author = ((message.get("metadata") or {}).get("intent") or {}).get("author", "")
        text = message.get(TEXT)
        examples.append(faq.Example(text, faq.label_of(intent), author, _parts(text, message.get(ENTITIES) or [])))
    return examples


def _parts(text: str, entities: list[dict[str, Any]]) -> tuple[faq.Part, ...]:
    parts, end = [], 0
    for entity in sorted(entities, key=lambda entity: entity["start"]):
        parts += [
            faq.Part(text[end : entity["start"]], None),
            faq.Part(text[entity["start"] : entity["end"]], faq.label_of(entity["value"])),
        ]
        end = entity["end"]
    return tuple(part for part in [*parts, faq.Part(text[end:], None)] if part.text) if parts else ()


def _put(message: Message, understanding: Understanding) -> None:
    need = understanding.first
    intent = need.label if need.outcome == DIALOGUE else INTENTS[need.outcome]
    confidence = need.ranking[0].confidence if need.ranking and need.outcome == ANSWER else 1.0
    message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [{"name": intent, "confidence": confidence}], add_to_output=True)
    entities = [
        {"entity": e.name, "value": e.value, "start": e.start, "end": e.end, "extractor": "Ventanilla"}
        for e in understanding.entities
    ]
    message.set(ENTITIES, entities, add_to_output=True)
    message.set(UNDERSTANDING, understanding.as_json(), add_to_output=True)


def entries_of(ids: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the entries with these ids lead to, as far as they are known; their answers are in Rasa's domain."""
    keys = ("action", "asks", "after", "checks", "subject")
    return {id_: {key: known[id_][key] for key in keys} for id_ in sorted(ids) if id_ in known}
