"""A stand-in customer portal with real accounts, confirmation and reset mails, and a mailbox to look into."""

from dataclasses import dataclass

DEMO_PASSWORD = "ventanilla-demo"  # noqa: S105 - meant to be known: the launcher prints it


@dataclass(frozen=True)
class Account:
    """An account that the portal has from the start; its password is `DEMO_PASSWORD`."""

    username: str
    email: str
    confirmed: bool


DEMO_ACCOUNTS = (
    Account("ana", "ana@example.com", confirmed=True),
    Account("luis", "luis@example.com", confirmed=False),
)
