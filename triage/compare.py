"""Sets what triage decided beside what people really did: what they answered, and where they moved the mail."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from desk.records import MailFate
from triage.decide import IGNORE, REPLY
from triage.message import Mail
from triage.policy import SEND, level
from triage.treat import SHADOW

_SHARE = 0.5  # of an approved text: from there on, a reply gives it
_TOGETHER = 3  # words
AGREES, DIFFERS, WAITS, SENT, ALONE = "agrees", "differs", "not answered yet", "answered by itself", "left alone"


@dataclass(frozen=True)
class Comparison:
    """One mail: the decision on it, whether people answered, with which entries' texts, and the queue they moved it to.

    `sent` says that the reply went out by itself. `agrees` is None where nobody has answered or moved it, as nobody is to do
    with one that was ignored.
    """

    number: str
    decision: str
    faq: tuple[str, ...]
    answered: bool
    gave: tuple[str, ...]
    moved_to: str | None
    agrees: bool | None
    sent: bool

    @property
    def became(self) -> str:
        """Whether what people did agrees with the decision, or why nobody did anything."""
        if self.agrees is not None:
            return AGREES if self.agrees else DIFFERS
        if self.decision == IGNORE:
            return ALONE
        return SENT if self.sent else WAITS


def compare(mails: Iterable[MailFate], sent: Iterable[Mail], entries: Mapping[str, Mapping[str, Any]]) -> Iterator[Comparison]:
    """The comparison for each decided mail with the first reply that people sent to it.

    A reply as triage would have made it gives the texts of the same entries; one to a mail left to a person may give any.
    """
    replies: dict[str, Mail] = {}
    for reply in sent:
        for reference in reply.references:
            replies.setdefault(reference, reply)
    for mail in mails:
        if mail.fate is not None:
            yield _compared(mail, mail.fate, replies.get(mail.message_id), entries)


def _compared(mail: MailFate, fate: Mapping[str, Any], reply: Mail | None, entries: Mapping[str, Any]) -> Comparison:
    gave = tuple(id_ for id_, entry in entries.items() if reply and _gives(reply.new_text, entry))
    agrees: bool | None = None
    if mail.moved_to is not None:
        agrees = mail.moved_to in (fate["queue"], fate["theme"])
    elif reply is not None:
        agrees = set(gave) == set(fate["faq"]) if fate["decision"] == REPLY else fate["decision"] != IGNORE
    sent = fate["policy"] == SEND and not fate.get(SHADOW)
    return Comparison(mail.number, fate["decision"], tuple(fate["faq"]), reply is not None, gave, mail.moved_to, agrees, sent)


def _gives(text: str, entry: Mapping[str, Any]) -> bool:
    said = _runs(text)
    wanted = [_runs(entry[name]) for name in ("answer", "mail") if entry.get(name)]
    return any(len(runs & said) >= _SHARE * len(runs) for runs in wanted if runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    """All runs of three words."""
    words = re.findall(r"\w+", level(text))
    return {tuple(words[n : n + _TOGETHER]) for n in range(len(words) - _TOGETHER + 1)}
