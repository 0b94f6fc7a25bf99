"""Messages beside those that ask the same, by the vectors of the model's own sentence encoder."""

from collections.abc import Sequence

import numpy as np

from bot.model import Model

ALIKE = 0.75  # cosine: of the held-back messages, those in a group are 92 % of one label


def groups(model: Model, texts: Sequence[str]) -> list[list[int]]:
    """The places of the texts, each beside those that it is like; a group begins with its first, and the first group too."""
    if not texts:
        return []
    vectors = model.classifier.encoder.encode([model.reader.read(text).text for text in texts])
    level = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    alike = level @ level.T >= ALIKE
    found, left = [], list(range(len(texts)))
    while left:
        group = [place for place in left if place == left[0] or alike[left[0], place]]
        left = [place for place in left if place not in group]
        found.append(group)
    return found
