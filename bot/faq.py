"""Reads what the assistant knows from `data/faq_es`, and refuses a broken file by name, line and reason.

The files are Rasa training data, one per FAQ entry or theme; the keys that Rasa passes over (`id`, `pregunta`, `accion`,
`pide`, `despues`, `comprueba`, `asunto`, `correo`, `tema`, `patrones`, `variantes`, `conectores`) are read here. A
message's author stands in the `metadata` of its block; a span that states a need of its own is marked in Rasa's notation,
`[no me llega el correo](necesidad:faq/1.6)`.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

ACTIONS = ("resend_confirmation", "reset_password", "open_ticket")
FIELDS = (
    "email", "contacto", "cuenta", "correo_nuevo", "nombre", "empresa", "numero_serie", "campo", "error", "urgente", "detalle"
)  # fmt: skip
CHECKS = ("numero_serie",)
DIALOGUE = ("afirmar", "negar", "cancelar")
PERSON = "ticket"
SEVERAL = "varias"
LEAST_EXAMPLES = 5

_SPAN = re.compile(r"\[([^\]]+)\]\(necesidad:([^)]+)\)")


class FaqError(ValueError):
    """A file of the knowledge folder is broken; the message says which, where, why and what to do.

    `code` and `given` tell it to editors in their own language: what an editor can mend on a page has a code.
    """

    def __init__(self, path: Path, line: int, reason: str, *, code: str = "", given: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.code, self.given = path, line, code, dict(given or {})


@dataclass(frozen=True)
class Part:
    """A piece of a message and the label it states; None where it decides nothing."""

    text: str
    label: str | None


@dataclass(frozen=True)
class Example:
    """A message with its label.

    An FAQ id, or `fuera/<theme>`, `charla/<what>`, `ticket`, `afirmar`…; `varias` if it has several, which `parts` then name.
    """

    text: str
    label: str
    author: str
    parts: tuple[Part, ...] = ()

    @property
    def needs(self) -> set[str]:
        """The labels of all its needs."""
        return {part.label for part in self.parts if part.label} or {self.label}

    @property
    def asks_nothing(self) -> bool:
        """Whether it is small talk, such as thanks, and no more."""
        return all(label.startswith("charla/") for label in self.needs)


@dataclass(frozen=True)
class Step:
    """What an entry leads to when what came before did not help: an action and the fields it asks.

    `offer` is the question that offers it, if it has words of its own; a step with a `title` is one of several to choose from.
    `subject` is what the request is about, in the ticket's own words.
    """

    action: str
    asks: tuple[str, ...]
    offer: str = ""
    title: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Entry:
    """One FAQ entry: its official question and answer, the action it offers and the fields which that asks.

    `mail` is what a mail is answered instead, where the answer itself says to write a mail. `after` are the next steps in their
    order, `checks` the values whose form is checked when the customer gives them, `subject` says what its request is about.
    """

    id: str
    section: str
    question: str
    answer: str
    action: str | None
    asks: tuple[str, ...]
    mail: str | None = None
    after: tuple[Step, ...] = ()
    checks: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True)
class Particles:
    """The words of a language that deny what follows, affirm it, or turn against what was said before; levelled."""

    deny: tuple[str, ...] = ()
    affirm: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()


@dataclass
class Faq:
    """Everything in the folder. `themes` maps a theme to how it is named to customers, None if it has no name."""

    entries: dict[str, Entry] = field(default_factory=dict)
    themes: dict[str, str | None] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    connectors: tuple[str, ...] = ()
    particles: Particles = Particles()
    examples: list[Example] = field(default_factory=list)


def is_faq(label: str) -> bool:
    """Whether the label is an FAQ id: all others have a name."""
    return label[:1].isdigit()


def label_of(intent: str) -> str:
    """The label that an intent of the files stands for: `faq/1.6` is `1.6`, all others are themselves."""
    return intent.removeprefix("faq/")


def parts_of(text: str) -> tuple[str, tuple[Part, ...]]:
    """The plain text of a message and its parts, from the notation of the files."""
    parts, end = [], 0
    for span in _SPAN.finditer(text):
        if text[end : span.start()]:
            parts.append(Part(text[end : span.start()], None))
        parts.append(Part(span[1], label_of(span[2])))
        end = span.end()
    if not parts:
        return text, ()
    if text[end:]:
        parts.append(Part(text[end:], None))
    return "".join(part.text for part in parts), tuple(parts)


def load(folder: Path) -> Faq:
    """All files of the folder and those below it, in the order of their names.

    Raises:
        FaqError: a file is broken, or contradicts another.
    """
    faq = Faq()
    seen: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.rglob("*.yml")):
        document = _parse(path)
        _read_head(faq, path, document)
        for example, line in _examples(path, document):
            other, where = seen.setdefault(_key(example.text), (example.label, f"{path.name}:{line}"))
            if other != example.label:
                raise FaqError(
                    path,
                    line,
                    f"the same message is under {other!r} in {where}: keep it under one label",
                    code="twice",
                    given={"text": example.text, "other": other, "where": where},
                )
            faq.examples.append(example)
    if not faq.entries:
        raise FaqError(folder, 0, "holds no FAQ entry: expected .yml files with an `id:`")
    _check_labels(faq, folder)
    return faq


def read(path: Path) -> Faq:
    """What one file holds, whatever the others say.

    Raises:
        FaqError: it is broken.
    """
    faq, document = Faq(), _parse(path)
    _read_head(faq, path, document)
    faq.examples += [example for example, _ in _examples(path, document)]
    return faq


def fingerprint(folder: Path) -> str:
    """A hash of all the files' names and contents."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _parse(path: Path) -> Any:
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FaqError(path, line, f"is not YAML: {error.problem}") from error
    except UnicodeDecodeError as error:
        raise FaqError(path, 1, f"is not UTF-8: {error.reason}") from error
    if not isinstance(document, dict):
        raise FaqError(path, 1, "is empty or no mapping: expected keys such as `id:`, `responses:` and `nlu:`")
    return document


def _line(node: Any, key: str | int) -> int:
    at = node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key)
    return int(at[0]) + 1


def _read_head(faq: Faq, path: Path, document: Any) -> None:
    if "id" in document:
        _add_entry(faq, path, document)
    if "tema" in document:
        faq.themes[path.stem] = document["tema"]
    for name, pattern in (document.get("patrones") or {}).items():
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            raise FaqError(
                path, _line(document["patrones"], name), f"pattern {name!r} is no regular expression: {error}"
            ) from error
        faq.patterns[name] = pattern
    for norm, words in (document.get("variantes") or {}).items():
        faq.variants.update(dict.fromkeys(words, norm))
    faq.connectors += tuple(document.get("conectores") or ())
    if particles := document.get("particulas"):
        faq.particles = Particles(*(tuple(particles.get(name) or ()) for name in ("niegan", "afirman", "oponen")))


def _add_entry(faq: Faq, path: Path, document: Any) -> None:
    id_ = document["id"]
    line = _line(document, "id")
    if not isinstance(id_, str) or not is_faq(id_):
        raise FaqError(path, line, f'id {id_!r} is no FAQ number: expected one in quotes, such as "1.6"')
    if id_ in faq.entries:
        raise FaqError(path, line, f"the id {id_!r} is taken by another file: give each entry its own")
    if not document.get("pregunta"):
        raise FaqError(path, line, f"entry {id_} has no question: add `pregunta:`", code="question")
    action, asks = _action(path, document), _fields(path, document, "pide", FIELDS)
    if "correo" in document and not (isinstance(document["correo"], str) and document["correo"].strip()):
        raise FaqError(path, _line(document, "correo"), f"entry {id_}: expected under `correo:` the text that mails are answered")
    faq.entries[id_] = Entry(
        id_,
        document.get("seccion", ""),
        document["pregunta"],
        _answer(path, line, id_, document),
        action,
        asks,
        document.get("correo"),
        tuple(_step(path, step) for step in document.get("despues") or ()),
        _fields(path, document, "comprueba", CHECKS),
        document.get("asunto", ""),
    )


def _step(path: Path, step: Any) -> Step:
    action = _action(path, step)
    if action is None:
        reason = f"a step of `despues:` has no `accion:`: expected one of {', '.join(ACTIONS)}"
        raise FaqError(path, int(step.lc.line) + 1, reason)
    return Step(
        action, _fields(path, step, "pide", FIELDS), step.get("ofrece", ""), step.get("titulo", ""), step.get("asunto", "")
    )


def _action(path: Path, node: Any) -> str | None:
    action = node.get("accion")
    if action not in (None, *ACTIONS):
        raise FaqError(path, _line(node, "accion"), f"unknown action {action!r}: expected one of {', '.join(ACTIONS)}")
    return action


def _fields(path: Path, node: Any, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(node.get(key) or ())
    if unknown := [name for name in names if name not in known]:
        raise FaqError(path, _line(node, key), f"unknown field {unknown[0]!r}: expected some of {', '.join(known)}")
    return names


def _answer(path: Path, line: int, id_: str, document: Any) -> str:
    responses = (document.get("responses") or {}).get(f"utter_faq/{id_}") or [{}]
    if not responses[0].get("text"):
        reason = f"entry {id_} has no answer: expected a text under `responses:`, `utter_faq/{id_}:`"
        raise FaqError(path, line, reason, code="answer")
    return str(responses[0]["text"])


def _examples(path: Path, document: Any) -> Iterator[tuple[Example, int]]:
    blocks, found = document.get("nlu") or [], False
    for number, block in enumerate(blocks):
        line = _line(blocks, number)
        if not isinstance(block, dict) or not block.get("intent"):
            raise FaqError(path, line, "a block of `nlu:` has no `intent:`")
        label = label_of(block["intent"])
        expected = document.get("id", f"fuera/{path.stem}" if "tema" in document else label)
        if label != expected:
            raise FaqError(path, line, f"intent {block['intent']!r} in the file of {expected!r}: move it to its own file")
        author = str((block.get("metadata") or {}).get("author", ""))
        for raw, at in _texts(path, block):
            text, parts = parts_of(raw)
            found = True
            yield Example(text, label, author, parts), at
    if not found and ("id" in document or "tema" in document):
        reason = "has no examples: add messages of customers under `nlu:`"
        given = {"label": document.get("id", path.stem), "count": 0, "least": LEAST_EXAMPLES}
        raise FaqError(path, 1, reason, code="few", given=given)


def _texts(path: Path, block: Any) -> Iterator[tuple[str, int]]:
    examples, first = block.get("examples"), _line(block, "examples") if "examples" in block else 1
    if isinstance(examples, str):
        for line, text in enumerate(examples.splitlines(), first + 1):
            if not text.startswith("- ") or not text[2:].strip():
                raise FaqError(path, line, "expected a message after `- `")
            yield text[2:].strip(), line
        return
    for number, item in enumerate(examples or ()):
        if not isinstance(item, dict) or not str(item.get("text", "")).strip():
            raise FaqError(path, _line(examples, number), "expected a message under `text:`")
        yield str(item["text"]).strip(), _line(examples, number)


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _check_labels(faq: Faq, folder: Path) -> None:
    known = {*faq.entries, *(f"fuera/{theme}" for theme in faq.themes), *DIALOGUE, PERSON, SEVERAL}
    counts = Counter(example.label for example in faq.examples)
    counts.update(part.label for example in faq.examples for part in example.parts if part.label)
    for label, count in counts.items():
        if label not in known and not label.startswith("charla/"):
            raise FaqError(
                folder,
                0,
                f"unknown label {label!r}: no file has this entry or theme; correct the label or add the file",
            )
        if count < LEAST_EXAMPLES:
            reason = f"label {label!r} has {count} messages: at least {LEAST_EXAMPLES} are needed to learn it"
            given = {"label": label, "count": count, "least": LEAST_EXAMPLES}
            raise FaqError(folder, 0, reason, code="few", given=given)
