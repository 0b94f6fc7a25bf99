"""Sparse features of levelled texts."""

import numpy as np

from bot.faq import Particles
from bot.features import Features

TEXTS = [
    "no tengo el usuario , pero si la clave",
    "si tengo el usuario , pero no la clave",
    "¿ donde esta el numero de serie ? gracias por la clave",
    "¿ donde esta la clave ? gracias por el usuario y el numero",
]
PARTICLES = Particles(("no",), ("si",), ("pero",))


def test_a_text_has_the_same_row_alone_as_when_it_was_learned_and_after_saving() -> None:
    features = Features(PARTICLES)
    learned = features.fit(TEXTS).toarray()
    again = Features.from_arrays(features.arrays(), PARTICLES)
    np.testing.assert_allclose(features.transform(TEXTS).toarray(), learned, rtol=1e-5)
    np.testing.assert_allclose(again.transform(TEXTS[:1]).toarray(), learned[:1], rtol=1e-5)


def test_what_is_denied_tells_two_texts_of_almost_the_same_words_apart() -> None:
    names = Features(PARTICLES)
    names.fit(TEXTS * 2)
    denied = set(names.arrays()["denied_names"].tolist())
    assert {"-usuar", "+usuar", "-clave", "+clave"} <= denied


def test_a_text_without_words_has_an_empty_row() -> None:
    features = Features(PARTICLES)
    features.fit(TEXTS)
    assert features.transform(["", "¡ !"]).nnz == 0


def test_texts_that_share_nothing_are_learned_by_their_words_and_stems() -> None:
    features = Features(Particles())
    features.fit(["uno", "dos"])
    assert {name.partition("_")[0] for name in features.arrays()} == {"words", "stems", "endings"}
    assert features.stems_from == 2


def test_forms_of_a_word_share_their_stem() -> None:
    features = Features(Particles())
    rows = features.fit(["me aburres", "nos aburrimos", "me encanta"])[:, features.stems_from :]
    likeness = (rows @ rows.T).toarray()
    assert likeness[0, 1] > likeness[0, 2] > 0
