"""What a request asks for: how each value is read out of a message. Pure, without rasa."""

import re
from collections.abc import Iterable, Mapping

from actions import identity, serial
from actions.said import Said

ADDRESSES = ("email", "contacto", "correo_nuevo")
SUBJECT = "asunto"  # told by the entry, not by the customer
FIELDS = (
    SUBJECT, "nombre", "empresa", *ADDRESSES, "cuenta", "numero_serie", "campo", "numero", "error", "urgente", "detalle"
)  # fmt: skip
TEXTS = ("campo", "error", "detalle")
CONFIRMED = "confirmado"
YES = "sí"
NO = "no"

_ACCOUNT = re.compile(r"^[\w.+-]{2,64}$")
_WORD = re.compile(r"\w{2,}")
_NUMBER = re.compile(r"\bv\W?(\d{4})(?:\W?(?=\d{6})|\W)(\d{1,9})\b", re.IGNORECASE | re.ASCII)
_NEW = re.compile(r"\b(?:nuev[oa]|ahora|actual)\b[^@]*$", re.IGNORECASE)
_URGENT = re.compile(
    r"\burge(?:n\w+)?\b|\b(?:corre|tengo|con|mucha) prisa\b|\bcuanto antes\b|\blo antes posible\b|\binmediat\w+|"
    r"\ba la brevedad\b|\b(?:lo|la|me|hace) (?:necesito|necesita|urge|falta|hace falta)\w*\b.*\b(?:hoy|ya|ahora|manana)\b|"
    r"\bpara (?:hoy|ya|manana)\b"
)
_NOT_URGENT = re.compile(
    r"\bno (?:me |nos |es |hay |tengo |corre |hay ninguna )*(?:muy |tan |nada )*(?:urg\w+|prisa)|\bsin (?:urgencia|prisa)|"
    r"\bme da igual\b|^\W*normal\W*$|\bpuede esperar|\bcuando puedan\b"
)
_PART = r"(?:el |la |mi |los |las |mis |el campo |del |de la )"
_REFUSED = re.compile(
    rf"\bno (?:me |nos |se )*(?:acepta|admite|toma|reconoce|valida|deja (?:poner|escribir|meter|introducir)|permite "
    rf"(?:poner|escribir|introducir))\w* {_PART}+(?P<a>.+?)(?=[.,;!?]| y | porque | pero |$)|"
    rf"\b(?:rechaza|error (?:en|con)) {_PART}+(?P<b>.+?)(?=[.,;!?]| y | porque | pero |$)|"
    rf"\b{_PART}(?!formulario|p[aá]gina|web|portal|sistema)(?P<c>(?:\w+ ){{0,3}}?\w+?) no (?:me )?(?:lo |la )?(?:acepta|admite|"
    r"es v[aá]lid[oa]|vale\b|toma)",
    re.IGNORECASE,
)
_MOST_OF_A_FIELD = 5


def read(field: str, said: Said) -> str | None:
    """The value of this field in the message, None where there is none."""
    if field in ADDRESSES:
        return next(iter(said.addresses), None)
    if field == "cuenta":
        return said.value("usuario") or next(iter(said.addresses), None) or _alone(said)
    if field == "numero_serie":
        return serial.right(said) or None
    if field == "numero":
        match = _NUMBER.search(said.text)
        return f"V-{match[1]}-{match[2]:0>6}" if match else None
    if field == "urgente":
        return {"afirmar": YES, "negar": NO}.get(said.intent) or urgency(said)
    if field in ("nombre", "empresa") and identity.declines(said.text):
        return said.text.strip()
    if field == "empresa":
        return (identity.company_in if said.person else identity.company)(said.text) or None
    if field == "nombre":
        return (identity.name_in if said.courtesy or said.person else identity.name)(said.text) or None
    if said.courtesy or said.person:
        return None
    return said.text.strip() if _WORD.search(said.text) else None


def told(fields: Iterable[str], said: Said) -> dict[str, str]:
    """The values of these fields that stand in a message which was not asked for them, each address used once."""
    if said.pressed:
        return {}
    fields = list(fields)
    given = {
        "numero_serie": read("numero_serie", said),
        "numero": read("numero", said),
        "cuenta": said.value("usuario"),
        "nombre": identity.name_in(said.text),
        "empresa": identity.company_in(said.text),
        "urgente": urgency(said),
        "campo": refused(said),
    }
    found = {name: value for name, value in given.items() if name in fields and value}
    places = [name for name in fields if name in (*ADDRESSES, "cuenta") and name not in found]
    for address in said.addresses:
        new = "correo_nuevo" in places and _NEW.search(said.text[: said.text.find(address)])
        place = "correo_nuevo" if new else next(iter(places), None)
        if place:
            found[place] = address
            places.remove(place)
    return found


def urgency(said: Said) -> str | None:
    """Whether the message says that it is urgent, or that it is not; None if it says neither."""
    if _NOT_URGENT.search(said.plain):
        return NO
    return YES if _URGENT.search(said.plain) else None


def refused(said: Said) -> str:
    """The field that a form refuses by what the message says, empty if it names none."""
    match = _REFUSED.search(said.text)
    named = (match["a"] or match["b"] or match["c"]).strip() if match else ""
    return named if 0 < len(named.split()) <= _MOST_OF_A_FIELD else ""


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
