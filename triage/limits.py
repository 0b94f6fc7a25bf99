"""Holds answers back: what the desk knows of earlier ones, and of an incident, outweighs what a mail alone allows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from desk import Desk
from triage.decide import PERSON, REPLY, Decision
from triage.message import Mail
from triage.policy import DRAFT, OFF, Policy, level

_NEAREST = 50  # mails of a thread that are looked for


def limited(decision: Decision, mail: Mail, policy: Policy, desk: Desk) -> Decision:
    """The decision, or that a person decides: where the sender had answers enough, a thread goes on, or something is broken.

    Raises:
        DeskUnavailable: the database cannot be read.
    """
    if decision.policy in (None, OFF):
        return decision
    if reasons := list(_enough(mail, policy, desk)):
        return replace(_to_person(decision, reasons), policy=None)
    if decision.decision == REPLY and desk.wrote_of(mail.reply_to, mail.references[-_NEAREST:]):
        decision = replace(_to_person(decision, ["its sender wrote in this thread before"]), policy=DRAFT)
    if incident := desk.incident():
        prepared = None if set(decision.faq) & set(incident.suspended) else DRAFT
        if decision.decision == REPLY or prepared is None:
            return replace(_to_person(decision, ["there is an incident"]), policy=prepared)
    return decision


def thread_of(mail: Mail) -> str:
    """What holds the mails of a thread together, also where a responder leaves out References: the bare subject."""
    return level(mail.bare_subject)


def _enough(mail: Mail, policy: Policy, desk: Desk) -> Iterator[str]:
    if desk.was_answered(mail.reply_to, level(mail.said)):
        yield "the same words were answered already"
    for minutes, most in policy.limits.items():
        if desk.answers_to(mail.reply_to, timedelta(minutes=minutes)) >= most:
            yield f"its sender had {most} replies within {minutes} minutes"
    for minutes, most in policy.thread_limits.items():
        if desk.answers_to(mail.reply_to, timedelta(minutes=minutes), thread_of(mail)) >= most:
            yield f"its thread had {most} replies within {minutes} minutes"


def _to_person(decision: Decision, reasons: list[str]) -> Decision:
    return replace(decision, decision=PERSON, queue=PERSON, acts=False, why="; ".join([*reasons, decision.why]))
