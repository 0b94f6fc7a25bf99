"""Calls the customer portal over HTTP."""

from desk.errors import PortalRejected, PortalUnavailable
from desk.http import post
from desk.records import Delivery
from settings import Settings


class Portal:
    """The portal at `settings.portal_url`."""

    def __init__(self, settings: Settings) -> None:
        """Keep the address; nothing is opened before a call."""
        self._url = settings.portal_url.rstrip("/")
        self._timeout = settings.portal_timeout

    def send(self, delivery: Delivery) -> None:
        """Make the call that is owed.

        Raises:
            PortalUnavailable: the portal cannot be reached, does not answer in time, or says to come back later.
            PortalRejected: the portal refuses the call.
        """
        post(
            f"{self._url}/{delivery.payload['path']}",
            {"email": delivery.payload["email"]},
            timeout=self._timeout,
            unavailable=PortalUnavailable,
            rejected=PortalRejected,
            see="PORTAL_URL",
        )
