"""What must not be lost: the requests that customers confirmed, and the mails and portal calls still owed for them."""

from desk.desk import Desk
from desk.errors import (
    DeliveryError,
    DeskError,
    DeskUnavailable,
    InvalidRequest,
    MailRejected,
    MailUnavailable,
    NothingToRequeue,
    PortalRejected,
    PortalUnavailable,
    Rejected,
    Unavailable,
    UnknownRequest,
)
from desk.fields import is_address
from desk.records import Request

__all__ = [
    "DeliveryError",
    "Desk",
    "DeskError",
    "DeskUnavailable",
    "InvalidRequest",
    "MailRejected",
    "MailUnavailable",
    "NothingToRequeue",
    "PortalRejected",
    "PortalUnavailable",
    "Rejected",
    "Request",
    "Unavailable",
    "UnknownRequest",
    "is_address",
]
