"""`python -m benchmarks.poison`: models of poisoned data before the gate, beside one of the data as it is.

Two entries with their labels swapped, and 200 messages under a label of another, drawn by chance. Each is trained as
`make train` would, and judged on the same held-back messages against the model of the present data.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace

import settings
from bot import faq, gate, models
from bot.evaluate import configured
from bot.faq import SEVERAL, Example
from bot.fit import fit

SEED = 7


def swapped(examples: Sequence[Example], one: str = "1.6", two: str = "2.5") -> list[Example]:
    """The messages, the labels of two entries swapped."""
    other = {one: two, two: one}
    return [replace(example, label=other.get(example.label, example.label)) for example in examples]


def mislabelled(examples: Sequence[Example], count: int = 200) -> list[Example]:
    """The messages, some of which have the label of another one."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    plain = [number for number, example in enumerate(examples) if not example.parts and example.label != SEVERAL]
    changed, labels = list(examples), sorted({examples[number].label for number in plain})
    for number in chance.sample(plain, count):
        others = [label for label in labels if label != examples[number].label]
        changed[number] = replace(examples[number], label=chance.choice(others))
    return changed


POISONS = {"swapped": swapped, "mislabelled": mislabelled}


def main() -> None:
    """Print the figures of each, and what the gate says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.poison", description=__doc__)
    parser.add_argument("poison", nargs="*", choices=[*POISONS, []], help="all, unless named")
    chosen, named = settings.or_exit(), parser.parse_args().poison
    knowledge, floor = faq.load(chosen.faq_dir), chosen.benchmarks_dir / "floor.json"
    good = gate.measured(chosen, models.fitting(chosen))
    print("as it is:", gate.line(good["figures"]), flush=True)
    for name in named or POISONS:
        model = fit(POISONS[name](knowledge.examples), knowledge, configured(), progress=lambda step: None).over(knowledge)
        found = gate.judge(model, chosen.benchmarks_dir)
        print(f"{name}: {gate.line(found['figures'])}")
        for line in gate.objections(found, good, floor) or ["PROMOTED"]:
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
