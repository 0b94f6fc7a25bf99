"""The encoder reads a text alone as it learned it among others, and its steps are those of torch's own optimizer."""

import numpy as np
import torch

from bot.counts import ENCODED, Counts
from bot.encoder import Encoder
from bot.faq import Particles
from bot.moments import RowsAdam

TEXTS = ("no llega el correo de confirmacion", "olvide mi clave", "no llega el correo de la clave", "a ver", "olvide el correo")


def test_a_text_read_alone_has_the_vector_that_it_has_by_its_counts() -> None:
    counts = Counts.of(TEXTS, Particles())
    names, rows = counts.blocks[ENCODED]
    encoder, _ = Encoder.train(names, rows, [0, 1, 0, 1, 1], seed=1)
    assert np.allclose(encoder.of_counted(counts.some(ENCODED, TEXTS)), encoder.encode(TEXTS), atol=1e-5)


def test_rows_change_as_by_sparse_adam() -> None:
    chance = np.random.default_rng(1)
    start = chance.normal(size=(6, 3)).astype(np.float32)
    mine, theirs = start.copy(), torch.nn.Parameter(torch.from_numpy(start.copy()))
    ours, torchs = RowsAdam(mine), torch.optim.SparseAdam([theirs], lr=0.05)
    for _ in range(20):
        rows = np.sort(chance.choice(6, 3, replace=False))
        gradient = chance.normal(size=(3, 3)).astype(np.float32)
        ours.step(rows, gradient, 0.05)
        theirs.grad = torch.sparse_coo_tensor(torch.from_numpy(rows[None]), torch.from_numpy(gradient), (6, 3))
        torchs.step()
    assert np.allclose(mine, theirs.detach().numpy(), atol=1e-5)
    assert not np.allclose(mine, start, atol=0.05)
