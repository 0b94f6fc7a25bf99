"""Where tickets go: a mailbox, or another help desk over HTTP."""

import base64
from pathlib import Path
from typing import Any, Protocol

from desk.errors import HelpDeskRejected, HelpDeskUnavailable
from desk.http import post
from desk.mail import Mailer
from desk.records import Delivery
from settings import Settings

TIMEOUT = 30  # seconds


class HelpDesk(Protocol):
    """What takes the tickets of customers, and what they add to them."""

    def send(self, delivery: Delivery) -> None:
        """Hand over `delivery.payload["ticket"]` with its attachments; `delivery.message_id` is the same at each attempt.

        Raises:
            Unavailable: it cannot take the ticket now.
            Rejected: it refuses this ticket.
        """


class HttpHelpDesk:
    """A help desk that takes each ticket as one JSON object by POST.

    The object is the ticket of the mail's attachment, with `attachments`: name, type and content in base64. The header
    `Idempotency-Key` tells a second attempt from a second ticket, `Authorization` bears `TICKETS_TOKEN`.
    """

    def __init__(self, settings: Settings) -> None:
        """Keep the address; nothing is opened before a ticket is sent.

        Raises:
            ValueError: `TICKETS_URL` is none.
        """
        if not settings.tickets_url.startswith(("http://", "https://")):
            raise ValueError("TICKETS_URL: expected http://… or https://… for TICKETS=http, got something else or nothing")
        self._url = settings.tickets_url
        self._token = settings.tickets_token
        self._folder = settings.attachments_dir

    def send(self, delivery: Delivery) -> None:
        """Post the ticket.

        Raises:
            HelpDeskUnavailable: no answer, or one that may change.
            HelpDeskRejected: it refuses this ticket, or an attachment is missing.
        """
        attached = [self._encoded(file) for file in delivery.payload["attachments"]]
        headers = {"Idempotency-Key": delivery.message_id}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        post(
            self._url,
            {**delivery.payload["ticket"], "attachments": attached},
            timeout=TIMEOUT,
            unavailable=HelpDeskUnavailable,
            rejected=HelpDeskRejected,
            see="TICKETS_URL",
            headers=headers,
        )

    def _encoded(self, file: dict[str, Any]) -> dict[str, str]:
        path: Path = self._folder / file["file"]
        try:
            content = base64.b64encode(path.read_bytes()).decode()
        except FileNotFoundError as error:
            raise HelpDeskRejected(f"expected {path.name} in ATTACHMENTS_DIR, found none: restore it, then requeue") from error
        return {"name": file["name"], "type": file["type"], "content": content}


_KINDS: dict[str, Any] = {"mail": Mailer, "http": HttpHelpDesk}


def help_desk(settings: Settings) -> HelpDesk:
    """The one that the settings choose.

    Raises:
        ValueError: they choose none, or its address cannot be used.
    """
    if settings.tickets not in _KINDS:
        raise ValueError(f"TICKETS: expected one of {', '.join(_KINDS)}, got {settings.tickets!r}")
    chosen: HelpDesk = _KINDS[settings.tickets](settings)
    return chosen
