"""What persons decided on messages that the assistant did not know, as a patch of the knowledge folder for git to keep."""

import difflib
import json
import re
import shutil
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import changes, faq
from bot.changes import AUTHOR, Change

_WORD = re.compile(r"[a-z0-9]+")
_SPACES = re.compile(r"\s+")
_NOTATION = re.compile(r"\]\(")  # what Rasa reads as the mark of a span
# What the desk masked, as a customer might have written it.
_MARKS = {"[email]": "ana@example.com", "[phone]": "600 000 000", "[serial]": "AB123Z", "[secret]": "****"}


@dataclass(frozen=True)
class Decision:
    """A message and the label that a person gave it: an FAQ number, or `fuera/<theme>`.

    `title` is what customers are told that a theme is, which may have no file yet.
    """

    text: str
    label: str
    title: str = ""


def themes(folder: Path) -> list[str]:
    """The names of the themes that have a file."""
    return sorted(path.stem for path in (folder / "temas").glob("*.yml"))


def theme_of(title: str) -> str:
    """The name of the theme with this title."""
    plainly = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return "_".join(_WORD.findall(plainly)) or "tema"


def too_few(folder: Path, decisions: Iterable[Decision]) -> dict[str, tuple[str, int]]:
    """The new themes of which there are fewer messages than can be learned: by label the title and the number."""
    texts, titles = defaultdict(set), {}
    for decision in decisions:
        texts[decision.label].add(plain(decision.text).lower())
        if decision.title and not (folder / _place(decision.label)).exists():
            titles[decision.label] = decision.title
    return {label: (title, len(texts[label])) for label, title in titles.items() if len(texts[label]) < faq.LEAST_EXAMPLES}


def patch(folder: Path, decisions: Iterable[Decision], root: Path, proposed: Iterable[Change] = ()) -> str:
    """The patch that makes the changes and adds the messages to the files of their labels, empty if all that is there already.

    A new theme gets a file once it has messages enough.

    Raises:
        FaqError: a label has no file, or a message stands under another label already; the line says which.
    """
    decisions = list(decisions)
    rare, titles = too_few(folder, decisions), {decision.label: decision.title for decision in decisions if decision.title}
    with changed(folder, proposed) as made:
        for label, texts in _fresh(made, [decision for decision in decisions if decision.label not in rare]).items():
            _add(made, label, texts, titles.get(label))
        faq.load(made)  # refuses what contradicts the files
        paths = sorted(path.relative_to(made) for path in made.rglob("*.yml"))
        return "".join(_diff(folder / path, made / path, root) for path in paths)


@contextmanager
def changed(folder: Path, proposed: Iterable[Change]) -> Iterator[Path]:
    """A copy of the folder with the changes made, which is gone afterwards.

    Raises:
        FaqError: a change cannot be made.
    """
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / folder.name
        shutil.copytree(folder, copy)
        for change in proposed:
            changes.apply(copy, change)
        yield copy


def refuse(folder: Path, change: Change) -> None:
    """Nothing where the folder could be learned with this change.

    Raises:
        FaqError: it could not; where in the changed file, and why.
    """
    with changed(folder, [change]) as made:
        faq.load(made)


def _fresh(folder: Path, decisions: Iterable[Decision]) -> dict[str, list[str]]:
    """The messages that are not in the folder yet, by label."""
    known = {" ".join(example.text.lower().split()): example.label for example in faq.load(folder).examples}
    fresh: defaultdict[str, list[str]] = defaultdict(list)
    for decision in decisions:
        text = plain(decision.text)
        if known.setdefault(text.lower(), f"new {decision.label}") != decision.label and text not in fresh[decision.label]:
            fresh[decision.label].append(text)
    return fresh


def _add(folder: Path, label: str, texts: list[str], title: str | None) -> None:
    file = folder / _place(label)
    if not file.exists():
        if not title:
            raise faq.FaqError(file, 0, f"does not exist: add the file before messages of {label!r}")
        file.write_text(f'version: "3.1"\ntema: {json.dumps(title, ensure_ascii=False)}\n\nnlu:\n', encoding="utf-8")
    intent = f"faq/{label}" if faq.is_faq(label) else label
    lines = "".join(f"    - {text}\n" for text in texts)
    block = f"- intent: {intent}\n  metadata: {{author: {AUTHOR}}}\n  examples: |\n{lines}"
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + block, encoding="utf-8")


def _place(label: str) -> Path:
    return changes.place(label) if faq.is_faq(label) else Path("temas", f"{label.removeprefix('fuera/')}.yml")


def _diff(before: Path, after: Path, root: Path) -> str:
    name = before.resolve().relative_to(root)
    old = before.read_text(encoding="utf-8").splitlines(keepends=True) if before.exists() else []
    new = after.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{name}" if old else "/dev/null", f"b/{name}"))


def plain(text: str) -> str:
    """A masked message as a customer might have written it, on one line."""
    for mark, example in _MARKS.items():
        text = text.replace(mark, example)
    return _NOTATION.sub("] (", _SPACES.sub(" ", text).strip())
