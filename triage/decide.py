"""Decides who answers a mail: the approved texts, a person, or nobody."""

from dataclasses import dataclass, field

from bot.result import ANSWER, SMALLTALK, Need, Understanding
from triage.message import TICKET, Mail

REPLY = "reply"
PERSON = "person"
IGNORE = "ignore"


@dataclass(frozen=True)
class Decision:
    """What happens to a mail: `faq` are the entries to answer with, in the order asked; `why` is for staff."""

    decision: str
    faq: tuple[str, ...] = ()
    action: str | None = None
    theme: str | None = None
    why: str = field(kw_only=True)


def decide(mail: Mail, understanding: Understanding, *, own: str) -> Decision:
    """The fate of a mail, of which `understanding` is what was understood; `own` is the address that we send from."""
    if reason := _not_for_us(mail, own):
        return Decision(IGNORE, why=reason)
    needs = [need for need in understanding.needs if need.outcome != SMALLTALK]
    action = next((need.action for need in needs if need.action), None)
    theme = next((need.theme for need in needs if need.theme), None)
    if mail.broken:
        return Decision(PERSON, action=action, theme=theme, why=f"the mail is damaged: {mail.broken}")
    unanswered = [need for need in needs if need.outcome != ANSWER]
    if unanswered or not needs:
        why = "; ".join(map(_unanswered, unanswered)) or "it asks for nothing, it is small talk"
        return Decision(PERSON, action=action, theme=theme, why=why)
    faq = tuple(dict.fromkeys(need.ranking[0].id for need in needs))
    return Decision(REPLY, faq, action, theme, why="; ".join(map(_answered, needs)))


def _not_for_us(mail: Mail, own: str) -> str | None:
    if TICKET in mail.headers:
        return f"it is our own ticket {mail.headers[TICKET]!r}"
    if mail.sender and mail.sender.lower() == own.lower():
        return "we sent it ourselves"
    return mail.auto


def _answered(need: Need) -> str:
    best = need.ranking[0]
    return f"{best.id} answers with {best.confidence:.0%}, risk {need.risk}{_words(need)}"


def _unanswered(need: Need) -> str:
    best = "".join(f", best entry {candidate.id} with {candidate.confidence:.0%}" for candidate in need.ranking[:1])
    return f"{need.label} is {need.outcome}{best}{_words(need)}"


def _words(need: Need) -> str:
    return f" ({', '.join(need.because)})" if need.because else ""
