"""Reads the training files once: Rasa's own importer parses the same YAML again each time that a part of it asks."""

from functools import cached_property

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class OnceImporter(RasaFileImporter):
    """Rasa's importer of files, which keeps the messages that it read: whoever changes them copies them first."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Retrieves NLU training data (see parent class for full docstring)."""
        return self._messages

    @cached_property
    def _messages(self) -> TrainingData:
        return super().get_nlu_data()
