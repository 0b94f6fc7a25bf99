"""What persons decided on messages that the assistant did not know, as a patch of the knowledge folder for git to keep."""

import difflib
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot import faq

AUTHOR = "revision"
_SPACES = re.compile(r"\s+")
_NOTATION = re.compile(r"\]\(")  # what Rasa reads as the mark of a span
# What the desk masked, as a customer might have written it.
_MARKS = {"[email]": "ana@example.com", "[phone]": "600 000 000", "[serial]": "AB123Z", "[secret]": "****"}


@dataclass(frozen=True)
class Decision:
    """A message and the label that a person gave it: an FAQ number, or `fuera/<theme>`."""

    text: str
    label: str


def themes(folder: Path) -> list[str]:
    """The names of the themes that have a file."""
    return sorted(path.stem for path in (folder / "temas").glob("*.yml"))


def patch(folder: Path, decisions: Iterable[Decision], root: Path) -> str:
    """The patch that adds the messages to the files of their labels, empty if they are there already.

    Raises:
        FaqError: a label has no file, or a message stands under another label already; the line says which.
    """
    known = {" ".join(example.text.lower().split()): example.label for example in faq.load(folder).examples}
    fresh: defaultdict[str, list[str]] = defaultdict(list)
    for decision in decisions:
        text = _plain(decision.text)
        if known.setdefault(text.lower(), f"new {decision.label}") != decision.label and text not in fresh[decision.label]:
            fresh[decision.label].append(text)
    with tempfile.TemporaryDirectory() as made:
        changed = Path(made) / folder.name
        shutil.copytree(folder, changed)
        paths = [_add(changed, label, texts) for label, texts in fresh.items() if texts]
        faq.load(changed)  # refuses what contradicts the files
        return "".join(_diff(folder / path, changed / path, root) for path in sorted(paths))


def _add(folder: Path, label: str, texts: list[str]) -> Path:
    """Where the messages now stand, relative to the folder."""
    theme = label.removeprefix("fuera/")
    path = Path("entradas", f"{label}.yml") if faq.is_faq(label) else Path("temas", f"{theme}.yml")
    file = folder / path
    if not file.exists():
        raise faq.FaqError(file, 0, f"does not exist: add the file before messages of {label!r}")
    intent = f"faq/{label}" if faq.is_faq(label) else label
    lines = "".join(f"    - {text}\n" for text in texts)
    block = f"- intent: {intent}\n  metadata: {{author: {AUTHOR}}}\n  examples: |\n{lines}"
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + block, encoding="utf-8")
    return path


def _diff(before: Path, after: Path, root: Path) -> str:
    name = before.resolve().relative_to(root)
    old, new = (path.read_text(encoding="utf-8").splitlines(keepends=True) for path in (before, after))
    return "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))


def _plain(text: str) -> str:
    for mark, example in _MARKS.items():
        text = text.replace(mark, example)
    return _NOTATION.sub("] (", _SPACES.sub(" ", text).strip())
