"""Finds requests, and what is owed, by the number that customers and staff call them."""

import re
from typing import Any

from sqlalchemy.orm import Session

from desk.errors import UnknownRequest
from desk.records import Delivery, MailFate, Request

_NUMBER = re.compile(r"V-\d{4}-(\d{6,9})", re.ASCII)
_MAIL_NUMBER = re.compile(r"M-\d{4}-(\d{6,9})", re.ASCII)


def id_of(number: str) -> int | None:
    """The id within a request's number, None if it is none."""
    match = _NUMBER.fullmatch(number)
    return int(match[1]) if match else None


def found(session: Session, number: str) -> Request:
    """The request of this number.

    Raises:
        UnknownRequest: there is none.
    """
    id_ = id_of(number)
    request = session.get(Request, id_) if id_ is not None else None
    if request is None or request.number != number:
        raise UnknownRequest(f"expected the number of a request, such as V-2026-000007, got {number!r}")
    return request


def is_of_mail(number: str) -> bool:
    """Whether this is how the number of a mail begins."""
    return number.startswith("M-")


def found_mail(session: Session, number: str) -> MailFate:
    """The mail of this number.

    Raises:
        UnknownRequest: there is none.
    """
    match = _MAIL_NUMBER.fullmatch(number)
    mail = session.get(MailFate, int(match[1])) if match else None
    if mail is None or mail.number != number:
        raise UnknownRequest(f"expected the number of a mail, such as M-2026-000007, got {number!r}")
    return mail


def of_number(session: Session, number: str) -> Any:
    """The condition for the deliveries of this request or mail.

    Raises:
        UnknownRequest: there is none.
    """
    if not is_of_mail(number):
        return Delivery.request_id == found(session, number).id
    return Delivery.mail_id == found_mail(session, number).id
