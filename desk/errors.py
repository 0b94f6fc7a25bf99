"""What can go wrong at the desk.

DeskError
├── InvalidRequest           what was submitted cannot be promised: ask the customer again
├── TooMany                  more than one address, conversation or client may ask for: nothing was recorded
├── InvalidAttachment        the file is too large or of a kind that is not taken
├── UnknownAttachment        the conversation has no file of this number that waits
├── InvalidIncident          the incident cannot begin as it was told
├── InvalidReview            what a person says of messages cannot be kept
├── AlreadyReviewed          another person was quicker with the same message
├── InvalidInteraction       what was said cannot be recorded: the caller errs
├── UnknownInteraction       the conversation has none of this number
├── DeskUnavailable          the database cannot be used: nothing was recorded, try again later
├── UnknownRequest           no request has this number
├── NothingToRequeue         the request has no dead delivery
└── DeliveryError
    ├── Unavailable          temporary: the delivery is tried again later
    │   ├── PortalUnavailable
    │   ├── HelpDeskUnavailable
    │   └── MailUnavailable
    └── Rejected             permanent: the delivery is dead
        ├── PortalRejected
        ├── HelpDeskRejected
        └── MailRejected
"""


class DeskError(Exception):
    """Any failure that the desk foresees."""


class InvalidRequest(DeskError, ValueError):
    """What was submitted cannot be promised; the message says which part, never its value."""


class TooMany(DeskError):
    """The limit of an address, a conversation or a client is reached; the message says which, never its value."""


class InvalidAttachment(DeskError, ValueError):
    """The file cannot be taken; the message says why."""


class UnknownAttachment(DeskError, LookupError):
    """The conversation has no file of this number that waits for a request."""


class InvalidIncident(DeskError, ValueError):
    """The incident cannot begin as it was told; the message says why."""


class InvalidInteraction(DeskError, ValueError):
    """What was said cannot be recorded; the message says which part, never its value."""


class InvalidReview(DeskError, ValueError):
    """What a person says of messages cannot be kept; the message says what was expected."""


class AlreadyReviewed(DeskError):
    """Another person was quicker; the message says who."""


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


class HelpDeskUnavailable(Unavailable):
    """The help desk does not answer, or answers that it cannot now."""


class MailUnavailable(Unavailable):
    """The mail server does not answer, or answers that it cannot now."""


class Rejected(DeliveryError):
    """The other side will never take this delivery as it is."""


class PortalRejected(Rejected):
    """The portal refuses the call."""


class HelpDeskRejected(Rejected):
    """The help desk refuses the ticket."""


class MailRejected(Rejected):
    """The mail server refuses the mail."""
