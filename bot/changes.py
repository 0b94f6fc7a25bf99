"""A change of one FAQ entry that an editor proposes, as its file in the knowledge folder would then stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from bot import faq

AUTHOR = "revision"


@dataclass(frozen=True)
class Change:
    """The question and answer of an entry as they would be, and the messages that it would learn and unlearn.

    `section` and the entry's number matter where there is no such entry yet.
    """

    entry: str
    question: str
    answer: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    section: str = ""


def place(entry: str) -> Path:
    """Where the file of an entry is, relative to the folder."""
    return Path("entradas", f"{entry}.yml")


def next_entry(sections: Mapping[str, str], section: str) -> str:
    """The number of a new entry of a section, which may be new itself; `sections` gives that of each entry."""
    numbers = [tuple(map(int, id_.split("."))) for id_, own in sections.items() if own == section]
    if numbers:
        chapter, last = max(numbers)
        return f"{chapter}.{last + 1}"
    return f"{max((int(id_.partition('.')[0]) for id_ in sections), default=0) + 1}.1"


def apply(folder: Path, change: Change) -> None:
    """Change the entry's file, or make it; all else in it stays as it is.

    Raises:
        FaqError: a message that is to go is not there.
    """
    path = folder / place(change.entry)
    yaml: Any = YAML(typ="rt")
    yaml.preserve_quotes, yaml.width = True, 10_000
    document = yaml.load(path.read_text(encoding="utf-8")) if path.exists() else _made(change)
    if document["pregunta"] != change.question:
        document["pregunta"] = DoubleQuotedScalarString(change.question)
    response = document["responses"][f"utter_faq/{change.entry}"][0]
    if response["text"] != change.answer:
        response["text"] = LiteralScalarString(change.answer)
    for text in change.removed:
        _remove(path, document, text)
    if change.added:
        lines = "".join(f"- {text}\n" for text in change.added)
        document["nlu"].append(_block(change.entry, lines))
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


def _made(change: Change) -> CommentedMap:
    text = LiteralScalarString(change.answer)
    return CommentedMap(
        {
            "version": DoubleQuotedScalarString("3.1"),
            "id": DoubleQuotedScalarString(change.entry),
            "seccion": change.section,
            "pregunta": DoubleQuotedScalarString(change.question),
            "responses": {f"utter_faq/{change.entry}": [{"text": text}]},
            "nlu": [],
        }
    )


def _block(entry: str, lines: str) -> CommentedMap:
    metadata = CommentedMap({"author": AUTHOR})
    metadata.fa.set_flow_style()
    return CommentedMap({"intent": f"faq/{entry}", "metadata": metadata, "examples": LiteralScalarString(lines)})


def _remove(path: Path, document: Any, text: str) -> None:
    for number, block in enumerate(document["nlu"]):
        lines = str(block["examples"]).splitlines(keepends=True) if isinstance(block.get("examples"), str) else []
        if f"- {text}\n" in lines:
            lines.remove(f"- {text}\n")
            block["examples"] = LiteralScalarString("".join(lines))
            if not lines:
                del document["nlu"][number]
            return
    raise faq.FaqError(path, 1, f"has no message {text!r} that could be removed", code="missing", given={"text": text})
