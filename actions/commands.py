"""What customers say to steer a request: back, another value, the other one. Pure, without rasa."""

import re

from actions.fields import ADDRESSES
from actions.said import Said

_SHORT = 9
_BACK = re.compile(
    r"\W*(?:no\W+)?(?:mejor\W+)?"
    r"(?:(?:quiero|puedo|quisiera|vamos|ir|vaya|un|paso|volver|vuelva|vuelve|volvamos|regresar|regrese)\s+)*"
    r"(?:(?:a|al|para|hacia|lo|la|pregunta|paso)\s+)*(?:atras|anterior|volver|regresar|retroceder)\W*"
)
_THE_OTHER = re.compile(
    r"\W*(?:no|nop)?\W*(?:mejor|era|es|quiero|uso|use|usa)?\W*(?:con |a )?(?:la|el|al) otr[ao]\W*",
)
_ANOTHER = re.compile(
    r"\b(?:otr[ao]|distint[ao]|diferente|cambi(?:ar|e|a)|corr(?:egir|ija|ige)|equivo(?:que|cad[ao])|"
    r"mal escrit[ao]|no es es[ae])\b"
)
_WRONG = re.compile(
    r"\W*(?:no\W+|perdon\W+)*(?:me (?:he )?equivo(?:que|cado)|(?:eso |esta |lo )?(?:esta|es|puse|escribi) mal|(?:quiero |puedo )?"
    r"corregir(?:lo|la)?|no es correct[oa]|es[ao] no es|es incorrect[oa])\W*"
)
_NAMED = {
    "correo_nuevo": r"\bnuev[oa]\b",
    "numero_serie": r"\bserie\b|\bserial\b",
    "cuenta": r"\busuario\b|\bcuenta\b",
    "numero": r"\bnumero\b",
    "error": r"\berror\b",
    "detalle": r"\btexto\b|\bconsulta\b|\bdescripcion\b|\bexplicacion\b",
    "campo": r"\bcampo\b",
}
_ADDRESS = re.compile(r"\b(?:direccion|correo|mail|email|e-mail)\b")


def goes_back(said: Said) -> bool:
    """Whether it asks for the question before."""
    return _BACK.fullmatch(said.plain) is not None


def the_other(said: Said) -> bool:
    """Whether it says "no, la otra"."""
    return _THE_OTHER.fullmatch(said.plain) is not None


def wrong(said: Said) -> bool:
    """Whether it says that something is wrong, but not what."""
    return _WRONG.fullmatch(said.plain) is not None


def another(said: Said, fields: list[str]) -> str | None:
    """Which of these fields is to have another value, None if the message asks for no such thing."""
    if said.words > _SHORT or "?" in said.text or not _ANOTHER.search(said.plain):
        return None
    return named(said, fields)


def named(said: Said, fields: list[str]) -> str | None:
    """Which of these fields the message names, None if none; "correo" is the last address."""
    for name, pattern in _NAMED.items():
        if name in fields and re.search(pattern, said.plain):
            return name
    if _ADDRESS.search(said.plain):
        return next((name for name in reversed(fields) if name in (*ADDRESSES, "cuenta")), None)
    return None
