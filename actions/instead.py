"""What customers say in place of an answer: that they told it, lack it, need a moment, send a file. Pure, without rasa."""

import re

from actions.fields import ADDRESSES, TEXTS
from actions.questions import is_question
from actions.said import Said, plain

_LEAD = (
    r"\W*(?:(?:no|si|pero|pues|es que|que|yo|eso|esto|perdone?|disculpe|oiga|mire|hombre|joder|vale|ok|ay|uf+|ah|por favor|"
    r"lo siento)\b\W*)*"
)
_TOLD = (
    r"(?:dij[eo]|dicho|puse|puesto|escribi|escrito|conte|contado|explique|explicado|di|dado|indique|indicado|comente|"
    r"comentado)"
)
_SAID_IT = (
    rf"(?:ya (?:(?:se|te|os|le|les) )?(?:(?:lo|la|los|las) )?(?:(?:he|habia|hemos) )?{_TOLD}|"
    r"(?:(?:se|te|os) )?l[oa]s? (?:acabo de (?:decir|poner|escribir|dar)|dije|puse|he (?:dicho|puesto|escrito|dado)|escribi)|"
    r"acabo de (?:decir|poner|escribir|dar)(?:se|te|os)?l[oa]|(?:ya )?esta (?:dicho|puesto|escrito|mas arriba|arriba)|"
    r"(?:le|te|como (?:le|te|ya le|ya te)) dije)"
    r"(?: (?:antes|arriba|mas arriba|ya|todo|al principio|anteriormente|hace un momento|(?:mil|dos|tres|varias|muchas) veces|"
    r"en (?:el|mi) (?:primer )?mensaje(?: anterior| de antes)?))*"
)
_ALREADY = re.compile(rf"{_LEAD}{_SAID_IT}\W*")
_WITH_IT = re.compile(rf"\b{_SAID_IT}\W*$|^\W*{_SAID_IT}\b")
_WORDS = re.compile(r"\S*\w\S*")
_NO_VALUE = re.compile(
    r"\W*(?:no|si|nada|ya|cancel\w+|salir|adios|basta|dej[aeo]\w*|olvid\w+|person\w+|agente|humano|atras|volver|gracias|que|todo|eso)\b"
)
_HAVE = r"(?:tengo|se|recuerdo|acuerdo|encuentro|veo|conozco|ubico|localizo|dispongo|guarde|apunte|anote|dieron|quiero dar)"
_LACKS = re.compile(
    rf"{_LEAD}(?:(?:ya )?no (?:me |lo |la |los |las |se |se lo |se la )*{_HAVE}(?:lo|la)?|ni idea|"
    r"(?:lo|la|los) (?:he )?perdi(?:do)?|(?:he )?perdi(?:do)? (?:el|la|mi)|(?:ya )?no se (?:lee|ve|distingue)|"
    r"(?:la placa |la etiqueta )?(?:esta|se ha) (?:borrad|rot|gastad)[oa])\b"
)
_LOOKS = re.compile(r"\b(?:encuentro|veo|ubico|localizo)\b")
_MOST_WORDS = 12
_FEW = 3
_MOMENT = r"(?:(?:un|medio) (?:momento|momentito|segundo|segundito|minuto|minutito|rato|ratito)|un seg|un min|un poco)"
_LOOKING = r"(?:que |y )?(?:ahora )?(?:voy a )?(?:l[oa] |se l[oa] )?(?:busc|mir|compr[uo]|consult|digo)\w*"
_WAITS = re.compile(
    r"\W*(?:(?:no|si|vale|ok|ya|pues|pero|bueno|ay|perdone?|a ver)\b\W*)*"
    r"(?:(?:(?:me )?esper[ae](?:me|n|nme)?|aguard[ae]|(?:de|da)me|deje?me|"
    rf"permitame|necesito)(?:\W+{_MOMENT})|esper[ae](?:me|n|nme)?|aguard[ae]|{_MOMENT}|"
    r"ahora (?:l[oa] )?(?:miro|busco|vengo)|(?:ya |enseguida |ahora )vuelvo|voy a (?:mirar|buscar|ver|comprobar)(?:l[oa])?)"
    rf"(?:\W+(?:{_MOMENT}|por favor|{_LOOKING}))*\W*"
)
_DONE = r"(?:mirad|hech|probad|intentad|comprobad|revisad|buscad|mire|hice|probe|intente|comprobe|revise|busque)"
_TRIED = re.compile(rf"{_LEAD}ya (?:l[oa]s? |me )?(?:he |hemos )?{_DONE}\w*\b")
_GLAD = re.compile(r"\b(?:gracias|perfecto|genial|listo|funcion\w+|ya esta)\b")
_CASE = r"(?:solicitud|peticion|ticket|tiquet|caso|referencia|incidencia)"
_OF_IT = rf"numero(?: de (?:l[ao] |mi |el |es[ae] |est[ae] )?{_CASE})?"
_NUMBER = re.compile(
    rf"(?:[^,;.?]{{1,50}}[,;.]\s*)?{_LEAD}(?:y )?(?:(?:q|k|que|cual)\W+(?:(?:es|era|fue|seria) )?(?:el |mi )?{_OF_IT}"
    r"(?:\W+(?:era|es|fue|tiene|tengo|me (?:dijo|dio|diste|ha dado|han dado))"
    rf"(?: (?:es[aeo]|el|la mia|mi|(?:mi|la|el) {_CASE}))?)?|"
    r"(?:me )?(?:repit\w+|dig\w+|dime|dice|recuerd\w+|da|(?:puede|podria) (?:repetir|decir|recordar|dar)\w*)\W+"
    rf"(?:(?:me|otra vez|de nuevo) )*(?:el |mi ){_OF_IT}(?:\W+(?:otra vez|de nuevo|por favor))*)\W*"
)
_STATUS = re.compile(
    rf"{_LEAD}(?:y )?(?:como (?:va|sigue)(?: (?:lo mio|eso|mi {_CASE}|la {_CASE}))?|como esta (?:lo mio|eso)|"
    r"que (?:hay|pasa|paso) (?:con|de) (?:lo mio|eso))\W*"
)
_FILE = (
    r"(?:captur\w+|fotos?|pantallazos?|imagen(?:es)?|ficheros?|archivos?|pdf|screenshots?|documentos?)(?: de (?:la )?pantalla)?"
)
_GIVE = r"(?:adjunt|mand|envi|pas|dej|sub|pong|va|tiene)"
_ATTACHES = re.compile(
    r"\W*(?:(?:hola|bien|bueno|vale|ok|si|y|tambien|aqui|ahi|ahora|se|le|les|os|te|lo|la|he|puedo|podria|quiero|voy a)\b\W*)*"
    rf"(?:{_GIVE}\w*\W+(?:(?:(?:por )?aqui|ahi|ahora|el|la|los|las|un|una|unas|unos|mi|est[ae]|otr[ao])\W+)*{_FILE}|"
    rf"{_FILE}\W+adjunt\w+)"
    r"(?:\W+(?:adjunt\w+|con|de|del|lo|que|me|el|la|mi|sale|aparece|dice|error|mensaje|problema|formulario|eso|aqui|por favor|"
    r"gracias|saludos))*\W*"
)
_RECALLS = re.compile(
    rf"\b(?:anul|cancel|retir|deshac|par[ae]n?\b|det[ei]n)\w*\W+(?:(?:la|el|lo|mi|es[ae]|est[ae])\W+)*(?:{_CASE}|reenvio|que)\b|"
    r"\bno (?:me )?l[ao]s? (?:(?:envi|mand)e[ns]?|abra[ns]?)\b"
)
_CONTENT = re.compile(r"\W*(?:perfecto|genial|estupendo|fenomenal|fantastico|muy bien|de acuerdo)(?:\W+(?:muchas )?gracias)?\W*")
_HESITATES = re.compile(r"\W*(?:bueno|bien|ah|eh|este|pues|h*m+|a ver)\W*")
_SIGNS = re.compile(r"[\s?!¿¡.,;:…-]+")
_FIRST = r"\W*(?:(?:no|s[ií]|ok|vale|perd[oó]n[ea]?|disculpe|esper[ae]|ah|ay|pero|oiga|antes|y)\b\W*)*"
_WANT = r"(?:(?:quiero|quisiera|puedo|podr[ií]a|necesito|me gustar[ií]a|hay que|tengo que|deje?me)\s+)?"
_SOMETHING = (
    r"(?:algo|alguna cosa|(?:una|otra) cosa|un (?:dato|detalle)|(?:m[aá]s )?(?:informaci[oó]n|datos|detalles))(?:\s+m[aá]s)?"
)
_FORGOT_IT = r"se me (?:olvid|pas)\w+\s+(?:decir\w*\s+)?"
_ADDS = re.compile(
    rf"{_FIRST}(?:{_WANT}(?:a[nñ]ad|agreg|inclu)\w+(?:\s+tambi[eé]n)?(?:\s+{_SOMETHING})?"
    rf"(?:\s+a (?:la|mi|esta) (?:solicitud|petici[oó]n))?|(?:me )?falta\w*\s+{_SOMETHING}|{_FORGOT_IT}{_SOMETHING}|"
    r"(?:una|otra) cosa(?:\s+m[aá]s)?)"
    r"(?:\W+por favor)?(?:\W+(?:que\s+)?(?P<text>\w.*))?\W*",
    re.IGNORECASE | re.DOTALL,
)
# What is told to persons: "pongan que …", "se me olvidó: …"; "se me olvidó la clave" is a need.
_SAME = r"(?:(?:es|era) (?:la misma|el mismo|lo mismo)(?: (?:solicitud|petici[oó]n|ticket|caso))?\W+)?"
_TELLING = (
    r"(?<!\bno )(?:(?:pon(?:gan?|er)|d[ií]gan?|decir|av[ií][sz]en?|avisar)(?:les?)?|"
    r"(?:anote|apunte|mencione|indique|escriba|comente)n?)"
)
_TELLS = re.compile(
    rf"{_FIRST}(?:(?:pues|bueno|gracias|por favor|env[ií]e(?:la|lo)?|m[aá]nde(?:la|lo)?|y|tambi[eé]n)\b\W*)*{_SAME}"
    rf"(?:(?:{_WANT}(?:a[nñ]ad|agreg|inclu)\w+(?:\s+tambi[eé]n)?(?:\s+{_SOMETHING})?"
    r"(?:\s+a (?:la|mi|esta) (?:solicitud|petici[oó]n))?"
    rf"(?:\W+por favor)?|{_WANT}{_TELLING}(?:\s+tambi[eé]n)?)(?:\W+que\s+|\s*:\s*)|"
    r"se me (?:olvid|pas)\w+(?:\s+(?:decir|poner|comentar|mencionar|contar)\w*(?:\s+que\s+|\W+)|\s+que\s+|\s*[,:.;]+\s*))"
    r"(?P<text>\w.*)",
    re.IGNORECASE | re.DOTALL,
)
_RECOUNTS = re.compile(
    r"\b(?:puse|pusimos|escribi|use|usamos|registre|anote|meti|(?:habia|he|hemos) (?:puesto|escrito|usado))"
    r"(?: (?:como|el|correo|direccion|la|mal|algo))* \S+@\S+\W*$"
)
_AMENDS = r"no|perdon\w*|disculp\w+|me equivoque|mejor|correccion|corrij\w+"
_SPOKEN = 6
_THAT = re.compile(
    r"\W*que (?:ya|no|me|mi|mis|lo|la|el|los|las|soy|estoy|tengo|uso|nos|se|tambi[eé]n|cierr\w+|es (?!es[aeo]|est[aeo]))\b",
    re.IGNORECASE,
)
_FORGOT = re.compile(rf"{_FIRST}{_FORGOT_IT}(?:que\s+)?(?P<text>\w.*)", re.IGNORECASE | re.DOTALL)
_ALSO = re.compile(rf"{_FIRST}(?P<text>(?:tambi[eé]n|adem[aá]s)\s.+)", re.IGNORECASE | re.DOTALL)


def already(said: Said) -> bool:
    """Whether it says that the customer has told it before."""
    return _ALREADY.fullmatch(said.plain) is not None


def besides_told(said: Said) -> str:
    """What stands beside the word that it was told before ("anaruiz, ya lo dije"), empty if that is all or is not there."""
    words, match = _WORDS.findall(said.text), _WITH_IT.search(said.plain)
    if not match or already(said):
        return ""
    ahead, behind = (len(_WORDS.findall(part)) for part in (said.plain[: match.start()], said.plain[match.end() :]))
    rest = " ".join(words[:ahead] if ahead else words[len(words) - behind :]).strip(" ,;:")
    return "" if _NO_VALUE.match(plain(rest)) else rest


def lacks(said: Said, field: str) -> bool:
    """Whether it says that the customer has not got the value that is asked, or will not tell it."""
    if field in TEXTS or field == "urgente" or said.words > _MOST_WORDS or "?" in said.text or not _LACKS.match(said.plain):
        return False
    if said.outcome != "answer" or said.words <= _FEW:
        return True
    return field not in (*ADDRESSES, "cuenta") and not _LOOKS.search(said.plain)


def waits(said: Said) -> bool:
    """Whether it asks for a moment."""
    return _WAITS.fullmatch(said.plain) is not None


def tried(said: Said) -> bool:
    """Whether it says that what was answered has been done in vain."""
    if said.words > _MOST_WORDS or said.outcome == "answer" or "?" in said.text or _GLAD.search(said.plain):
        return False
    return _TRIED.match(said.plain) is not None


def asks_number(said: Said) -> bool:
    """Whether it asks again for the number of the request that was made."""
    return _NUMBER.fullmatch(said.plain) is not None


def asks_status(said: Said) -> bool:
    """Whether it asks how the customer's request stands, without a word on which."""
    return _STATUS.fullmatch(said.plain) is not None


def recalls(said: Said) -> bool:
    """Whether it asks for a request that was sent to be taken back."""
    return said.words <= _MOST_WORDS and "?" not in said.text and _RECALLS.search(said.plain) is not None


def content(said: Said) -> bool:
    """Whether it says that all is well, and nothing besides."""
    return _CONTENT.fullmatch(said.plain) is not None


def attaches(said: Said) -> bool:
    """Whether it says or asks that a file goes with it, and nothing besides."""
    return _ATTACHES.fullmatch(said.plain) is not None


def hesitates(said: Said) -> bool:
    """Whether it is a word that says neither yes nor no."""
    return _HESITATES.fullmatch(said.plain) is not None


def only_signs(said: Said) -> bool:
    """Whether it holds no word, such as "?" and "...": the question was not understood."""
    return _SIGNS.fullmatch(said.text) is not None


def tells(said: Said) -> str | None:
    """What persons are to be told besides, by a message that says so; None for any other, and for a question."""
    match = _TELLS.fullmatch(said.text.strip())
    return match["text"].strip(" .") if match and "?" not in match["text"] else None


def recounts(said: Said) -> bool:
    """Whether it tells which address was once typed somewhere, which corrects nothing."""
    return said.words >= _SPOKEN and not said.begins(_AMENDS) and _RECOUNTS.search(said.plain) is not None


def adds_on(said: Said) -> bool:
    """Whether it is a statement that belongs to a request, where it is asked whether something is to be added."""
    if said.words < _FEW or "?" in said.text or said.person or said.courtesy:
        return False
    if _THAT.match(said.text):  # without the accent of a question
        return True
    if is_question(said):
        return False
    told = said.outcome in ("out_of_scope", "clarify") or said.value("numero_serie") or said.addresses
    return bool(told) and not said.begins("no|si") and said.intent not in ("negar", "afirmar", "cancelar")


def added(said: Said) -> str | None:
    """What it adds to a request that is summed up, empty where that is to be asked; None if it adds nothing."""
    for pattern in (_ADDS, _FORGOT, _ALSO):
        if match := pattern.fullmatch(said.text.strip()):
            return (match["text"] or "").strip(" ?!.")
    return None
