"""The classifier on a corpus of its own: no trained model is needed."""

import numpy as np

from bot.classifier import Classifier
from bot.faq import Particles

TEXTS = [f"{start} {thing}" for thing in ("clave", "correo", "serie") for start in ("no tengo la", "donde esta mi", "perdi el")]
LABELS = [thing for thing in ("clave", "correo", "serie") for _ in range(3)]
ODD = ["", "¿ ?", "zzzz", "no llega el correo", "correo correo correo , clave", "no tengo la clave " * 30]


def test_a_text_asked_alone_has_the_scores_that_it_has_among_others() -> None:
    classifier = Classifier.fit(TEXTS, LABELS, all_labels=sorted(set(LABELS)), particles=Particles(), encoder_name=None, seed=1)
    together = classifier.scores([*TEXTS, *ODD])
    alone = np.concatenate([classifier.scores([text]) for text in [*TEXTS, *ODD]], axis=1)
    np.testing.assert_allclose(alone, together, atol=2e-5)
    assert classifier.because("no tengo la clave", "clave")[0] in ("clave", "la clave")
