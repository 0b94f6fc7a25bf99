"""What can go wrong at the desk.

DeskError
├── InvalidRequest           what was submitted cannot be promised: ask the customer again
├── InvalidInteraction       what was said cannot be recorded: the caller errs
├── UnknownInteraction       the conversation has none of this number
├── DeskUnavailable          the database cannot be used: nothing was recorded, try again later
├── UnknownRequest           no request has this number
├── NothingToRequeue         the request has no dead delivery
└── DeliveryError
    ├── Unavailable          temporary: the delivery is tried again later
    │   ├── PortalUnavailable
    │   └── MailUnavailable
    └── Rejected             permanent: the delivery is dead
        ├── PortalRejected
        └── MailRejected
"""


class DeskError(Exception):
    """Any failure that the desk foresees."""


class InvalidRequest(DeskError, ValueError):
    """What was submitted cannot be promised; the message says which part, never its value."""


class InvalidInteraction(DeskError, ValueError):
    """What was said cannot be recorded; the message says which part, never its value."""


class UnknownInteraction(DeskError, LookupError):
    """The conversation has no interaction of this number."""


class DeskUnavailable(DeskError):
    """The database cannot be used now."""


class UnknownRequest(DeskError, LookupError):
    """No request has this number."""


class NothingToRequeue(DeskError, LookupError):
    """The request has no dead delivery."""


class DeliveryError(DeskError):
    """A delivery did not succeed."""


class Unavailable(DeliveryError):
    """The other side cannot take the delivery now, but may later."""


class PortalUnavailable(Unavailable):
    """The portal does not answer, or answers that it cannot now."""


class MailUnavailable(Unavailable):
    """The mail server does not answer, or answers that it cannot now."""


class Rejected(DeliveryError):
    """The other side will never take this delivery as it is."""


class PortalRejected(Rejected):
    """The portal refuses the call."""


class MailRejected(Rejected):
    """The mail server refuses the mail."""
