"""What customers say to steer a request: back, another value, the other one. Pure, without rasa."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from actions.fields import ADDRESSES, FIELDS, read
from actions.said import Said, plain

SHORT = 9
_LEAD = r"\W*(?:(?:no|esper[ae]|perdone?|disculpe|oiga|ay|ups|pero|mejor|me equivoque|quise decir|por favor)\b\W*)*"
_BACK = re.compile(
    rf"{_LEAD}"
    r"(?:(?:quiero|puedo|quisiera|vamos|ir|vaya|un|paso|volver|vuelva|vuelve|volvamos|regresar|regrese)\s+)*"
    r"(?:(?:a|al|para|hacia|lo|la|pregunta|paso|de)\s+)*(?:atras|anterior|antes|volver|vuelv[ae]|regresar?|retroceder|back)\W*"
    r"(?:por favor\W*)?"
)
_RIGHT = re.compile(r"\W*(?:muy |si )?(?:correct[oa]|bien|ok|es[ae])\W*")
_DENIED = re.compile(r"\bno$", re.IGNORECASE)
_SEND = re.compile(
    r"\W*(?:(?:si|vale|ok|perfecto|bien|adelante|ninguno|nada|ya|pues)\W+)*(?:(?:envi(?:e|ar?)|mand(?:e|ar?)|abra|haga|pida|confirm(?:o|e|ar))"
    r"(?:lo|la|melo|mela)?(?: (?:la |mi |esta )?(?:solicitud|peticion))?|adelante|proceda|confirmado)(?: ya| asi| por favor)*\W*"
)
_NOTHING = re.compile(r"\W*(?:nada|ningun[oa]?)\b(?:.*\b(?:bien|correcto)\b)?\W*")
_ALL = re.compile(r"\W*(?:(?:los|las) (?:dos|tres|cuatro)|tod[oa]s?(?: (?:los|las|de nuevo).*)?|ambos|ambas)\W*")
_THE_OTHER = re.compile(
    rf"{_LEAD}(?:(?:era|es|quiero|uso|usa|use|con|a|es[ae])\W+)*(?:la|el|al) otr[ao]"
    r"(?: (?:direccion|que (?:le |te |les )?(?:di|dije|puse|escribi|mande)))?\W*"
)
_GIVES_UP = re.compile(
    rf"{_LEAD}(?:nada\W+da igual|(?:quiero|prefiero|voy a) (?:dejarlo|cancelar(?:lo|la)?|salir|parar)|"
    r"no quiero (?:enviar|mandar|pedir|abrir)(?:lo)?(?: nada| la solicitud| la peticion)?|no (?:envie|mande)(?: nada)?|"
    r"ya no (?:quiero|lo necesito|la necesito))\W*(?:gracias\W*|por favor\W*)?"
)
_ANOTHER = re.compile(
    r"\b(?:otr[ao]|distint[ao]|diferente|cambi(?:ar|e|a)|corr(?:egir|ija|ige)|equivo(?:que|cad[ao])|"
    r"mal escrit[ao]|no es es[ae])\b"
)
_WRONG = re.compile(
    r"\W*(?:no\W+|perdon\W+)*(?:me (?:he )?equivo(?:que|cado)|(?:eso |esta |lo )?(?:esta|es|puse|escribi) mal|"
    r"hay (?:un )?error(?:es)?|(?:quiero |puedo )?corregir(?:lo|la)?|no es correct[oa]|es[ao] no es|es incorrect[oa])\W*"
)
_TAKES_OUT = re.compile(rf"{_LEAD}(?:quit|borr|elimin|sa[cq]u?)(?:e|a|ar|en)(?:lo|la)?\b (?:lo|la|el|eso|esa|ese)\b")
_NAMED = (
    ("correo_nuevo", r"\bnuev[oa]\b"),
    ("cuenta", r"\busuario\b|\bcuenta\b|\blogin\b|\b(?:viej|antigu|anterior)[oa]?\b|\bregistrad[oa]\b"),
    ("email", r"\b(?:viej|antigu|anterior)[oa]?\b|\bregistrad[oa]\b"),
    ("numero_serie", r"\bserie\b|\bserial\b"),
    ("numero", r"\bnumero\b"),
    ("numero_serie", r"\bnumero\b|\bcodigo\b"),
    ("empresa", r"\bempresa\b|\bcompania\b|\binstitucion\b|\bfirma\b"),
    ("nombre", r"\bnombre\b|\bapellidos?\b|\bllamo\b"),
    ("urgente", r"\burge\w*\b|\bprisa\b|\bprioridad\b"),
    ("error", r"\berror\b|\bmensaje\b"),
    ("campo", r"\bcampo\b"),
    ("detalle", r"\btexto\b|\bconsulta\b|\bdescripcion\b|\bexplicacion\b|\bmensaje\b|\bproblema\b|\basunto\b"),
)
_ADDRESS = re.compile(r"\b(?:direccion|correo|mail|email|e-mail)\b")
_MAY = re.compile(r"\W*(?:y\W+)?(?:puedo|podria|podemos|se puede|quisiera|quiero)\b")
_VALUE_IS = re.compile(
    r"^\W*(?:(?:no|perd[oó]n|esper[ae]|disculpe|ay|oiga|s[ií]|pero|mejor)\b\W*)*(?P<label>(?:[\w-]+\s+){0,6}?[\w-]+)\s*"
    r"(?:\b(?:es|est[aá]|son|era|ser[ií]a|(?:debe|tiene que|deb[ií]a) (?:ser|decir)|correcto)\b\s*[:=]?|[:=])\s*(?P<value>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_IT_IS = re.compile(
    r"\W*(?:(?:no|perdon|esper[ae]|disculpe|ay|es|era|soy|seria|sino|mejor|pon(?:ga|er)?|escrib[ae]|la|el|a|con)\b\W*)+"
    r"(?P<value>\S+?)\W*"
)
_REVERSED = re.compile(
    rf"{_LEAD}(?:(?:es|esta|estan|va|van|son|l[oa]s?|he|puse|puso|escribi|puesto|dij[eo]|tiene|todo|justo)\W+)*"
    r"(?:al reves|cambiad[oa]s|intercambiad[oa]s)(?:\W+(?:los|las|dos|correos|direcciones|por favor))*\W*"
)
_SLIP = re.compile(
    r"\b(?:uy|ups|huy|perdon\w*|disculp\w+|puse|pus[ei]mos|escribi|equivo\w+|mal|corrij\w+|correg\w+|quise|falt[oa]|errata)\b"
)
_ALIKE = 0.9
_MOST_OF_A_SLIP = 12
_ODD = re.compile(r"[\d._+-]")
_OTHER = re.compile(r"\W*(?:(?:un|una)\s+)?(?:otr[oa]|distint[oa]|diferente|incorrect[oa]|erroneo|falso|mal[oa]?)\W*")


def goes_back(said: Said) -> bool:
    """Whether it asks for the question before."""
    return _BACK.fullmatch(said.plain) is not None


def gives_up(said: Said) -> bool:
    """Whether it says in words of its own that the request shall be left."""
    return _GIVES_UP.fullmatch(said.plain) is not None


def sends(said: Said) -> bool:
    """Whether it says in words of its own that the request shall be sent."""
    short_yes = said.courtesy and said.begins("si|vale|ok|claro|correcto|perfecto")
    return said.intent == "afirmar" or short_yes or orders(said)


def orders(said: Said) -> bool:
    """Whether it says to send it, and nothing besides."""
    return _SEND.fullmatch(said.plain) is not None


def nothing(said: Said) -> bool:
    """Whether it says that nothing is to be corrected."""
    return _NOTHING.fullmatch(said.plain) is not None


def all_of_it(said: Said) -> bool:
    """Whether it says that everything is to be corrected."""
    return _ALL.fullmatch(said.plain) is not None


def the_other(said: Said) -> bool:
    """Whether it says "no, la otra"."""
    return _THE_OTHER.fullmatch(said.plain) is not None


def reversed_(said: Said) -> bool:
    """Whether it says that two values are the wrong way round, and nothing besides."""
    return _REVERSED.fullmatch(said.plain) is not None


def mended(said: Said, values: Mapping[str, str | None], field: str) -> str | None:
    """The field whose mistyped address the message puts right; where another address is asked, only if both are alike."""
    places = [name for name in values if name in (*ADDRESSES, "cuenta") and values[name]]
    if len(said.addresses) != 1 or not places or said.words > _MOST_OF_A_SLIP or not _SLIP.search(said.plain):
        return None
    alike = {name: SequenceMatcher(None, str(values[name]), said.addresses[0]).ratio() for name in places}
    best = max(places, key=lambda name: alike[name])
    return best if field not in (*ADDRESSES, "cuenta") or alike[best] >= _ALIKE else None


def wrong(said: Said) -> bool:
    """Whether it says that something is wrong, but not what it should be."""
    takes_out = said.words <= SHORT and not said.addresses and _TAKES_OUT.match(said.plain)
    return bool(takes_out) or _WRONG.fullmatch(said.plain) is not None


def right(said: Said) -> bool:
    """Whether it says that a value is right: "el usuario es correcto"."""
    match = _VALUE_IS.match(said.text)
    return match is not None and _RIGHT.fullmatch(plain(match["value"])) is not None


def another(said: Said, fields: Sequence[str]) -> str | None:
    """Which of these fields is to have another value, None if the message asks for no such thing."""
    if said.words > SHORT or not _ANOTHER.search(said.plain) or ("?" in said.text and not _MAY.match(said.plain)):
        return None
    return named(said.plain, fields)


def named(text: str, fields: Sequence[str]) -> str | None:
    """Which of these fields a text without accents names, None if none; "correo" is the last address."""
    for name, pattern in _NAMED:
        if name in fields and re.search(pattern, text):
            return name
    if _ADDRESS.search(text):
        return next((name for name in reversed(fields) if name in (*ADDRESSES, "cuenta")), None)
    return None


def given(said: Said, fields: Sequence[str]) -> dict[str, str | None]:
    """The field that "the … is …" names with its value, None where it is to be asked; empty if the message says no such thing."""
    match = _VALUE_IS.match(said.text)
    field = named(plain(match["label"]), fields) if match else None
    if not match or field is None:
        return {}
    words = re.sub(r"^que\s+", "", match["value"])
    if _RIGHT.fullmatch(plain(words)) or _DENIED.search(match["label"]):
        return {field: None} if _RIGHT.fullmatch(plain(words)) and _DENIED.search(match["label"]) else {}
    if _OTHER.fullmatch(plain(words)):
        return {field: None}
    value = read(field, replace(said, text=words, intent="", needs=()))
    return {field: value} if value else {}


def bare(said: Said, fields: Sequence[str]) -> dict[str, str | None]:
    """A serial number, a request's number or a user name that is given with no word on what it is."""
    found: dict[str, str | None] = {name: value for name in ("numero_serie", "numero") if (value := read(name, said))}
    match = _IT_IS.fullmatch(said.plain)
    alone = said.text.split()[-1].strip(".,;:!¡«»\"'") if match or said.words == 1 else ""
    if (
        not found
        and not named(plain(alone), FIELDS)  # "la nueva" names a field
        and "cuenta" in fields
        and (name := said.value("usuario") or read("cuenta", replace(said, text=alone, values={})))
    ):
        if said.value("usuario") or match and not said.courtesy or _ODD.search(alone):
            found["cuenta"] = name
    return {name: value for name, value in found.items() if name in fields}
