"""Linear support vector machines that part each label from all others, trained for all labels at once."""

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix

_PENALTY = 0.5  # of a squared weight: 1 / 2C in LIBLINEAR, with its C of 1


def separate(rows: csr_matrix, numbers: np.ndarray, *, passes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights of shape (features, labels) and intercepts, learned in some passes over rows that have the labels of these numbers.

    Dual coordinate descent for the squared hinge loss (Hsieh et al. 2008, "A Dual Coordinate Descent Method for Large-scale
    Linear SVM"). LIBLINEAR goes through all rows for one label after the other; here all labels meet a row when it is met, which
    reads it, and the weights of its features, once. What is given is the mean after each pass of the second half: so few passes
    end far from the optimum, and their mean is nearer to it than the last.
    """
    labels = int(numbers.max()) + 1
    chance = np.random.default_rng(seed)
    weights, intercepts = np.zeros((rows.shape[1], labels), np.float32), np.zeros(labels, np.float32)
    duals = np.zeros((rows.shape[0], labels), np.float32)
    means = np.zeros_like(weights), np.zeros_like(intercepts)
    for done in range(passes):
        order = chance.permutation(rows.shape[0])
        _descend(rows.data, rows.indices, rows.indptr, numbers, order, np.float32(_PENALTY), weights, intercepts, duals)
        if done >= passes // 2:
            for mean, now in zip(means, (weights, intercepts)):
                mean += now / (passes - passes // 2)
    return means


def ready() -> None:
    """Compile what `separate` runs, which takes seconds: processes that are forked after this need not."""
    separate(csr_matrix(np.eye(2, dtype=np.float32)), np.arange(2), passes=1, seed=0)


@njit(cache=True)
def _descend(data, indices, indptr, numbers, order, penalty, weights, intercepts, duals):  # type: ignore[no-untyped-def]
    """One pass, after which the duals of each row, and weights and intercepts with them, had their best value in turn."""
    labels = len(intercepts)
    one, none = np.float32(1), np.float32(0)
    margins, steps, moved = np.empty(labels, np.float32), np.empty(labels, np.float32), np.empty(labels, np.int64)
    for row in order:
        begin, end = indptr[row], indptr[row + 1]
        margins[:] = intercepts
        curvature = one + penalty
        for place in range(begin, end):
            value, column = data[place], weights[indices[place]]
            curvature += value * value
            for label in range(labels):
                margins[label] += value * column[label]
        count = 0
        for label in range(labels):
            sign = one if numbers[row] == label else -one
            old = duals[row, label]
            new = max(old - (sign * margins[label] - one + penalty * old) / curvature, none)
            if new != old:
                duals[row, label] = new
                steps[count], moved[count] = sign * (new - old), label
                intercepts[label] += steps[count]
                count += 1
        for place in range(begin, end):
            value, column = data[place], weights[indices[place]]
            for number in range(count):
                column[moved[number]] += value * steps[number]
