"""Checks what a request may hold before it is promised."""

from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email

from desk.errors import InvalidRequest
from desk.mask import without_secrets

PORTAL_PATHS = {"resend_confirmation": "confirm", "reset_password": "reset"}
OPEN_TICKET = "open_ticket"
KINDS = (*PORTAL_PATHS, OPEN_TICKET)
FIELDS = (
    "asunto", "nombre", "empresa", "email", "contacto", "cuenta", "correo_nuevo", "detalle", "numero_serie", "campo"
)  # fmt: skip
ADDRESSES = ("contacto", "correo_nuevo", "email")  # in the order in which they are fit for a reply


def checked(kind: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields in a form that is safe to store and to send.

    Raises:
        InvalidRequest: the kind or a field's name is unknown, an address is none, or a portal call has no address.
    """
    if kind not in KINDS:
        raise InvalidRequest(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}")
    if unknown := sorted(fields.keys() - set(FIELDS)):
        raise InvalidRequest(f"fields: expected some of {', '.join(FIELDS)}, got {', '.join(unknown)}")
    if kind in PORTAL_PATHS and "email" not in fields:
        raise InvalidRequest(f"fields: {kind} expects email, got none: ask the customer for it")
    return {name: _value(name, value) for name, value in fields.items()}


def addresses(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that hold an e-mail address, in small letters."""
    return {name: value.casefold() for name, value in fields.items() if name in ADDRESSES or _is_account_address(name, value)}


def reply_address(fields: Mapping[str, str]) -> str | None:
    """Where the customer reads what we write, None if that was not told."""
    return next((fields[name] for name in ADDRESSES if name in fields), None)


def is_address(text: str) -> bool:
    """Whether the text is an address that a request may hold."""
    try:
        _address("", text)
    except InvalidRequest:
        return False
    return True


def storable(text: str) -> str:
    """The text with a replacement character for what PostgreSQL or UTF-8 cannot hold: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _value(name: str, value: str) -> str:
    if name in ADDRESSES:
        return _address(name, value)
    return without_secrets(storable(value)) if name == "detalle" else storable(value)


def _is_account_address(name: str, value: str) -> bool:
    return name == "cuenta" and is_address(value)


def _address(name: str, value: str) -> str:
    try:
        # As strict as the portal; a mail server may not know SMTPUTF8, so the address is kept in ASCII.
        valid = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        # From None: the validator's own message quotes what the customer wrote.
        raise InvalidRequest(f"{name}: expected an e-mail address in ASCII: ask the customer again") from None
    return valid.ascii_email or valid.normalized
