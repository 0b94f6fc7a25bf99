"""`python -m bot.trial FOLDER`: what a proposed change of the FAQ would make of recorded messages, without publishing it.

The folder holds `change.json` and `texts.json`; written to it are `progress`, the candidate as `model`, and at last
`result.json`, or `failure` with the reason.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import settings
from bot import faq, models
from bot.changes import Change
from bot.result import ANSWER
from bot.revision import changed

if TYPE_CHECKING:  # they bring torch and spaCy, which the web process that starts a trial does without
    from bot.model import Model

PROGRESS, RESULT, FAILURE, MODEL = "progress", "result.json", "failure", "model"


def main() -> int:
    """Exit code 1 if there is no candidate, whose failure is then told."""
    parser = argparse.ArgumentParser(prog="python -m bot.trial", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        run(settings.or_exit(), folder, lambda step: _write(folder / PROGRESS, step))
    except faq.FaqError as error:
        _write(folder / FAILURE, str(error))
        return 1
    return 0


def run(here: settings.Settings, folder: Path, progress: Callable[[str], None]) -> None:
    """Train the candidate where the messages differ, and compare it with what is learned of the present files.

    Raises:
        FaqError: the change cannot be made.
    """
    change = Change(**_read(folder / "change.json"))
    before = _learned(here, here.faq_dir, progress)
    with changed(here.faq_dir, [change]) as files:
        after = _learned(here, files, progress)
    models.keep(after, folder / MODEL)
    progress("comparing")
    texts = _read(folder / "texts.json")
    found = {"texts": len(texts), "different": compare(before, after, texts), "faq": before.manifest["version"]}
    _write(folder / RESULT, json.dumps(found, ensure_ascii=False))
    models.prune(here.models_dir, "learned-*")


def compare(before: "Model", after: "Model", texts: Sequence[str]) -> list[dict[str, Any]]:
    """The texts that would be answered differently, each with what is told before and after."""
    told = ((text, answered(before, text), answered(after, text)) for text in texts)
    return [{"text": text, "before": then, "after": now} for text, then, now in told if then != now]


def answered(model: "Model", text: str) -> list[dict[str, Any]]:
    """For each need of a text its outcome, and the entries that would be answered or offered, with their texts."""
    entries = model.manifest["entries"]
    return [
        {
            "outcome": need.outcome,
            "entries": [
                {"id": candidate.id, "question": candidate.question, "answer": entries[candidate.id]["answer"]}
                if need.outcome == ANSWER
                else {"id": candidate.id, "question": candidate.question}
                for candidate in need.candidates
            ],
        }
        for need in model.understand(text).needs
    ]


def _learned(here: settings.Settings, files: Path, progress: Callable[[str], None]) -> "Model":
    """The model of these files; nothing is trained where it was learned of the same messages before."""
    from bot.learning import configured, learned
    from bot.model import Model

    knowledge = faq.load(files)
    kept = learned(here, knowledge.examples, knowledge, configured(), progress)
    return Model.load(kept).over(knowledge, faq.fingerprint(files))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    """The file is there whole or not at all."""
    made = path.with_suffix(".part")
    made.write_text(text, encoding="utf-8")
    made.rename(path)


if __name__ == "__main__":
    sys.exit(main())
