"""`python -m benchmarks.understanding`: this pipeline beside its peers, on one split, in one run, as a table and as JSON.

Each learns the same messages and is asked the same ones, one at a time, in a process of its own.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import settings
from benchmarks.peers.figures import figures
from benchmarks.peers.generated import generated
from benchmarks.peers.split import Split, held_back, left_out, of_files
from benchmarks.peers.watch import peak
from bot.faq import SEVERAL, FaqError, load
from bot.jsonl import BrokenInput
from bot.report import percent

CONTESTANTS = {
    "ours": "Ventanilla",
    "rasa_default": "Rasa's default pipeline",
    "nlpjs": "nlp.js 4.27",
    "tfidf": "TF-IDF + logistic regression",
}
PACKAGE = "node-nlp@4.27.0"
_COSTS = {"training_s": 1, "parse_p50_ms": 2, "parse_p95_ms": 2, "memory_mb": 0}
_SCRIPT = Path(__file__).parent / "peers" / "nlpjs.js"
_NO_NODE = "nlp.js is left out: install Node.js (apt-get install nodejs npm)"


def contend(split: Split, names: Sequence[str], folder: Path) -> dict[str, dict[str, Any]]:
    """The figures of each contestant that can be had."""
    found = {}
    for name in names:
        command = _command(name, folder)
        if command:
            # The peers have no way to learn that a message has two needs, and none of those asked has.
            learned = split.train if name == "ours" else [m for m in split.train if m["label"] != SEVERAL]
            Split(learned, split.test, split.answers).write(folder / name)
            print(f"{CONTESTANTS[name]} …", file=sys.stderr, flush=True)
            memory = peak(command, folder / f"{name}.log", folder / "node" if name == "nlpjs" else None)
            told = json.loads((folder / name / f"{name}.json").read_text(encoding="utf-8"))
            found[name] = {**figures(told["rankings"], split), **_cost(told, memory)}
    return found


def _command(name: str, folder: Path) -> list[str] | None:
    if name != "nlpjs":
        return [sys.executable, "-W", "ignore", "-m", "benchmarks.peers.contest", name, str(folder / name)]
    return ["node", str(_SCRIPT), str((folder / name).resolve())] if _node(folder / "node") else None


def _node(folder: Path) -> bool:
    """Whether nlp.js is there, fetched from npm if need be."""
    if not (shutil.which("node") and shutil.which("npm")):
        print(_NO_NODE, file=sys.stderr)
        return False
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "node-nlp").exists():
        (folder / "package.json").write_text("{}")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        if subprocess.run(command, cwd=folder).returncode:
            print(f"nlp.js is left out: npm could not fetch {PACKAGE}", file=sys.stderr)
            return False
    return True


def _cost(told: dict[str, Any], memory: int) -> dict[str, float]:
    p50, p95 = np.percentile(told["parse"], [50, 95])
    return {"training_s": told["training"], "parse_p50_ms": p50, "parse_p95_ms": p95, "memory_mb": memory / 1e6}


def grown(numbers: Sequence[int], folder: Path) -> dict[str, dict[str, Any]]:
    """The figures of this pipeline with so many labels, of generated messages."""
    return {f"ours, {n} labels": contend(generated(n), ["ours"], folder / f"{n}")["ours"] for n in numbers}


def heading(split: Split) -> str:
    """How much is learned and asked, in words."""
    answerable = sum(message["label"] in split.answers for message in split.test)
    asked = f"{len(split.test)} asked: {answerable} answerable, of {len(split.answers)} answers"
    return f"{len(split.train)} messages learned, {asked}"


def table(found: dict[str, dict[str, Any]]) -> str:
    """The figures as text, a line a contestant."""
    titles = ("first %", "of three %", "refused %", "cov@2 %", "training s", "p50 ms", "p95 ms", "memory MB")
    lines = [f"{'':30}" + "".join(f"{title:>12}" for title in titles)]
    for name, row in found.items():
        rates = [percent(row[key]["rate"]) for key in ("first_right", "among_three", "refused")]
        costs = [
            f"{row['training_s']:.1f}",
            f"{row['parse_p50_ms']:.2f}",
            f"{row['parse_p95_ms']:.2f}",
            f"{row['memory_mb']:.0f}",
        ]
        lines.append(
            f"{CONTESTANTS.get(name, name):30}" + "".join(f"{v:>12}" for v in [*rates, percent(row["coverage"]), *costs])
        )
    return "\n".join(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understanding", description=__doc__)
    parser.add_argument("--author", help="whom of our corpus to leave out and to ask (default: the author who is held back)")
    parser.add_argument("--train", type=Path, help='another corpus to learn, {"text", "label"} a line')
    parser.add_argument("--test", type=Path, help="messages to ask, in the same form")
    parser.add_argument("--none", action="append", default=[], metavar="LABEL", help="a label of theirs that is no answer")
    parser.add_argument("--per-label", type=int, metavar="N", help="learn no more than N messages of each label: DIET takes long")
    parser.add_argument("--labels", nargs="+", type=int, metavar="N", help="only ours, with so many labels of generated messages")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), help="these contestants")
    parser.add_argument("--out", type=Path, help="folder of all that is made (var/benchmark)")
    options = parser.parse_args(arguments)
    if bool(options.train) != bool(options.test) or (options.author and options.train):
        parser.error("--train and --test go together, and without --author")
    return options


def _split(options: argparse.Namespace, folder: Path) -> Split:
    if options.train:
        return of_files(options.train, options.test, frozenset(options.none))
    faq = load(folder)
    return left_out(faq, options.author) if options.author else held_back(faq)


def _beside_peers(options: argparse.Namespace, faq_dir: Path, folder: Path) -> dict[str, dict[str, Any]]:
    split = _split(options, faq_dir)
    split = split.at_most(options.per_label) if options.per_label else split
    print(heading(split))
    return contend(split, options.only, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """0; 1 if a contestant failed; 2 if a file is missing or broken."""
    options, here = _options(arguments), settings.or_exit()
    folder = (options.out or here.var_dir / "benchmark").resolve()
    try:
        found = grown(options.labels, folder) if options.labels else _beside_peers(options, here.faq_dir, folder)
    except (BrokenInput, FaqError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"{error}: see the logs in {folder}", file=sys.stderr)
        return 1
    print(table(found))
    (folder / "understanding.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(f"written: {folder / 'understanding.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
