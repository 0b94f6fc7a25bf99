"""`python -m bot`: the models that were trained, which of them answers, what agents propose, and the assistant itself."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import settings
from bot import models, promotions, proposals


def listing(_: argparse.Namespace) -> None:
    """Print the models, latest first: name, state, when trained, the FAQ's hash, figures on the held-back messages."""
    chosen = settings.or_exit()
    current, back = promotions.promoted(chosen), promotions.taken_back(chosen)
    known = {one.model: one for one in promotions.record(chosen)}
    paths = sorted(chosen.models_dir.glob("ventanilla-*.tar.gz"), key=lambda path: -path.stat().st_mtime)
    for path in paths:
        state = "current" if path == current else "taken back" if path.name in back else "before" if path.name in known else "-"
        if path == models.fitting(chosen):
            state += ", of the present data"
        trained = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
        row = (path.name, state, f"{trained:%Y-%m-%d %H:%M}", f"FAQ {models.manifest(path)['version']}", _figures(chosen, path))
        print(*row, sep="\t")


def promote(arguments: argparse.Namespace) -> None:
    """Make a model the one to answer by, if the gate lets it pass or is overruled."""
    chosen = settings.or_exit()
    path = chosen.models_dir / arguments.name
    if not path.exists():
        raise promotions.NotPromoted(f"{path} does not exist: see `python -m bot models list`")
    from bot import gate

    found = gate.against(chosen, path)
    if found and not arguments.force:
        raise promotions.NotPromoted("\n".join([f"{path.name} is REFUSED:", *found, "overrule this with --force"]))
    promotions.promote(chosen, path, promotions.FORCE if found else promotions.GATE)
    print(f"{path.name} is promoted" + ("; OVERRULED: " + "; ".join(found) if found else ""))


def rollback(_: argparse.Namespace) -> None:
    """Make the model that was promoted before the one to answer by again."""
    print(f"{promotions.roll_back(settings.or_exit()).name} is promoted again; `make train` leaves it so until the data changes")


def export(_: argparse.Namespace) -> None:
    """Print what agents propose as a patch; what it does not hold yet is named beside it."""
    patch, waiting = proposals.export(settings.or_exit())
    print(patch, end="")
    for line in waiting:
        print(f"not in the patch: {line}", file=sys.stderr)


def serve(arguments: argparse.Namespace) -> None:
    """Become Rasa with the model to answer by, which a restart reads anew."""
    chosen = settings.or_exit()
    command = ["rasa", "run", "--model", str(promotions.running(chosen)), "--enable-api", f"--auth-token={chosen.bot_secret}"]
    command += ["--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]
    command += ["-i", chosen.host, "-p", str(arguments.port or chosen.rasa_port)]
    os.chdir(settings.ROOT)
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; 1 if it cannot be done, said in a line."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except (promotions.NotPromoted, models.NoModel, proposals.NoProposals, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _figures(chosen: settings.Settings, path: Path) -> str:
    from bot import gate

    kept = gate.figures_of(chosen, path)
    return gate.line(json.loads(kept.read_text())["figures"]) if kept.exists() else "not measured"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True)
    of_models = commands.add_parser("models", help="what was trained, and what is promoted").add_subparsers(required=True)
    of_models.add_parser("list", help="show the models and their figures").set_defaults(command=listing)
    promoting = of_models.add_parser("promote", help="answer by this model from now on, if it passes the gate")
    promoting.add_argument("name", help="as `list` shows it")
    promoting.add_argument("--force", action="store_true", help="even if it does not pass")
    promoting.set_defaults(command=promote)
    of_models.add_parser("rollback", help="answer by the model that was promoted before").set_defaults(command=rollback)
    of_proposals = commands.add_parser("proposals", help="what agents decided and would change").add_subparsers(required=True)
    exporting = of_proposals.add_parser("export", help="print it as a patch for `git apply`")
    exporting.set_defaults(command=export)
    serving = commands.add_parser("serve", help="run Rasa with the promoted model")
    serving.add_argument("--port", type=int, help="RASA_PORT unless told")
    serving.set_defaults(command=serve)
    return parser


if __name__ == "__main__":
    sys.exit(main())
