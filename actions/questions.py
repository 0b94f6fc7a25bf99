"""What customers ask in the middle of a request about the request itself. Pure, without rasa."""

import re

from actions.said import Said

REPLY_TIME = "utter_plazo"
NOT_SENT = "utter_no_es_confirmado"
PURPOSE = "utter_para_que"
UNKNOWN = "utter_sin_respuesta"
FORM = "utter_no_es_"  # of a value: the form that it has

_MOST_WORDS = 14
_FEW = 2
_SHORT = 4  # so few words mean what was just asked, whatever else they sound like
_LEAD = r"(?:\W*(?:y|e|pero|perdone?|disculpe|oiga|hola|buenas|vale|ok|a ver|otra cosa|una (?:pregunta|duda|consulta))\b)*\W*"
_WHICH = (
    r"(?:que|quien(?:es)?|cual(?:es)?|como|cuando|cuant[oa]s?|donde|adonde|por que|porque|para que|a que|en que|en cuanto|"
    r"hasta cuando)"
)
_ASKS = (
    r"(?:es|son|hay|puedo|puede[ns]?|podria[n]?|tengo que|tarda[nr]?|me (?:van a|va a|contesta\w*|responde\w*|llama\w*|lo)|"
    r"hace falta|sirve|vale|trabajan|atienden|abren|estan|seguro que|van a)"
)
_QUESTION = re.compile(rf"{_LEAD}(?:(?:eso|esto|ese dato)\W+)?(?:{_WHICH}|{_ASKS})\b")
_WONDERS = re.compile(rf"{_LEAD}(?:(?:eso|esto|ese dato)\W+)?(?:(?:a |en |para |por |hasta |de )?{_WHICH})\b")
_ANSWERS = (
    r"(?:contest|respond|respuest|atien|atend|llama[nr]|llamar|escrib|resuelv|resolv|solucion|plazo|list[oa]\b|noticias|decir|"
    r"dicen|avis)"
)
_WHEN = r"\b(?:cuando|en cuanto|cuanto|que plazo|que tiempo|a que hora|que dia|para que dia)\b"
_ANSWERED_WHEN = re.compile(
    rf"{_WHEN}.*\b{_ANSWERS}|\b(?:me|nos) (?:contest|respond|llam|atiend|atend|escrib)\w* (?:hoy|ya|pronto|rapido)"
)
_HOW_LONG = re.compile(
    rf"{_WHEN}.*\b(?:tarda|tardar|demora|demor|espera|lleg|recib|sab|tendre|sera|estara)|"
    rf"^{_LEAD}(?:(?:y |para |en |mas o menos )*"
    r"(?:cuando|cuanto)(?: tiempo| tarda[n]?| seria| mas o menos| es)*)\W*$"
)
_HOURS = re.compile(
    r"\bhorarios?\b|\bhoras? de (?:atencion|oficina)\b|\b(?:trabaja|atiend|abr[ei]|abiert|cierra|hay alguien)\w*\b.*"
    r"\b(?:sabado|domingo|fin(?:es)? de semana|festivo|hoy|noche|tarde|manana|hora|ahora)"
)
_SENT = re.compile(r"\b(?:ya|lo|la|se)\b.*\b(?:enviad|enviast|envio\b|mandad|mandast|mando\b|registrad[oa] la)")
_NEXT = re.compile(r"\b(?:que|y) (?:pasa|sigue|viene|hago|ocurre)?\s*(?:despues|luego|ahora|a continuacion)\b")
_PURPOSE = re.compile(
    r"\b(?:para que|por que|porque|con que fin|a que viene)\b.*\b(?:quier|necesi|pid|pregunt|falta|sirv|usa|dato|oblig|interes|"
    r"tengo que|quer)|\b(?:es|son) (?:obligatori|necesari|segur|confidencial)|\b(?:hace|hacen) falta\b|"
    r"\btengo que (?:dar|decir|poner|escrib|rellen)|\bque (?:hacen|haran|van a hacer|pasa) con\b|"
    rf"\bquien(?:es)? (?:lo|los|la|va|ve|lee)\b|^{_LEAD}(?:eso )?(?:para|por) que(?: eso| es eso| lo)?\W*$"
)
_OF_ADDRESS = re.compile(r"\b(?:pid|quier|necesit)\w+\b.*\b(?:correo|direccion|mail|email)\b")
_WHICH_VALUE = re.compile(
    r"\b(?:donde|como|a que|que|cual)\b.*\b(?:encuentr|esta\b|veo|busco|se refiere|pongo|poner|escrib|significa|tengo que|es eso|"
    r"debo|formato|forma)"
)


def is_question(said: Said) -> bool:
    """Whether the message is a question and nothing besides: one that only ends a description is none."""
    if said.words > _MOST_WORDS:
        return False
    parts = [part for part in re.split(r"(?<=[?!.\n])\s*", said.plain) if re.search(r"\w", part)]
    asked = [part for part in parts if not re.fullmatch(rf"{_LEAD}(?:gracias|saludos|por favor)?\W*", part)]
    return bool(asked) and all(_asks(part) for part in asked)


def about_request(said: Said, field: str) -> str:
    """The response that answers a question about the request, or about the value that it asks; empty for any other."""
    plain, answered = said.plain, said.outcome == "answer" and said.words > _SHORT
    if _SENT.search(plain):
        return NOT_SENT
    if _ANSWERED_WHEN.search(plain) or _HOURS.search(plain) or _NEXT.search(plain) or (_HOW_LONG.search(plain) and not answered):
        return REPLY_TIME
    if _PURPOSE.search(plain) and (not answered or _OF_ADDRESS.search(plain)):
        return PURPOSE
    return f"{FORM}{field}" if _WHICH_VALUE.search(plain) and not answered else ""


def is_vague(said: Said) -> bool:
    """Whether it is a word or two that ask for nothing in particular, such as "¿cómo?"."""
    return said.words <= _FEW


def _asks(part: str) -> bool:
    before, mark, _ = part.partition("¿")
    if mark:
        return re.fullmatch(_LEAD, before) is not None
    return bool((_QUESTION if "?" in part else _WONDERS).match(part))
