"""Finds requests by the number that customers and agents call them."""

import re

from sqlalchemy.orm import Session

from desk.errors import UnknownRequest
from desk.records import Request

_NUMBER = re.compile(r"V-\d{4}-(\d{6,9})", re.ASCII)


def found(session: Session, number: str) -> Request:
    """The request of this number.

    Raises:
        UnknownRequest: there is none.
    """
    match = _NUMBER.fullmatch(number)
    request = session.get(Request, int(match[1])) if match else None
    if request is None or request.number != number:
        raise UnknownRequest(f"expected the number of a request, such as V-2026-000007, got {number!r}")
    return request
