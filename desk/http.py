"""Posts JSON, and says of each answer whether to come back."""

from typing import Any

import requests

from desk.errors import Rejected, Unavailable

_COME_BACK = (requests.codes.request_timeout, requests.codes.too_early, requests.codes.too_many_requests)


def post(
    url: str,
    body: dict[str, Any],
    *,
    timeout: float,
    unavailable: type[Unavailable],
    rejected: type[Rejected],
    see: str,
    headers: dict[str, str] | None = None,
) -> None:
    """Return once the other side took the body; `see` tells in errors which setting holds the address.

    Raises:
        Unavailable: `unavailable`, if there is no answer in time, one that may change, or a page for people.
        Rejected: `rejected`, if the body is refused.
    """
    path = f"/{url.rpartition('/')[2]}"
    try:
        with requests.post(
            url,
            json=body,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,  # it would be followed as a GET, whose 200 means nothing
            stream=True,  # the status is the answer, whatever follows and however slowly
        ) as response:
            status, kind = response.status_code, response.headers.get("Content-Type", "")
    except requests.RequestException as error:
        name = type(error).__name__
        reason = f"POST {path}: expected an answer within {timeout} s, got {name}: see whether it runs, check {see}"
        raise unavailable(reason) from error
    if not 200 <= status < 300:
        failure = rejected if 400 <= status < 500 and status not in _COME_BACK else unavailable
        raise failure(f"POST {path}: expected 2xx, got {status}: look at its log, check {see}")
    if kind.startswith("text/html"):  # a page for people, as of a repair or a sign-in: who shows it has not read the body
        raise unavailable(f"POST {path}: expected an answer to a program, got {status} with a page: see what stands at {see}")
