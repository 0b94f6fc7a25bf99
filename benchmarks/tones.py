"""`python -m benchmarks.tones`: how many passages are given their tone, and how many a wrong one.

Those of each author by what the others teach, and those of `tones.jsonl`, whose author teaches nothing, by what all teach. A
mail mostly has several passages of its tone, and its others have none: how whole mails fare tells `benchmarks.mails`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot import jsonl
from bot.risk import interval
from triage.policy import words
from triage.tone import TONES, Tone, taught

HELD_BACK = Path(__file__).with_suffix(".jsonl")

Passages = Sequence[dict[str, Any]]


def left_out() -> Iterator[tuple[Passages, Passages]]:
    """What teaches and what is asked, each author in turn being left out."""
    known = taught()
    for author in sorted({passage["author"] for passage in known}):
        others = [passage for passage in known if passage["author"] != author]
        yield others, [passage for passage in known if passage["author"] == author]


def tell(parts: Iterable[tuple[Passages, Passages]]) -> None:
    """Print how many passages of a tone, or of none, are given which, with 95 % intervals."""
    found: Counter[tuple[str, str]] = Counter()
    for teaching, asked in parts:
        tone = Tone(teaching, words())
        found.update((passage["tone"], next(iter(tone.of(passage["text"])), "")) for passage in asked)
    for true in sorted({true for true, _ in found}):
        trials = sum(count for (label, _), count in found.items() if label == true)
        for told in (*TONES, ""):
            count = found[true, told]
            low, high = interval(count, trials)
            print(
                f"  {true:12} given {told or 'none':12} {count:5} of {trials:<5} {count / trials:6.1%}  [{low:.1%}, {high:.1%}]"
            )


def main() -> None:
    """Print the figures of both."""
    print("authors left out in turn")
    tell(left_out())
    print("the author who is held back")
    tell([(taught(), jsonl.read(HELD_BACK, text=str, tone=str))])


if __name__ == "__main__":
    main()
