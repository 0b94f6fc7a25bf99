"""`python -m benchmarks.mails`: the decision of triage on the labelled mails of `mails.jsonl`, with 95 % intervals.

Nothing is trained on these mails. The errors on those of the first author were looked into to mend rules; those of the others
were never looked into, so they are told apart; and of these, those of two authors who had seen some of the messages that the
model learns from, those of four who wrote mails of two needs only, and those of four who wrote last, each as ten people would.
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
_LOOKED_INTO, _SAW_MESSAGES, _OTHERS = "looked into", "by authors who saw messages", "never looked into"
_TWO_NEEDS, _LAST = "of two needs each", "never looked into, written last"
_GROUPS = {  # of these authors
    "T1": _LOOKED_INTO,
    **dict.fromkeys(("T22", "T23"), _SAW_MESSAGES),
    **dict.fromkeys(("T26", "T27", "T28", "T29"), _TWO_NEEDS),
    **dict.fromkeys(("T30", "T31", "T32", "T33"), _LAST),
}


def decided(mails: Sequence[dict[str, Any]]) -> Iterator[Decision]:
    """The decision on each mail, which goes through the parser as a mail program would send it."""
    chosen = settings.or_exit()
    model = models.load(chosen)
    rules = rules_of(chosen, Policy.read(chosen.mail_policy), model)
    for mail in mails:
        message = EmailMessage()
        message["From"], message["To"] = "Cliente <cliente@obra.example>", chosen.care_address
        message["Subject"], message["Message-ID"] = mail["subject"], f"<{mail['id']}@obra.example>"
        message.set_content(mail["text"])
        yield judge(Mail.from_bytes(message.as_bytes()), model, rules, mail["id"])


def figures(pairs: Sequence[tuple[dict[str, Any], Decision]]) -> dict[str, tuple[int, int]]:
    """The counts of each measure on mails with their decisions: how many, out of how many."""
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
    """Print the figures; with `--each`, first the mails looked into that were decided otherwise than they are labelled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mails", description=__doc__)
    parser.add_argument("--each", action="store_true", help="also the mails looked into that were decided otherwise")
    each = parser.parse_args().each
    mails = [json.loads(line) for line in MAILS.read_text(encoding="utf-8").splitlines()]
    pairs = list(zip(mails, decided(mails)))
    groups: dict[str, list[tuple[dict[str, Any], Decision]]] = {}
    for mail, decision in pairs:
        groups.setdefault(_GROUPS.get(mail["author"], _OTHERS), []).append((mail, decision))
    for mail, decision in groups[_LOOKED_INTO]:
        if each and (decision.decision != mail["decision"] or set(decision.faq) != _ids(mail)):
            print(f"{mail['id']}  {','.join(mail['labels']):24}{decision.decision:8}{','.join(decision.faq):12}{decision.why}")
    for name, chosen in {**groups, "all": pairs}.items():
        print(f"{name}: {len(chosen)} mails of {len({mail['author'] for mail, _ in chosen})} voices")
        for measure, (count, trials) in figures(chosen).items():
            low, high = interval(count, trials)
            print(f"  {measure:40}{count:4} of {trials:<4}{count / max(1, trials):6.1%}  [{low:.1%}, {high:.1%}]")


if __name__ == "__main__":
    main()
