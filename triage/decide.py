"""Decides who answers a mail: the approved texts, a person, or nobody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.language import SPANISH
from bot.result import ANSWER, DIALOGUE, OTHER_LANGUAGE, SMALLTALK, Need, Understanding
from triage.message import TICKET, Mail
from triage.policy import DRAFT, OFF, POLICIES, SEND, Policy, Words, words
from triage.tone import TONES, Tone, tone
from triage.trust import vouched

REPLY = "reply"
PERSON = "person"
IGNORE = "ignore"

ACTIONS = ("resend_confirmation", "reset_password")  # what can be carried out without a person
OURS = "ventanilla."  # how the Message-IDs of our replies begin
_ADDRESS = re.compile(r"\S@\S")


@dataclass(frozen=True)
class Decision:
    """What happens to a mail.

    `faq` are the entries to answer with, in the order asked, those that are prepared where a person answers; `policy` is
    off, draft or send, None where there is nothing to say; `queue` names the folder; `acts` says that the action is carried
    out with the reply; `only_quotes` counts the mails of which nothing was left without quotes; `outcome` is that of the
    understanding; `why` is for staff.
    """

    decision: str
    policy: str | None = None
    faq: tuple[str, ...] = ()
    action: str | None = None
    theme: str | None = None
    language: str = SPANISH
    queue: str = PERSON
    acts: bool = False
    only_quotes: bool = False
    outcome: str = ""
    why: str = field(kw_only=True)


@dataclass(frozen=True)
class Rules:
    """What decisions rest on besides the mail: our own addresses, the policy, the words, the tones, and the FAQ entries by id.

    `authserv_id` names the mail server whose word on the sender of a mail is taken; empty: none.
    """

    own: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)
    words: Words = field(default_factory=words)
    tone: Tone = field(default_factory=tone)
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    authserv_id: str = ""


def decide(mail: Mail, understanding: Understanding, rules: Rules, *, language: str = SPANISH) -> Decision:
    """The fate of a mail, of which `understanding` is what was understood, and `language` the one that it is written in."""
    if TICKET in mail.headers and _is_own(mail, rules):
        why = f"it is our own ticket {mail.headers[TICKET]!r}"
        return Decision(IGNORE, language=language, queue="ticket", why=why)
    if mail.returned.startswith(f"<{OURS}"):
        return Decision(PERSON, language=language, why="it says that a reply of ours was not delivered")
    if reason := "we sent it ourselves" if _is_own(mail, rules) else mail.auto:
        return Decision(IGNORE, language=language, queue=IGNORE, why=reason)
    needs = _needs(understanding)
    answered = [need for need in needs if _is_answered(need, rules)]
    if any(need.outcome == OTHER_LANGUAGE for need in needs):
        answered = []
    faq = tuple(dict.fromkeys(need.ranking[0].id for need in answered))
    action = next((need.action for need in needs if need.action), None)
    theme = next((need.theme for need in needs if need.theme), None)
    allowed = rules.policy.of([(need.ranking[0].id, need.risk) for need in answered]) if answered else None
    if reasons := _reasons(mail, needs, rules, language):
        policy = min(allowed, DRAFT, key=POLICIES.index) if allowed and language == SPANISH else None
        return Decision(PERSON, policy, faq, action, theme, language, only_quotes=mail.only_quotes, why="; ".join(reasons))
    reasons = [_answered(need) for need in needs]
    if allowed == SEND and mail.reply_to.lower() != mail.sender.lower():  # whoever writes could have us write to anybody
        allowed, reasons = DRAFT, [*reasons, "only a draft, for the reply would go to another address"]
    acts = allowed == SEND and action in ACTIONS and _is_of_sender(mail, understanding, rules)
    queue = PERSON if allowed == OFF or "open_ticket" in {need.action for need in answered} else REPLY
    return Decision(REPLY, allowed, faq, action, theme, language, queue, acts, why="; ".join(reasons))


def _needs(understanding: Understanding) -> list[Need]:
    """The needs that ask for something: a greeting, thanks or a yes beside another need do not."""
    asked = [need for need in understanding.needs if need.outcome != SMALLTALK]
    return [need for need in asked if need.outcome != DIALOGUE] or asked


def _reasons(mail: Mail, needs: Sequence[Need], rules: Rules, language: str) -> list[str]:
    """Why a person must see the mail; none where every need has its answer."""
    found = {
        f"the mail is damaged: {mail.broken}": bool(mail.broken),
        f"it is written in another language: {language}": language != SPANISH,
        f"something is attached: {', '.join(mail.attachments)}": bool(mail.attachments),
        "all of its text looks quoted": mail.only_quotes,
        "it answers a mail of ours": any(OURS in reference for reference in mail.references),
        f"its sender takes no replies: {mail.reply_to}": _takes_no_reply(mail, rules),
        "it asks for nothing, it is small talk": not needs,
    }
    reasons = [reason for reason, holds in found.items() if holds]
    reasons += [f"{TONES[name]}: {passage!r}" for name, passage in rules.tone.of(mail.said).items()]
    if said := rules.words.find("asunto_urgente", mail.subject):
        reasons.append(f"its subject is urgent: {said!r}")
    return reasons + [_unanswered(need, rules) for need in needs if not _is_answered(need, rules)]


def _is_own(mail: Mail, rules: Rules) -> bool:
    return bool(mail.sender) and mail.sender.lower() in rules.own


def _is_of_sender(mail: Mail, understanding: Understanding, rules: Rules) -> bool:
    """Whether the account concerned is the sender's, who is who the mail says."""
    named = {entity.value.lower() for entity in understanding.entities if entity.name == "email"}
    results = mail.headers.get("authentication-results", "")
    return named <= {mail.sender.lower()} and vouched(results, rules.authserv_id, mail.sender)


def _takes_no_reply(mail: Mail, rules: Rules) -> bool:
    return rules.words.begins("sin_respuesta", mail.reply_to.partition("@")[0])


def _is_answered(need: Need, rules: Rules) -> bool:
    return need.outcome == ANSWER and not _leads_back(need.ranking[0].id, rules)


def _leads_back(id_: str, rules: Rules) -> bool:
    """Whether the entry says to write a mail, and has no answer to one."""
    entry = rules.entries.get(id_, {})
    return not entry.get("mail") and bool(_ADDRESS.search(entry.get("answer", "")))


def _answered(need: Need) -> str:
    best = need.ranking[0]
    return f"{best.id} answers with {best.confidence:.0%}, risk {need.risk}{_words(need)}"


def _unanswered(need: Need, rules: Rules) -> str:
    if need.outcome == ANSWER:
        return f"{need.ranking[0].id} says to write a mail: give it a text for mails (`correo:`)"
    best = "".join(f", best entry {candidate.id} with {candidate.confidence:.0%}" for candidate in need.ranking[:1])
    return f"{need.label} is {need.outcome}{best}{_words(need)}"


def _words(need: Need) -> str:
    return f" ({', '.join(need.because)})" if need.because else ""
