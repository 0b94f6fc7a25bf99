"""Reads a mail by the model and decides it; whatever fails on the way leaves the mail to a person."""

import logging
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, Protocol

from bot.language import language_of
from bot.result import Understanding
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
    return Rules(tuple(sorted(own - {""})), policy, entries=model.manifest.get("entries", {}))


def judge(mail: Mail, model: Understands, rules: Rules, name: str) -> Decision:
    """The decision on a mail, which logs call by this name."""
    try:
        return decide(mail, model.understand(mail.said), rules, language=language_of(mail.new_text))
    except Exception as error:  # the edge of the process: one mail must not stop the rest
        logger.exception("%s is left to a person", name)
        return Decision(PERSON, why=f"triage failed: {type(error).__name__}")
