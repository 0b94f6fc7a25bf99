import numpy as np
import pytest
from scipy.sparse import csr_matrix, random
from sklearn.svm import LinearSVC

from bot.separation import separate

Rows = tuple[csr_matrix, np.ndarray]


@pytest.fixture(scope="module")
def rows() -> Rows:
    chance = np.random.default_rng(3)
    made = random(300, 60, density=0.2, format="csr", dtype=np.float32, random_state=4)
    truth = made @ chance.normal(size=(60, 4)) + chance.normal(scale=0.5, size=(300, 4))
    return made, truth.argmax(axis=1)


def test_it_ends_where_liblinear_ends(rows: Rows) -> None:
    weights, intercepts = separate(*rows, passes=300, seed=1)
    theirs = LinearSVC(tol=1e-6, max_iter=100_000).fit(*rows)
    np.testing.assert_allclose(weights, theirs.coef_.T, atol=0.01)
    np.testing.assert_allclose(intercepts, theirs.intercept_, atol=0.01)


def test_the_seed_alone_decides(rows: Rows) -> None:
    once, again, otherwise = (separate(*rows, passes=2, seed=seed)[0] for seed in (1, 1, 2))
    assert (once == again).all()
    assert (once != otherwise).any()


def test_two_labels_have_a_column_each(rows: Rows) -> None:
    made, numbers = rows
    weights, intercepts = separate(made, numbers % 2, passes=20, seed=1)
    assert weights.shape == (60, 2)
    assert ((made @ weights + intercepts).argmax(axis=1) == numbers % 2).mean() > 0.8
