"""The sentence encoder: trained here on our own messages, or any sentence-transformers model by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from torch.nn.functional import cross_entropy, dropout

_INNER, _OUTER = 32, 128
_EPOCHS, _LEAST_STEPS = 6, 200
_BATCH = 256
_PIECE_RATE, _LAYER_RATE = 0.06, 0.004
_SMOOTHING = 0.1
_DROP_PIECES, _DROP_UNITS = 0.3, 0.5
SIZES = (3, 4)  # letters of a piece of a word, its ends being one each
_UNKNOWN = "[unknown]"
_CACHED = 1 << 17  # words


@dataclass(frozen=True)
class Head:
    """A linear layer over an encoder's vectors: weights of shape (dimensions, labels), and intercepts."""

    weights: np.ndarray
    intercepts: np.ndarray


class Encoder:
    """Turns texts into vectors of shape (texts, dimensions)."""

    def __init__(
        self, transformer: SentenceTransformer, numbers: Sequence[int] | np.ndarray = (), *, in_pieces: bool = True
    ) -> None:
        self._transformer = transformer
        self._numbers = np.asarray(numbers, dtype=int)  # of the pieces that were counted for it
        self._in_pieces = in_pieces

    @classmethod
    def named(cls, name: str) -> "Encoder":
        """A ready-made model, from a folder or from the hub.

        Raises:
            OSError: there is no such model, or the hub cannot be reached.
        """
        return cls(SentenceTransformer(name, device="cpu"), in_pieces=False)

    @classmethod
    def train(cls, names: np.ndarray, counts: csr_matrix, labels: Sequence[int], *, seed: int) -> tuple["Encoder", Head]:
        """An encoder of the pieces with these names, and its classifier.

        It is learned from how often each occurs in texts, of shape (texts, pieces), and the number of each text's label. A mean
        of piece vectors, one hidden layer, and a linear layer over it that separates the labels: after Iyyer et al. 2015, "Deep
        Unordered Composition Rivals Syntactic Methods for Text Classification".
        """
        torch.manual_seed(seed)
        shared = np.bincount(counts.indices, minlength=len(names)) > 1
        numbers = np.where(shared, np.cumsum(shared), 0)  # of what is in one text alone: 0, the unknown
        vocabulary = {name: number for number, name in enumerate([_UNKNOWN, *names[shared].tolist()])}
        tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=_UNKNOWN))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        embedding = StaticEmbedding(tokenizer, embedding_dim=_INNER)
        modules = [embedding, LayerNorm(_INNER), Dense(_INNER, _OUTER, activation_function=torch.nn.ReLU())]
        transformer = SentenceTransformer(modules=modules, device="cpu")
        layer = torch.nn.Linear(_OUTER, max(labels) + 1)
        _train(transformer, embedding, layer, _numbered(counts, numbers, len(vocabulary)), torch.tensor(labels))
        head = Head(layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy())
        return cls(transformer, numbers), head

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The texts as vectors."""
        if not self._in_pieces:
            return np.asarray(self._transformer.encode(list(texts), show_progress_bar=False, batch_size=256))
        return np.stack([self._one(text) for text in texts])

    def of_counted(self, counts: csr_matrix) -> np.ndarray:
        """The vectors of texts in which pieces occur as often, counted together with those learned from."""
        _, pieces, scale, shift, least, weights, intercepts = self._layers
        rows = _numbered(counts, self._numbers, len(pieces))
        means = (rows @ pieces) / np.maximum(rows.sum(axis=1).A, 1)
        level = (means - means.mean(axis=1, keepdims=True)) / np.sqrt(means.var(axis=1, keepdims=True) + least) * scale + shift
        return np.maximum(level @ weights.T + intercepts, 0)

    def _one(self, text: str) -> np.ndarray:
        """What the layers give for one text, without what it costs to set torch to work on it."""
        names, pieces, scale, shift, least, weights, intercepts = self._layers
        known = [names.get(piece, 0) for piece in pieces_of(text)]
        mean = pieces[known].mean(axis=0) if known else np.zeros(pieces.shape[1], dtype=np.float32)
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


def pieces_of(text: str) -> Iterator[str]:
    """The words of a text, the pairs of those that follow each other, and the pieces of words."""
    words = text.split()
    yield from words
    for left, right in zip(words, words[1:]):
        yield joined(f"{left} {right}")
    for word in words:
        yield from _windows(word)


def joined(words: str) -> str:
    """The name of two words."""
    return words.replace(" ", "_")


def framed(piece: str) -> str:
    """The name of a piece of a word, in which blanks stand for the word's ends."""
    begin, end = "<" * piece.startswith(" "), ">" * piece.endswith(" ")
    return f"{begin}{piece.strip()}{end}"


@lru_cache(_CACHED)
def _windows(word: str) -> tuple[str, ...]:
    framed_word = f"<{word}>"
    return tuple(framed_word[start : start + size] for size in SIZES for start in range(len(framed_word) - size + 1))


def _numbered(counts: csr_matrix, numbers: np.ndarray, known: int) -> csr_matrix:
    """The counts under these numbers of the pieces; those that share one stand beside each other."""
    return csr_matrix((counts.data, numbers[counts.indices], counts.indptr), shape=(counts.shape[0], known))


def _train(
    transformer: SentenceTransformer,
    embedding: StaticEmbedding,
    layer: torch.nn.Linear,
    rows: csr_matrix,
    labels: torch.Tensor,
) -> None:
    from bot.moments import RowsAdam  # only now: what compiles it takes a second to import, and only training needs it

    vectors, rest = embedding.embedding.weight.detach(), torch.nn.Sequential(*list(transformer)[1:])
    torch.nn.init.normal_(vectors, std=0.3)
    table = vectors.numpy()
    of_pieces = RowsAdam(table)
    of_layers = torch.optim.Adam([*rest.parameters(), *layer.parameters()], lr=_LAYER_RATE, fused=True)
    epochs = max(_EPOCHS, ceil(_LEAST_STEPS / ceil(rows.shape[0] / _BATCH)))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the layers are so small that threads only wait for each other
    transformer.train()
    for epoch in range(epochs):
        slower = 1 - epoch / epochs * (1 - 1 / epochs)
        of_layers.param_groups[0]["lr"] = _LAYER_RATE * slower
        for batch in torch.randperm(rows.shape[0]).split(_BATCH):
            # Torch takes twice as long over the means of vectors and their gradients as a product of sparse matrices.
            bags, met = _bags(rows[batch.numpy()])
            means = torch.from_numpy(bags @ table[met]).requires_grad_()
            found = rest({"sentence_embedding": means})["sentence_embedding"]
            loss = cross_entropy(layer(dropout(found, _DROP_UNITS)), labels[batch], label_smoothing=_SMOOTHING)
            of_layers.zero_grad()
            loss.backward()
            of_layers.step()
            of_pieces.step(met, bags.T @ cast(torch.Tensor, means.grad).numpy(), _PIECE_RATE * slower)
    transformer.eval()
    torch.set_num_threads(threads)


def _bags(chosen: csr_matrix) -> tuple[csr_matrix, np.ndarray]:
    """What gives the mean of each of these texts from the vectors of the pieces met, some left out at random; and these."""
    kept = torch.rand(chosen.nnz).numpy() > _DROP_PIECES
    pieces, counts = chosen.indices[kept], chosen.data[kept]
    texts = np.repeat(np.arange(chosen.shape[0]), np.diff(chosen.indptr))[kept]
    is_met = np.zeros(chosen.shape[1], dtype=bool)
    is_met[pieces] = True
    met, places = np.flatnonzero(is_met), np.cumsum(is_met)[pieces] - 1
    shares = counts / np.bincount(texts, counts).astype(np.float32)[texts]
    ends = np.cumsum([0, *np.bincount(texts, minlength=chosen.shape[0])])
    return csr_matrix((shares, places, ends), shape=(chosen.shape[0], len(met))), met
