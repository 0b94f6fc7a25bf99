"""`python -m bot.train`: trains the model of the present data unless there is one, and promotes it if it passes the gate."""

import argparse
import logging
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
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
    elif failed := _broken(chosen) or _train(chosen, path):
        return failed
    return 0 if options.no_promote else _promote(chosen, path)


def _broken(chosen: settings.Settings) -> int:
    try:
        faq.load(chosen.faq_dir)
    except faq.FaqError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


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
    """Train by Rasa, whose bars and warnings go to a log: what is printed are our own steps."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    log_path = chosen.var_dir / "log" / "train.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    steps = bar() if sys.stdout.isatty() else logging.StreamHandler(sys.stdout)
    with log_path.open("w") as log, redirect_stdout(log), redirect_stderr(log):
        from rasa.model_training import train
        from rasa.shared.exceptions import RasaException
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)
        logging.getLogger("bot").addHandler(steps)
        logging.getLogger("bot").setLevel(logging.INFO)
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
        finally:
            steps.close()
    if failure:
        print(f"{failure}: see {log_path}", file=sys.stderr)
        return 1
    print(f"{path} is trained")
    return 0


def bar() -> logging.Handler:
    """A handler that shows how far training is: where nobody looks on, steps are lines."""
    from tqdm import tqdm

    from bot.fit import STEPS

    shown = tqdm(total=STEPS, file=sys.stdout, bar_format="  {bar:30} {n_fmt} of {total_fmt}, {elapsed}  {desc}")

    class Bar(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            shown.set_description_str(record.getMessage().strip(), refresh=False)
            shown.update()

        def close(self) -> None:
            shown.close()
            super().close()

    return Bar()


if __name__ == "__main__":
    sys.exit(main())
