"""The sentence encoder: trained here on our own messages, or any sentence-transformers model by name."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

DIMENSIONS = 128
EPOCHS = 14
_BATCH = 128
_RATE = 0.01
_SMOOTHING = 0.1
_DROP_PIECES = 0.3
_DROP_UNITS = 0.4
_UNKNOWN = "[unknown]"


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
    def train(cls, texts: Sequence[str], labels: Sequence[int], *, seed: int) -> "Encoder":
        """An encoder of word pieces learned from levelled texts and the number of each one's label.

        A mean of piece vectors, trained to separate the labels by a linear layer: Joulin et al. 2016,
        "Bag of Tricks for Efficient Text Classification".
        """
        torch.manual_seed(seed)
        counts = Counter(piece for text in texts for piece in set(_pieces(text)))
        names = [_UNKNOWN, *(piece for piece, count in counts.items() if count > 1)]
        tokenizer = Tokenizer(WordLevel({name: number for number, name in enumerate(names)}, unk_token=_UNKNOWN))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        module = StaticEmbedding(tokenizer, embedding_dim=DIMENSIONS)
        _train(module, [" ".join(_pieces(text)) for text in texts], torch.tensor(labels), seed)
        return cls(SentenceTransformer(modules=[module], device="cpu"), in_pieces=True)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The texts as vectors."""
        inputs = [" ".join(_pieces(text)) for text in texts] if self._in_pieces else list(texts)
        return np.asarray(self._transformer.encode(inputs, show_progress_bar=False, batch_size=256))

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
        framed = f"<{word}>"
        for size in (3, 4, 5):
            for start in range(len(framed) - size + 1):
                yield framed[start : start + size]


def _train(module: StaticEmbedding, texts: list[str], labels: torch.Tensor, seed: int) -> None:
    torch.nn.init.normal_(module.embedding.weight, std=0.3)
    module.embedding.sparse = True
    head = torch.nn.Linear(DIMENSIONS, int(labels.max()) + 1)
    optimizers = [torch.optim.SparseAdam(module.parameters(), lr=_RATE), torch.optim.Adam(head.parameters(), lr=_RATE)]
    schedules = [torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.05, total_iters=EPOCHS) for o in optimizers]
    ids = [torch.tensor(encoding.ids or [0]) for encoding in module.tokenizer.encode_batch(texts, add_special_tokens=False)]
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(ids), generator=shuffle).split(_BATCH):
            _step(module, head, [ids[i] for i in batch.tolist()], labels[batch], optimizers)
        for schedule in schedules:
            schedule.step()


def _step(
    module: StaticEmbedding,
    head: torch.nn.Linear,
    ids: list[torch.Tensor],
    labels: torch.Tensor,
    optimizers: list[torch.optim.Optimizer],
) -> None:
    kept = [piece[torch.rand(len(piece)) > _DROP_PIECES] for piece in ids]
    kept = [some if len(some) else whole for some, whole in zip(kept, ids)]
    offsets = torch.tensor([0, *(len(some) for some in kept[:-1])]).cumsum(0)
    vectors = torch.nn.functional.dropout(module.embedding(torch.cat(kept), offsets), _DROP_UNITS)
    loss = torch.nn.functional.cross_entropy(head(vectors), labels, label_smoothing=_SMOOTHING)
    for optimizer in optimizers:
        optimizer.zero_grad()
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
