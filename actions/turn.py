"""What a message does to the request under way: pure, without rasa."""

from dataclasses import replace

from actions import additions, commands, consent, identity, instead, questions, serial
from actions.fields import ADDRESSES, CONFIRMED, TEXTS, YES, changed, last, read, told, urgency
from actions.request import ADD, AMEND, ASIDE, BEGIN, CANCEL, LACK, LEAVE, REFUSE, SWITCH, TELL, Request, Turn, Values
from actions.said import Said

ANSWERED = ("charla/bot", "charla/insulto")  # the small talk that gets its reply in the middle of a request
POLITE = {"charla/gracias": "utter_de_nada", "charla/saludo": "utter_hola"}  # in place of a value
SAME_ADDRESS = "utter_misma_direccion"
TOLD_BEFORE = "utter_ya_dicho"
WAIT = "utter_espero"
FILE = "utter_archivo"
NUMBER = "utter_numero"


def turn(request: Request, said: Said, attached: str = "") -> Turn:
    """What the message does to the request; `attached` is what stands for an error whose picture was attached."""
    if said.intent == "adjunto":
        return Turn(values={"error": attached} if request.field == "error" else {})
    if found := _changed(request, said) or _besides_told(request, said) or _instead(request, said):
        return Turn(REFUSE, says=SAME_ADDRESS) if _same_address({**request.values, **found.values}) else found
    # "no, mejor a luis@…" corrects
    cancels = (said.intent == "cancelar" or commands.gives_up(said)) and not said.addresses
    sends = request.field == CONFIRMED and commands.sends(said)  # "mándelo" sounds like "déjelo"
    steers = sends or commands.goes_back(said) or commands.the_other(said) or instead.hesitates(said)
    if not steers and (cancels or said.intent == "servido" or _leaves(said)):
        return Turn(CANCEL)
    if said.intent == "iniciar":
        return Turn(BEGIN)
    if said.intent == "elegir":
        return Turn(ASIDE)
    if said.intent == "corregir":
        return _amend(said.value("campo"))
    if request.asked == SWITCH and (consent.assents(said) or consent.opens(said) == ""):
        return Turn(BEGIN)
    if request.asked == SWITCH and said.intent in ("afirmar", "negar"):
        return Turn(BEGIN) if said.intent == "afirmar" else Turn()
    taken = _steered(request, said) or _asked(request, said) or _told(request, said) or _besides(request, said)
    return Turn(REFUSE, says=SAME_ADDRESS) if _same_address({**request.values, **taken.values}) else taken


def _changed(request: Request, said: Said) -> Turn | None:
    """The old address and the new one as the message calls them; one that stands in the other's place changes with it."""
    old_place = next((name for name in ("cuenta", "email") if name in request.takes), None)
    if "correo_nuevo" not in request.takes or old_place is None or said.pressed:
        return None
    was_old, was_new = request.values.get(old_place), request.values.get("correo_nuevo")
    swapped = {old_place: was_new, "correo_nuevo": was_old if "@" in str(was_old) else None}
    if commands.reversed_(said):
        if swapped["correo_nuevo"]:
            return Turn(values=swapped)
        return Turn(ask=AMEND) if request.field == CONFIRMED else None
    old, new = changed(said)
    values = {name: value for name, value in ((old_place, old), ("correo_nuevo", new)) if value}
    if all(request.values.get(name) == value for name, value in values.items()):
        return None
    turned = (old and old == was_new) or (new and new == was_old)
    rest = {name: value for name, value in told(request.takes, said).items() if value not in (old, new)}
    return Turn(values={**rest, **(swapped if turned else {}), **values})


def _besides_told(request: Request, said: Said) -> Turn | None:
    """The value of the field in question where it stands beside the word that it was told before."""
    field, rest = request.field, instead.besides_told(said)
    if not rest or field in (*TEXTS, CONFIRMED, "urgente") or request.asked != field or "?" in said.text or said.person:
        return None
    alone = replace(said, text=rest, intent="", needs=())
    value = read(field, alone) or commands.given(alone, [field]).get(field) or commands.bare(alone, [field]).get(field)
    return Turn(values={field: value}) if value else None


def _instead(request: Request, said: Said) -> Turn | None:
    """The message as something that people say in place of an answer."""
    if said.pressed or commands.goes_back(said):
        return None
    if noted := additions.noted(request, said):
        return noted
    if said.addresses:
        return None
    if instead.already(said) and not (request.field == CONFIRMED and said.begins("si")):
        return _told_before(request)
    if remark := _remark(request, said):
        return Turn(TELL, says=remark)
    if request.asked == request.field and request.field != CONFIRMED and instead.lacks(said, request.field):
        return Turn(LACK)
    if request.field != CONFIRMED or "detalle" not in request.takes:
        return None
    text = instead.added(said)
    if text and questions.is_question(replace(said, text=text)):
        return None
    return None if text is None else additions.added(request, text) if text else Turn(ask=ADD)


def _remark(request: Request, said: Said) -> str:
    """The response to what is said besides and leaves the question as it is; empty for any other message."""
    if instead.waits(said):
        return WAIT
    if request.made and instead.asks_number(said):
        return NUMBER
    return FILE if request.field not in TEXTS and instead.attaches(said) else ""


def _told_before(request: Request) -> Turn:
    """The other address that was written, where one is asked; else it is to be written again."""
    if request.asked != request.field or request.field == CONFIRMED:
        return Turn(TELL, says=questions.NOT_SENT)
    others = [address for address in request.seen if address not in request.values.values()]
    if request.field in (*ADDRESSES, "cuenta") and len(others) == 1:
        return Turn(values={request.field: others[0]})
    return Turn(REFUSE, says=TOLD_BEFORE)


def _leaves(said: Said) -> bool:
    return said.outcome == "smalltalk" and said.needs[0]["label"] == "charla/despedida"


def _same_address(values: Values) -> bool:
    """Whether the address that is to be given up is also the new one."""
    old, new = values.get("cuenta") or values.get("email"), values.get("correo_nuevo")
    return bool(old and new) and str(old).casefold() == str(new).casefold()


def _steered(request: Request, said: Said) -> Turn | None:
    """The message as a command about the values told so far."""
    if commands.goes_back(said):
        return _back(request)
    if corrected := _corrected(request, said):
        return corrected
    if said.addresses:
        return None
    if commands.the_other(said):
        return _the_other(request)
    if field := commands.another(said, request.filled if request.field in TEXTS else request.takes):
        return _amend(field)
    if request.asked == AMEND and (field := commands.named(said.plain, request.filled)):
        return _amend(field)
    if request.field != "detalle" and commands.wrong(said):
        return _amend(request.filled[0]) if len(request.filled) == 1 else Turn(ask=AMEND)
    return None


def _back(request: Request) -> Turn:
    """To the question before; at the first the request is left."""
    if request.asked in (SWITCH, AMEND, ADD):
        return Turn()
    return _amend(request.before) if request.before else Turn(LEAVE)


def _corrected(request: Request, said: Said) -> Turn | None:
    """A value that is named, or at the summary stands alone; who only introduces himself is asked on."""
    if identity.only_introduces(said.text) and request.field not in ("nombre", "empresa"):
        found = {name: value for name, value in told(request.takes, said).items() if name in ("nombre", "empresa")}
        return Turn(values=found)
    if place := commands.mended(said, request.values, request.field):
        return Turn(values={place: said.addresses[0]})
    free = request.field in TEXTS
    if said.words > commands.SHORT if free else request.field in told(request.takes, said):
        return None
    values = commands.given(said, request.takes)
    if not values and request.field == CONFIRMED:
        values = commands.bare(said, request.filled)
    if not values or request.field in values:
        return None
    (name, value), *_ = values.items()
    # "el correo es incorrecto" is what a form says, and a name that stands before a description is a part of it
    if free and (value is None or name in ("nombre", "empresa")):
        return None
    return Turn(values=values) if value else _amend(name)


def _the_other(request: Request) -> Turn:
    """With one other address seen it takes the place of the last; else the customer is asked."""
    place = last(request.asks, (*ADDRESSES, "cuenta"), request.values)
    if place is None:
        return Turn()
    others = [address for address in request.seen if address not in request.values.values()]
    return Turn(values={place: others[0]}) if len(others) == 1 else _amend(place)


def _asked(request: Request, said: Said) -> Turn | None:
    """The message as a question; where the customer tells his own matter, only one about the request or of the FAQ is."""
    urges = request.field == "urgente" and urgency(said)  # "cuanto antes"
    adds = request.asked == ADD and "?" not in said.text  # "que es para hoy"
    if said.addresses or urges or adds or not questions.is_question(said):
        return None
    if response := questions.about_request(said, request.field):
        return Turn(TELL, says=response)
    if said.person or said.outcome == "answer" or _replied(said):
        return Turn(ASIDE)
    if request.field == "detalle" and not questions.is_vague(said):
        return None
    return Turn(ASIDE) if said.question else Turn(TELL, says=questions.UNKNOWN)


def _told(request: Request, said: Said) -> Turn | None:
    """The message as an answer to what was asked."""
    field = request.field
    if field == CONFIRMED:
        return _confirmed(request, said)
    if said.intent in ("negar", "afirmar") and not said.addresses and field not in ("urgente", "empresa"):
        return None
    value = read(field, said) or commands.given(said, [field]).get(field) or commands.bare(said, [field]).get(field)
    rest = [name for name in request.takes if name != field and name not in request.filled]
    found = told(rest, said)
    if value is None and field == "urgente" and not found and additions.states(request, said):
        return additions.added(request, said.text.strip())
    if value is None:
        return Turn(values=found) if found else None
    matter = {"detalle": text} if (text := additions.matter(request, said)) else {}
    return Turn(values={**matter, **{name: other for name, other in found.items() if other != value}, field: value})


def _confirmed(request: Request, said: Said) -> Turn | None:
    """A yes confirms what was summed up; a value corrects it, with or without a yes; what is told besides is added."""
    if request.asked == ADD:
        return additions.to_add(request, said)
    new = [address for address in said.addresses if address not in request.values.values()]
    place = last(request.asks, (*ADDRESSES, "cuenta"), request.values)
    if len(new) > 1:
        return Turn(values=told([name for name in request.asks if name in (*ADDRESSES, "cuenta")], said))
    if new and place:
        return Turn(values={commands.named(said.plain, request.filled) or place: new[-1]})
    besides = told([name for name in request.takes if name not in (*ADDRESSES, "cuenta")], said)
    if values := {name: value for name, value in besides.items() if value != request.values.get(name)}:
        return Turn(values=values)
    if request.asked == AMEND:
        return _to_amend(request, said)
    if commands.sends(said) or (said.addresses and said.begins("si|vale|ok|claro|correcto")):
        return Turn(values={CONFIRMED: YES})
    if said.intent == "negar":
        return Turn(ask=AMEND)
    tells = said.outcome in ("out_of_scope", "clarify") and not said.courtesy and said.words > 1 and not commands.right(said)
    return additions.added(request, said.text.strip()) if tells and "detalle" in request.takes else None


def _to_amend(request: Request, said: Said) -> Turn | None:
    """The answer to what is to be corrected, where it names no value."""
    if commands.nothing(said) or commands.sends(said):
        return Turn()
    if commands.all_of_it(said):
        return Turn(values=dict.fromkeys(request.filled), ask=request.filled[0])
    return Turn(CANCEL) if said.intent == "negar" else None


def _besides(request: Request, said: Said) -> Turn:
    """The message as something else: the call for a person, a question, or nothing that helps."""
    if request.field == "numero_serie" and serial.malformed(said) and "?" not in said.text:
        return Turn(REFUSE)  # what sounds like the question for it is a try
    if request.asked == request.field and request.field not in (*TEXTS, CONFIRMED) and (reply := _politely(said)):
        return Turn(TELL, says=reply)
    return Turn(ASIDE) if said.question or _replied(said) else Turn(REFUSE)


def _replied(said: Said) -> bool:
    return said.outcome == "smalltalk" and said.needs[0]["label"] in ANSWERED


def _politely(said: Said) -> str:
    """The response to thanks or a greeting alone, empty for anything else."""
    return POLITE.get(said.needs[0]["label"], "") if said.courtesy else ""


def _amend(field: str) -> Turn:
    return Turn(values={field: None}, ask=field)
