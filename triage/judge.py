"""Reads a mail by the model and decides it; whatever fails on the way leaves the mail to a person."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parseaddr
from typing import Any, Protocol

from bot.language import SPANISH, language_of
from bot.result import OTHER_LANGUAGE, Understanding
from settings import Settings
from triage.decide import PERSON, Decision, Rules, decide
from triage.message import Mail
from triage.policy import Policy

logger = logging.getLogger(__name__)


class Understands(Protocol):
    """What understands texts, such as a `bot.model.Model`; its `manifest` holds the FAQ `entries` by id."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the model says of itself."""

    def understand(self, text: str) -> Understanding:
        """What a text asks for."""


def rules_of(settings: Settings, policy: Policy, model: Understands) -> Rules:
    """The rules for a mailbox: the addresses of the settings, and the entries of the model that answers."""
    own = {parseaddr(address)[1].lower() for address in (settings.mail_from, settings.care_address)}
    entries = model.manifest.get("entries", {})
    return Rules(tuple(sorted(own - {""})), policy, entries=entries, authserv_id=settings.trusted_authserv_id)


def judge(mail: Mail, model: Understands, rules: Rules, name: str) -> Decision:
    """The decision on a mail, which logs call by this name."""
    try:
        understanding = model.understand(mail.said)
        foreign = OTHER_LANGUAGE in {need.outcome for need in understanding.needs}
        decision = decide(mail, understanding, rules, language=language_of(mail.said) if foreign else SPANISH)
        return replace(decision, outcome=understanding.first.outcome)
    except Exception as error:  # the edge of the process: one mail must not stop the rest
        logger.exception("%s is left to a person", name)
        return Decision(PERSON, why=f"triage failed: {type(error).__name__}")
