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
_ADDRESS = re.compile(r"\S+@\S+")
_WORD = re.compile(r"\w{2,}")
_NUMBER = re.compile(r"\bv\W?(\d{4})(?:\W?(?=\d{6})|\W)(\d{1,9})\b", re.IGNORECASE | re.ASCII)
# What stands before the new address of two, the surest first.
_NEW = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\b(?:(?:cambi|p[oó]n|pus|actuali|modifi|sustitu|reempla)\w*|pas(?:ar\w*|en?|ad[oa]))\b"
        r"(?:(?!\b(?:porque|acce|entr|lleg|asocia|vincula|teng)).)*\b(?:a|por)\s+(?:(?:la|el|este|esta)\s+)?$|"
        r"\bp[oó]n(?:er|ga)\w*\s+$",
        r"\bnuev[oa]\b(?!.*\b(?:viej|antigu|anterior))[^@]*$",
        r"\b(?:ahora|actual)\b(?!.*\b(?:viej|antigu|anterior))[^@]*$",
    )
]
_OLD = re.compile(r"\b(?:viej|antigu|anterior|antes)\w*\b(?!.*\bnuev)[^@]*$", re.IGNORECASE | re.DOTALL)
_USER = re.compile(r"\b(?:usuario|user|login)\s*[:=]\s*(?P<name>[\w.+-]*\w)\s*(?=[),;\n]|\.(?:\s|$)|$)", re.IGNORECASE)
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
    return said.text.strip() if _WORD.search(_ADDRESS.sub("", said.text)) else None


def told(fields: Iterable[str], said: Said) -> dict[str, str]:
    """The values of these fields that stand in a message which was not asked for them, each address used once."""
    if said.pressed:
        return {}
    fields = list(fields)
    given = {
        "numero_serie": read("numero_serie", said),
        "numero": read("numero", said),
        "cuenta": user(said),
        "nombre": identity.name_in(said.text),
        "empresa": identity.company_in(said.text),
        "urgente": urgency(said),
        "campo": refused(said),
    }
    found = {name: value for name, value in given.items() if name in fields and value}
    places = [name for name in fields if name in (*ADDRESSES, "cuenta") and name not in found]
    old, new = changed(said) if "correo_nuevo" in places else (None, None)
    for address in said.addresses:
        place = (
            "correo_nuevo"
            if address == new
            else next((p for p in places if p != "correo_nuevo" or not (new or address == old)), None)
        )
        if place:
            found[place] = address
            places.remove(place)
    return found


def user(said: Said) -> str:
    """The user name that the message calls one, empty if there is none."""
    match = _USER.search(said.text)
    return said.value("usuario") or (match["name"] if match else "")


def changed(said: Said) -> tuple[str | None, str | None]:
    """The address that is given up and the new one, as the message calls them, None for what it does not tell."""
    before = {address: said.written[: said.written.find(address)] for address in said.addresses}
    new = next((address for mark in _NEW for address, text in before.items() if mark.search(text)), None)
    old = next((address for address, text in before.items() if address != new and _OLD.search(text)), None)
    if len(before) == 2 and (old or new):  # the one that is called nothing is the other
        old = old or next(address for address in before if address != new)
        new = new or next(address for address in before if address != old)
    return old, new


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
