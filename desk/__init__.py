"""What must not be lost: what was said, what was promised to customers, and the mails and portal calls still owed for it.

`Desk(settings)` is the one door. It keeps no state but the database, so any number of processes may have one.

Interactions, of all three mouths: chat, mail and agents
    record(channel, conversation, text, outcome=…, …)   keep a turn, mail or look-up; the text is masked
    recorded(conversation, client_id)                   what was replied to this message of the client already, or None
    turns(conversation)                                 the transcript, oldest first
    feedback(conversation, interaction_id, helpful=…)   whether the answer helped
    erase(conversation)                                 delete what was said; what was promised stays

Requests
    submit(key, kind, fields=…, …)                      record a confirmed request and what is owed for it, once per key
    request(number)                                     the request
    undelivered(), requeue(number)                      what is owed, and a new try for what failed

Every verb raises `DeskUnavailable` where the database cannot be used, and has then changed nothing; `desk.errors` draws all
errors. `mask` and `without_secrets` take out of a text what must not be stored.
"""

from desk.desk import Desk
from desk.errors import (
    DeliveryError,
    DeskError,
    DeskUnavailable,
    InvalidInteraction,
    InvalidRequest,
    MailRejected,
    MailUnavailable,
    NothingToRequeue,
    PortalRejected,
    PortalUnavailable,
    Rejected,
    Unavailable,
    UnknownInteraction,
    UnknownRequest,
)
from desk.fields import is_address
from desk.mask import mask, without_secrets
from desk.records import Interaction, Request

__all__ = [
    "DeliveryError",
    "Desk",
    "DeskError",
    "DeskUnavailable",
    "Interaction",
    "InvalidInteraction",
    "InvalidRequest",
    "MailRejected",
    "MailUnavailable",
    "NothingToRequeue",
    "PortalRejected",
    "PortalUnavailable",
    "Rejected",
    "Request",
    "Unavailable",
    "UnknownInteraction",
    "UnknownRequest",
    "is_address",
    "mask",
    "without_secrets",
]
