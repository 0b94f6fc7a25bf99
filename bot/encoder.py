"""The sentence encoder: trained here on our own messages, or any sentence-transformers model by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from torch.nn.functional import cross_entropy, dropout, embedding_bag

_INNER, _OUTER = 32, 128
_EPOCHS, _LEAST_STEPS = 6, 200
_BATCH = 256
_PIECE_RATE, _LAYER_RATE = 0.06, 0.004
_SMOOTHING = 0.1
_DROP_PIECES, _DROP_UNITS = 0.3, 0.5
_UNKNOWN = "[unknown]"
_CACHED = 1 << 17  # words


@dataclass(frozen=True)
class Head:
    """A linear layer over an encoder's vectors: weights of shape (dimensions, labels), and intercepts."""

    weights: np.ndarray
    intercepts: np.ndarray


class Encoder:
    """Turns texts into vectors of shape (texts, dimensions)."""

    def __init__(self, transformer: SentenceTransformer, *, in_pieces: bool) -> None:
        self._transformer = transformer
        self._in_pieces = in_pieces

    @classmethod
    def named(cls, name: str) -> "Encoder":
        """A ready-made model, from a folder or from the hub.

        Raises:
            OSError: there is no such model, or the hub cannot be reached.
        """
        return cls(SentenceTransformer(name, device="cpu"), in_pieces=False)

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[int], *, seed: int) -> tuple["Encoder", Head]:
        """An encoder of word pieces, learned from levelled texts and the number of each one's label; and its classifier.

        A mean of piece vectors, one hidden layer, and a linear layer over it that separates the labels: after Iyyer et al. 2015,
        "Deep Unordered Composition Rivals Syntactic Methods for Text Classification".
        """
        torch.manual_seed(seed)
        known: dict[str, int] = {}
        inputs = [np.array([known.setdefault(piece, len(known)) for piece in _pieces(text)], dtype=int) for text in texts]
        counts = np.bincount(np.concatenate([np.unique(pieces) for pieces in inputs]), minlength=len(known))
        names = {name: number for number, name in enumerate([_UNKNOWN, *(piece for piece, n in zip(known, counts) if n > 1)])}
        numbers = np.where(counts > 1, np.cumsum(counts > 1), 0)  # of what is in one text alone: 0, the unknown
        tokenizer = Tokenizer(WordLevel(names, unk_token=_UNKNOWN))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        embedding = StaticEmbedding(tokenizer, embedding_dim=_INNER)
        modules = [embedding, LayerNorm(_INNER), Dense(_INNER, _OUTER, activation_function=torch.nn.ReLU())]
        transformer = SentenceTransformer(modules=modules, device="cpu")
        layer = torch.nn.Linear(_OUTER, max(labels) + 1)
        texts_in_pieces = [torch.from_numpy(numbers[pieces] if len(pieces) else np.zeros(1, dtype=int)) for pieces in inputs]
        _train(transformer, embedding, layer, texts_in_pieces, torch.tensor(labels))
        head = Head(layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy())
        return cls(transformer, in_pieces=True), head

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The texts as vectors."""
        if not self._in_pieces:
            return np.asarray(self._transformer.encode(list(texts), show_progress_bar=False, batch_size=256))
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> np.ndarray:
        """What the layers give for one text, without what it costs to set torch to work on it."""
        names, pieces, scale, shift, least, weights, intercepts = self._layers
        numbers = [names.get(piece, 0) for piece in _pieces(text)]
        mean = pieces[numbers].mean(axis=0) if numbers else np.zeros(pieces.shape[1], dtype=np.float32)
        level = (mean - mean.mean()) / np.sqrt(mean.var() + least) * scale + shift
        return np.maximum(weights @ level + intercepts, 0)

    @cached_property
    def _layers(self) -> tuple[dict[str, int], np.ndarray, np.ndarray, np.ndarray, float, np.ndarray, np.ndarray]:
        modules: Any = self._transformer
        embedding, norm, linear = modules[0], modules[1].norm, modules[2].linear
        pieces, scale, shift, weights, intercepts = (
            layer.detach().numpy() for layer in (embedding.embedding.weight, norm.weight, norm.bias, linear.weight, linear.bias)
        )
        return embedding.tokenizer.get_vocab(), pieces, scale, shift, norm.eps, weights, intercepts

    def save(self, folder: Path) -> None:
        """Write the encoder, as safetensors and JSON."""
        self._transformer.save(str(folder), create_model_card=False)

    @classmethod
    def load(cls, folder: Path, *, in_pieces: bool) -> "Encoder":
        """The encoder that `save` wrote."""
        return cls(SentenceTransformer(str(folder), device="cpu"), in_pieces=in_pieces)


def _pieces(text: str) -> Iterator[str]:
    words = text.split()
    yield from words
    for left, right in zip(words, words[1:]):
        yield f"{left}_{right}"
    for word in words:
        yield from _windows(word)


@lru_cache(_CACHED)
def _windows(word: str) -> tuple[str, ...]:
    framed = f"<{word}>"
    return tuple(framed[start : start + size] for size in (3, 4) for start in range(len(framed) - size + 1))


@torch.sparse.check_sparse_tensor_invariants(enable=False)  # torch warns unless told whether to check what is made here
def _train(
    transformer: SentenceTransformer,
    embedding: StaticEmbedding,
    layer: torch.nn.Linear,
    inputs: list[torch.Tensor],
    labels: torch.Tensor,
) -> None:
    table, rest = embedding.embedding.weight, torch.nn.Sequential(*list(transformer)[1:])
    torch.nn.init.normal_(table, std=0.3)
    of_pieces = torch.optim.SparseAdam([table], lr=_PIECE_RATE)
    of_layers = torch.optim.Adam([*rest.parameters(), *layer.parameters()], lr=_LAYER_RATE, fused=True)
    texts = _Texts(inputs)
    epochs = max(_EPOCHS, ceil(_LEAST_STEPS / ceil(len(inputs) / _BATCH)))
    schedules = [torch.optim.lr_scheduler.LinearLR(o, 1.0, 1 / epochs, total_iters=epochs) for o in (of_pieces, of_layers)]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the layers are so small that threads only wait for each other
    transformer.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs)).split(_BATCH):
            pieces, starts = texts.some(batch)
            # Of a hundred thousand pieces a batch has a tenth: the vectors of the others are neither read nor written.
            met, places = pieces.unique(return_inverse=True)
            vectors = table.detach()[met].requires_grad_()
            means = embedding_bag(places, vectors, starts, mode="mean")
            found = rest({"sentence_embedding": means})["sentence_embedding"]
            loss = cross_entropy(layer(dropout(found, _DROP_UNITS)), labels[batch], label_smoothing=_SMOOTHING)
            of_layers.zero_grad()
            loss.backward()
            gradient = cast(torch.Tensor, vectors.grad)
            table.grad = torch.sparse_coo_tensor(met[None], gradient, table.shape, is_coalesced=True)
            of_pieces.step()
            of_layers.step()
        for schedule in schedules:
            schedule.step()
    transformer.eval()
    torch.set_num_threads(threads)


class _Texts:
    """The pieces of all texts, from which batches are taken."""

    def __init__(self, pieces: list[torch.Tensor]) -> None:
        self._pieces = pieces

    def some(self, batch: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The pieces of the texts with these numbers, some left out at random; and where each text's begin."""
        chosen = [self._pieces[number] for number in batch.tolist()]
        pieces = torch.cat(chosen)
        texts = torch.arange(len(chosen)).repeat_interleave(torch.tensor([len(text) for text in chosen]))
        kept = torch.rand(len(pieces)) > _DROP_PIECES
        counts = torch.bincount(texts[kept], minlength=len(chosen))
        return pieces[kept], counts.cumsum(0) - counts
