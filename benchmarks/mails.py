"""`python -m benchmarks.mails`: the decision of triage on the labelled mails of `mails.jsonl`, with 95 % intervals.

Nothing is trained or chosen on these mails.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import settings
from bot import models
from bot.risk import interval
from triage.decide import PERSON, REPLY, Decision
from triage.judge import judge, rules_of
from triage.message import Mail
from triage.policy import Policy

MAILS = Path(__file__).parent / "mails.jsonl"


def decided(mails: Sequence[dict[str, Any]]) -> Iterator[Decision]:
    """The decision on each mail, which goes through the parser as a mail program would send it."""
    chosen = settings.from_env()
    model = models.load(chosen)
    rules = rules_of(chosen, Policy.read(chosen.mail_policy), model)
    for mail in mails:
        message = EmailMessage()
        message["From"], message["To"] = "Cliente <cliente@obra.example>", chosen.care_address
        message["Subject"], message["Message-ID"] = mail["subject"], f"<{mail['id']}@obra.example>"
        message.set_content(mail["text"])
        yield judge(Mail.from_bytes(message.as_bytes()), model, rules, mail["id"])


def figures(mails: Sequence[dict[str, Any]], decisions: Sequence[Decision]) -> dict[str, tuple[int, int]]:
    """The counts of each measure: how many, out of how many."""
    pairs = list(zip(mails, decisions))
    answerable = [(mail, decision) for mail, decision in pairs if mail["decision"] == REPLY]
    replies = [(mail, decision) for mail, decision in pairs if decision.decision == REPLY]
    refused = [decision for mail, decision in pairs if mail["decision"] == PERSON]
    return {
        "decision right": (sum(mail["decision"] == decision.decision for mail, decision in pairs), len(pairs)),
        "exact set of ids, of answerable mails": (sum(_ids(mail) == set(d.faq) for mail, d in answerable), len(answerable)),
        "exact set of ids, of automatic answers": (sum(_ids(mail) == set(d.faq) for mail, d in replies), len(replies)),
        "wrong automatic answers": (sum(not set(d.faq) <= _ids(mail) for mail, d in replies), len(replies)),
        "answers to what must not be answered": (sum(d.decision == REPLY for d in refused), len(refused)),
    }


def _ids(mail: dict[str, Any]) -> set[str]:
    return {label for label in mail["labels"] if label[0].isdigit()}


def main() -> None:
    """Print the figures; with `--each`, first the mails that were decided otherwise than they are labelled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mails", description=__doc__)
    parser.add_argument("--each", action="store_true", help="also the mails decided otherwise than they are labelled")
    each = parser.parse_args().each
    mails = [json.loads(line) for line in MAILS.read_text(encoding="utf-8").splitlines()]
    decisions = list(decided(mails))
    for mail, decision in zip(mails, decisions):
        if each and (decision.decision != mail["decision"] or set(decision.faq) != _ids(mail)):
            print(f"{mail['id']}  {','.join(mail['labels']):24}{decision.decision:8}{','.join(decision.faq):12}{decision.why}")
    for name, (count, trials) in figures(mails, decisions).items():
        low, high = interval(count, trials)
        print(f"{name:40}{count:4} of {trials:<4}{count / max(1, trials):6.1%}  [{low:.1%}, {high:.1%}]")


if __name__ == "__main__":
    main()
