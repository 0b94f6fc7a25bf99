"""The manner of a whole text: whether it speaks of two things, or of nothing that is left to do."""

import numpy as np

from bot.faq import Particles
from bot.features import Features
from bot.manner import Manner, told_by_others

ONE = ["no me llega el correo {}", "he olvidado la clave {}", "el enlace da error {}"]
TWO = ["dos cosas {} no me llega el correo y por otra parte la clave", "una cosa {} el enlace , y por otra parte el correo"]
DONE = ["ya está {} , el enlace funciona , gracias", "ya está {} , el correo llegó , gracias"]
TEXTS = [text.format(word) for word in ("hoy", "ayer", "aquí") for text in (*ONE, *TWO, *DONE)]
KINDS = np.array([(text in TWO, text in DONE) for _ in range(3) for text in (*ONE, *TWO, *DONE)])


def test_it_tells_both_kinds_of_texts_that_it_never_saw_and_a_text_alone_as_among_others() -> None:
    features = Features(Particles())
    manner = Manner.fit(features, features.fit(TEXTS), KINDS)
    new = ["dos cosas : la clave mañana y por otra parte el enlace", "ya está , gracias", "no me llega el enlace"]
    several, closed = manner.of_rows(features.transform(new)).T
    assert several[0] > 0 > max(several[1:])
    assert closed[1] > 0 > max(closed[0], closed[2])
    np.testing.assert_allclose(manner.of(*features.row(new[0])), [several[0], closed[0]], rtol=1e-4)


def test_where_all_texts_are_of_one_kind_it_tells_nothing() -> None:
    features = Features(Particles())
    rows = features.fit(TEXTS)
    assert not Manner.fit(features, rows, np.zeros_like(KINDS)).of_rows(rows).any()


def test_what_is_told_of_a_text_is_learned_from_others() -> None:
    features = Features(Particles())
    rows = features.fit(TEXTS)
    numbers = np.arange(len(TEXTS))
    turned = KINDS.copy()
    turned[0] = ~turned[0]  # a label that nobody else would give
    told = told_by_others(features, rows, turned, [(numbers[1:], numbers[:1]), (numbers[:1], numbers[1:])])
    assert max(told[0]) < 0
    assert not told[1:].any()  # of one text alone there is nothing to learn
