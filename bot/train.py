"""`python -m bot.train`: trains the model of the present data, unless there is one; prints where it is."""

import argparse
import logging
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import settings
from bot import faq, models


def main() -> int:
    """Train if needed; 1 if the data is broken or training failed."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if there is a current model")
    parser.add_argument("--check", action="store_true", help="only say whether there is one: exit 0 if so, 3 if not")
    options = parser.parse_args()
    chosen = settings.from_env()
    path = models.current(chosen)
    if options.check:
        return 0 if path.exists() else 3
    if path.exists() and not options.force:
        print(f"{path} is current")
        return 0
    try:
        faq.load(chosen.faq_dir)
    except faq.FaqError as error:
        print(error, file=sys.stderr)
        return 1
    return _train(chosen, path)


def _train(chosen: settings.Settings, path: Path) -> int:
    """Train by Rasa, whose bars and warnings go to a log: what is printed are our own steps."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    log_path = chosen.var_dir / "log" / "train.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    steps = logging.StreamHandler(sys.stdout)
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
    if failure:
        print(f"{failure}: see {log_path}", file=sys.stderr)
        return 1
    print(f"{path} is trained")
    return 0


if __name__ == "__main__":
    sys.exit(main())
