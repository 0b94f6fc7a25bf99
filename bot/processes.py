"""Work side by side on all cores, in processes that inherit what is loaded instead of being sent it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import cpu_count, get_context
from typing import Any

import torch

_inherited: Callable[[Any], Any]


def in_processes(work: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    """What `work` makes of each item, in their order.

    Each process is a copy of this one (POSIX fork), so `work` may hold whatever it likes; a fresh one would import for as long
    as it learns. Only items and results are sent, and each process keeps to one thread.
    """
    workers = min(len(items), cpu_count())
    with ProcessPoolExecutor(workers, get_context("fork"), initializer=_inherit, initargs=(work,)) as pool:
        yield from pool.map(_do, items)


def _inherit(work: Callable[[Any], Any]) -> None:
    global _inherited
    _inherited = work
    torch.set_num_threads(1)


def _do(item: Any) -> Any:
    return _inherited(item)
