"""`python -m benchmarks.peers.contest NAME FOLDER`: one contestant learns the folder's train.jsonl and is asked its test.jsonl.

What it says and how long it takes is written as NAME.json there.
"""

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter

_KEPT = 20  # labels of a ranking
_WARM = 20  # messages before the clock runs


def main(arguments: list[str] | None = None) -> int:
    """Train, ask, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.contest", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    contestant = import_module(f"benchmarks.peers.{options.name}")
    train, test = (_read(options.folder / f"{name}.jsonl") for name in ("train", "test"))
    started = perf_counter()
    ranking_of = contestant.train(train, options.folder)
    training, milliseconds, rankings = perf_counter() - started, [], []
    for message in test[:_WARM]:
        ranking_of(message["text"])
    for message in test:
        started = perf_counter()
        ranking = ranking_of(message["text"])
        milliseconds.append(1000 * (perf_counter() - started))
        rankings.append(ranking[:_KEPT])
    told = {"training": training, "parse": milliseconds, "rankings": rankings}
    (options.folder / f"{options.name}.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return 0


def _read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
