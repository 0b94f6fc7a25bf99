"""`python -m benchmarks.tones`: how many passages of authors left out are given their tone, and how many a wrong one.

A mail mostly has several passages of its tone, and its others have none: how whole mails fare tells `benchmarks.mails`.
"""

from collections import Counter

from bot.risk import interval
from triage.policy import words
from triage.tone import TONES, Tone, taught


def counted() -> Counter[tuple[str, str]]:
    """How many passages of a tone, or of none, were given which, each by what the other authors teach."""
    found: Counter[tuple[str, str]] = Counter()
    known = taught()
    for author in sorted({passage["author"] for passage in known}):
        tone = Tone([passage for passage in known if passage["author"] != author], words())
        for passage in known:
            if passage["author"] == author:
                found[passage["tone"], next(iter(tone.of(passage["text"])), "")] += 1
    return found


def main() -> None:
    """Print the figures with 95 % intervals."""
    found = counted()
    for true in sorted({true for true, _ in found}):
        given = {told: count for (label, told), count in found.items() if label == true}
        trials = sum(given.values())
        for told in (*TONES, ""):
            low, high = interval(given.get(told, 0), trials)
            share = f"{given.get(told, 0):5} of {trials:<5} {given.get(told, 0) / trials:6.1%}  [{low:.1%}, {high:.1%}]"
            print(f"{true:12} given {told or 'none':12} {share}")


if __name__ == "__main__":
    main()
