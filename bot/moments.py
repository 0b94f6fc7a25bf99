"""Adam (Kingma & Ba 2015) of some rows of a table at a time, compiled; the others stay as they are, as in torch's SparseAdam."""

import numpy as np
from numba import njit

_MEMORY, _LONG_MEMORY, _LEAST = 0.9, 0.999, 1e-8  # as the paper has them


class RowsAdam:
    """Changes a table in place, in a fraction of the time that torch's takes."""

    def __init__(self, table: np.ndarray) -> None:
        """No row was changed yet."""
        self._table, self._means, self._squares, self._steps = table, np.zeros_like(table), np.zeros_like(table), 0

    def step(self, rows: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        """Change these rows, which are all different, against their gradient."""
        self._steps += 1
        unbiased = rate * (1 - _LONG_MEMORY**self._steps) ** 0.5 / (1 - _MEMORY**self._steps)
        _step(self._table, self._means, self._squares, rows, gradient, np.float32(unbiased))


def ready() -> None:
    """Compile what a step runs, which takes a second: processes that are forked after this need not."""
    RowsAdam(np.zeros((1, 1), np.float32)).step(np.zeros(1, int), np.zeros((1, 1), np.float32), 0.0)


@njit(cache=True)
def _step(table, means, squares, rows, gradient, rate):  # type: ignore[no-untyped-def]
    memory, long_memory, least, one = np.float32(_MEMORY), np.float32(_LONG_MEMORY), np.float32(_LEAST), np.float32(1)
    for place in range(len(rows)):
        row = rows[place]
        for column in range(table.shape[1]):
            slope = gradient[place, column]
            means[row, column] += (one - memory) * (slope - means[row, column])
            squares[row, column] += (one - long_memory) * (slope * slope - squares[row, column])
            table[row, column] -= rate * means[row, column] / (np.sqrt(squares[row, column]) + least)
