"""`python -m bot.train`: trains the model of the present data unless there is one, and promotes it if it passes the gate."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import settings
from bot import faq, models, promotions
from bot.jsonl import BrokenInput

REFUSED = 4


def main() -> int:
    """Train if needed; 1 if data or benchmarks are broken or training failed, 4 if the model is refused."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if there is such a model")
    parser.add_argument("--no-promote", action="store_true", help="leave the model that the assistant answers by as it is")
    parser.add_argument("--check", action="store_true", help="only say whether there is one: exit 0 if so, 3 if not")
    options = parser.parse_args()
    chosen = settings.or_exit()
    path = models.fitting(chosen)
    if options.check:
        return 0 if path.exists() else 3
    if path.exists() and not options.force:
        print(f"{path} is trained")
    elif failed := _train(chosen, path):
        return failed
    return 0 if options.no_promote else _promote(chosen, path)


def _promote(chosen: settings.Settings, path: Path) -> int:
    """Have the assistant answer by this model, unless the gate is against it or somebody took it back."""
    current = promotions.promoted(chosen)
    if path == current:
        print(f"{path.name} is promoted already")
        return 0
    from bot import gate  # only now: it takes seconds

    try:
        taken_back = path.name in promotions.taken_back(chosen)
        objections = ["it was promoted and taken back"] if taken_back else gate.against(chosen, path)
    except (BrokenInput, OSError) as error:
        print(f"{path.name} cannot be judged and is not promoted: {error}", file=sys.stderr)
        return 1
    if objections:
        print(_refusal(path, current, objections), file=sys.stderr)
        return REFUSED
    promotions.promote(chosen, path, promotions.GATE)
    print(f"{path.name} is promoted: {gate.line(gate.measured(chosen, path)['figures'])}")
    return 0


def _refusal(path: Path, current: Path | None, objections: list[str]) -> str:
    kept = (
        f"{current.name} goes on answering, with the FAQ texts that it was trained with: no change of the data since is in use."
        if current
        else "No model is promoted, so none answers."
    )
    overrule = f"To overrule: python -m bot models promote {path.name} --force"
    return "\n".join([f"{path.name} is REFUSED:", *(f"  {line}" for line in objections), kept, overrule])


def _train(chosen: settings.Settings, path: Path) -> int:
    """Train this model: Rasa is imported and reads the files in a process of its own, which then waits for what is learned."""
    try:
        knowledge = faq.load(chosen.faq_dir)
    except faq.FaqError as error:
        print(error, file=sys.stderr)
        return 1
    rasa = get_context("fork").Process(target=_train_by_rasa, args=(chosen, path))
    rasa.start()
    try:
        _learn(chosen, knowledge, rasa)
    except OSError as error:
        rasa.terminate()
        print(f"nothing can be learned: {error}", file=sys.stderr)
        return 1
    except BaseException:
        rasa.terminate()
        raise
    rasa.join()
    if rasa.exitcode:
        return 1
    print(f"{path} is trained")
    return 0


def _learn(chosen: settings.Settings, knowledge: faq.Faq, rasa: ForkProcess) -> None:
    from bot.learning import configured, learned  # only now: Rasa's process begins without what this brings

    try:
        training = configured()
    except BrokenInput:
        return  # Rasa says what is wrong with the file
    with bar() if sys.stdout.isatty() else _lines() as tell:

        def step(name: str) -> None:
            if rasa.exitcode:  # it has said why, and nobody waits for what is learned
                sys.exit(1)
            tell(name)

        learned(chosen, knowledge.examples, knowledge, training, step)


def _train_by_rasa(chosen: settings.Settings, path: Path) -> None:
    """Train by Rasa, whose bars and warnings go to a log; ends with 1 and why, if it fails."""
    os.nice(10)  # what is learned takes longest
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    log_path = chosen.var_dir / "log" / "train.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("w") as log, redirect_stdout(log), redirect_stderr(log):
        from rasa.model_training import train
        from rasa.shared.exceptions import RasaException
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)
        try:
            result = train(
                str(models.DOMAIN),
                str(models.CONFIG),
                [str(chosen.faq_dir), str(models.RULES)],
                str(chosen.models_dir),
                force_training=True,
                fixed_model_name=path.name.removesuffix(".tar.gz"),
            )
        except RasaException as error:
            failure = str(error)
        else:
            failure = "" if result.code == 0 else "Rasa refused to train"
    if failure:
        sys.exit(f"{failure}: see {log_path}")


@contextmanager
def bar() -> Iterator[Callable[[str], None]]:
    """What is told each step of learning, and shows how far it is."""
    from tqdm import tqdm

    from bot.fit import STEPS

    with tqdm(total=STEPS, file=sys.stdout, bar_format="  {bar:30} {n_fmt} of {total_fmt}, {elapsed}  {desc}") as shown:

        def step(name: str) -> None:
            shown.set_description_str(name, refresh=False)
            shown.update()

        yield step


@contextmanager
def _lines() -> Iterator[Callable[[str], None]]:
    yield lambda step: print(f"  {step}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
