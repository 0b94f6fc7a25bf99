"""What can go wrong at the desk.

DeskError
├── InvalidRequest           what was submitted cannot be promised: ask the customer again
├── DeskUnavailable          the database cannot be written: nothing was recorded, try again later
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


class DeskUnavailable(DeskError):
    """The database cannot be written now."""


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
