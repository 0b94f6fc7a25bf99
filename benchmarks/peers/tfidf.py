"""Plain TF-IDF of words and of pieces of words, and a logistic regression over it: what scikit-learn gives in ten lines."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union


def train(messages: Sequence[dict[str, Any]], folder: Path) -> Callable[[str], list[tuple[str, float]]]:
    """What ranks a text."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    pipeline = make_pipeline(make_union(words, pieces), LogisticRegression(C=10, max_iter=300))
    pipeline.fit([message["text"] for message in messages], [message["label"] for message in messages])

    def ranking(text: str) -> list[tuple[str, float]]:
        found = zip(pipeline.classes_.tolist(), pipeline.predict_proba([text])[0].tolist())
        return sorted(found, key=lambda pair: -pair[1])

    return ranking
