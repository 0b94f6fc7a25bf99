"""Calls the customer portal over HTTP."""

import requests

from desk.errors import PortalRejected, PortalUnavailable
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
        path, email = delivery.payload["path"], delivery.payload["email"]
        status = self._post(path, {"email": email})
        if 200 <= status < 300:
            return
        permanent = 400 <= status < 500 and status != requests.codes.too_many_requests
        error = PortalRejected if permanent else PortalUnavailable
        raise error(f"POST /{path}: expected 2xx, got {status}: look at the portal's log, check PORTAL_URL")

    def _post(self, path: str, body: dict[str, str]) -> int:
        try:
            with requests.post(
                f"{self._url}/{path}",
                json=body,
                timeout=self._timeout,
                allow_redirects=False,  # it would be followed as a GET, whose 200 means nothing
                stream=True,  # the status is the answer, whatever follows and however slowly
            ) as response:
                return response.status_code
        except requests.RequestException as error:
            name = type(error).__name__
            raise PortalUnavailable(
                f"POST /{path}: expected an answer within {self._timeout} s, got {name}: "
                "see whether the portal runs, check PORTAL_URL"
            ) from error
