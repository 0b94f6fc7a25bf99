"""What agents propose, as a patch of the knowledge folder: `python -m bot proposals export`.

The decisions are the desk's, whose command prints them, a line of JSON each: no room is imported for that, and nothing of the
product needs to run.
"""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.changes import Change
from bot.faq import LEAST_EXAMPLES
from bot.revision import Decision, patch, plain, theme_of, too_few
from settings import ROOT, Settings

_PREFIXES = {"entry": "", "theme": "fuera/"}


class NoProposals(Exception):
    """The desk does not tell them; the message is its own."""


@dataclass
class Proposals:
    """Decided messages, changed entries, and the messages of new entries that nobody has written yet, by working title."""

    decisions: list[Decision] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    drafts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read(lines: Iterable[dict[str, Any]]) -> Proposals:
    """What the lines of the desk say."""
    found = Proposals()
    for line in lines:
        if "change" in line:
            found.changes.append(Change(**line["change"]))
        elif line["verdict"] == "new_entry":
            found.drafts[line["label"]].append(line["text"])
        elif line["verdict"] == "new_theme":
            found.decisions.append(Decision(line["text"], f"fuera/{theme_of(line['label'])}", line["label"]))
        else:
            found.decisions.append(Decision(line["text"], _PREFIXES[line["verdict"]] + line["label"]))
    return found


def export(settings: Settings) -> tuple[str, list[str]]:
    """The patch, and what is not in it yet with the reason.

    Raises:
        FaqError: a decision contradicts the files.
        NoProposals: the desk could not be asked.
    """
    asked = subprocess.run([sys.executable, "-m", "desk", "proposals"], cwd=ROOT, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise NoProposals(asked.stderr.strip())
    found = read(map(json.loads, asked.stdout.splitlines()))
    return patch(settings.faq_dir, found.decisions, ROOT, found.changes), waiting(settings, found)


def waiting(settings: Settings, found: Proposals) -> list[str]:
    """What agents decided and cannot be learned yet, a line each."""
    written = {text for change in found.changes for text in change.added}
    left = {title: [text for text in texts if plain(text) not in written] for title, texts in found.drafts.items()}
    few = too_few(settings.faq_dir, found.decisions).values()
    return [
        *(f"new entry {title!r}: its {len(texts)} messages wait for an answer" for title, texts in left.items() if texts),
        *(f"new theme {title!r}: {number} messages, {LEAST_EXAMPLES} are needed" for title, number in few),
    ]
