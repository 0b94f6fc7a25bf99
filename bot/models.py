"""Trained models on disk: each file is named by a hash of what it was trained on, so a stale one is never taken."""

import hashlib
import json
import shutil
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import faq
from settings import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.faq import Example, Faq
    from bot.fit import Settings as Training
    from bot.model import Model

CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "bot" / "domain.yml"
RULES = ROOT / "bot" / "rules.yml"
_LEARNING = (
    *("text.py", "analyzers.py", "counts.py", "features.py", "separation.py", "moments.py", "encoder.py", "classifier.py"),
    *("needs.py", "manner.py", "risk.py", "rows.py", "held_out.py", "fit.py"),
)
CODE = (*_LEARNING, "model.py", "language.py", "nlu.py", "importer.py")
_FORTNIGHT = 14 * 24 * 3600  # seconds
COMPONENT = "bot.nlu.Ventanilla"


class NoModel(Exception):
    """There is no trained model of the present data."""


def fitting(settings: Settings) -> Path:
    """Where the model of the present FAQ, domain, configuration and code is, or would be after training."""
    digest = hashlib.sha256(faq.fingerprint(settings.faq_dir).encode())
    for path in (CONFIG, DOMAIN, RULES, *(ROOT / "bot" / name for name in CODE)):
        digest.update(path.read_bytes())
    return settings.models_dir / f"ventanilla-{digest.hexdigest()[:12]}.tar.gz"


def learned(settings: Settings, examples: "Sequence[Example]", knowledge: "Faq", chosen: "Training") -> Path:
    """Where what is learned of these messages is kept: the same for another answer, action, domain or rule."""
    words = (knowledge.patterns, knowledge.variants, knowledge.connectors)
    digest = hashlib.sha256(repr((examples, words, chosen)).encode("utf-8", "surrogatepass"))
    for name in _LEARNING:
        digest.update((ROOT / "bot" / name).read_bytes())
    return settings.models_dir / f"learned-{digest.hexdigest()[:12]}"


def keep(model: "Model", folder: Path) -> None:
    """Save the model as this folder, which is there whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        model.save(Path(made) / folder.name)
        (Path(made) / folder.name).rename(folder)


def prune(folder: Path, pattern: str) -> None:
    """Nothing; the folders of these names that nobody has used for a fortnight are deleted."""
    for path in folder.glob(pattern):
        if time.time() - path.stat().st_mtime > _FORTNIGHT:
            shutil.rmtree(path)


def manifest(path: Path) -> dict[str, Any]:
    """What a model file says of itself: its FAQ, settings, thresholds and figures."""
    with tarfile.open(path) as archive:
        member = next(m for m in archive.getmembers() if COMPONENT in m.name and m.name.endswith("/manifest.json"))
        return dict(json.loads(archive.extractfile(member).read()))  # type: ignore[union-attr]


def load(settings: Settings) -> "Model":
    """The understanding of the present data's model, outside of Rasa.

    Raises:
        NoModel: it has not been trained.
    """
    path = fitting(settings)
    if not path.exists():
        raise NoModel(f"{path} does not exist: the data has changed or was never trained on; run `make train`")
    return read(path)


def read(path: Path) -> "Model":
    """The understanding in a model's file."""
    # It brings spaCy, torch and where installed TensorFlow: who only asks for a file's name does not wait for them.
    from bot.model import Model

    with tempfile.TemporaryDirectory() as folder, tarfile.open(path) as archive:
        archive.extractall(folder, [m for m in archive.getmembers() if COMPONENT in m.name], filter="data")
        return Model.load(next(Path(folder).rglob("manifest.json")).parent)
