"""What a request asks for: how each value is read out of a message. Pure, without rasa."""

import re
from collections.abc import Iterable, Mapping

from actions.said import Said

ADDRESSES = ("email", "contacto", "correo_nuevo")
FIELDS = (*ADDRESSES, "cuenta", "numero_serie", "campo", "numero", "error", "prioridad", "detalle")
CONFIRMED = "confirmado"
YES = "sí"

_ACCOUNT = re.compile(r"^[\w.+-]{2,64}$")
_WORD = re.compile(r"\w{2,}")
_NUMBER = re.compile(r"\bv\W?(\d{4})\W?(\d{6,9})\b", re.IGNORECASE | re.ASCII)
_NEW = re.compile(r"\b(?:nuev[oa]|ahora|actual)\b[^@]*$", re.IGNORECASE)


def read(field: str, said: Said) -> str | None:
    """The value of this field in the message, None where there is none."""
    if field in ADDRESSES:
        return next(iter(said.addresses), None)
    if field == "cuenta":
        return said.value("usuario") or next(iter(said.addresses), None) or _alone(said)
    if field == "numero_serie":
        return said.value("numero_serie").upper() or None
    if field == "numero":
        match = _NUMBER.search(said.text)
        return f"V-{match[1]}-{match[2]}" if match else None
    if said.courtesy or said.person:
        return None
    return said.text.strip() if _WORD.search(said.text) else None


def told(fields: Iterable[str], said: Said) -> dict[str, str]:
    """The values of these fields that stand in a message which was not asked for them, each address used once."""
    fields = list(fields)
    found: dict[str, str] = {}
    for name in ("numero_serie", "numero"):
        if name in fields and (value := read(name, said)):
            found[name] = value
    if "cuenta" in fields and (user_name := said.value("usuario")):
        found["cuenta"] = user_name
    places = [name for name in fields if name in (*ADDRESSES, "cuenta") and name not in found]
    for address in said.addresses:
        new = "correo_nuevo" in places and _NEW.search(said.text[: said.text.find(address)])
        place = "correo_nuevo" if new else next(iter(places), None)
        if place:
            found[place] = address
            places.remove(place)
    return found


def missing(fields: Iterable[str], values: Mapping[str, str | None]) -> str | None:
    """The first of these fields that has no value yet."""
    return next((name for name in fields if not values.get(name)), None)


def last(fields: Iterable[str], names: Iterable[str], values: Mapping[str, str | None]) -> str | None:
    """The last of these fields that has one of these names and a value."""
    wanted = set(names)
    return next((name for name in reversed(list(fields)) if name in wanted and values.get(name)), None)


def _alone(said: Said) -> str | None:
    """A word by itself is a user name, unless it is one that people say to us."""
    text = said.text.strip()
    return text if _ACCOUNT.match(text) and not said.courtesy and not said.person else None
