"""Answers what was understood: approved text, a question back, or the offer of a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import serial
from actions.ask import put, text_of
from actions.fields import read, told
from actions.memory import Memory, begin, keep
from actions.offer import (
    CHOICE,
    LOOK,
    MORE,
    OFFER,
    OPEN_TICKET,
    PAST_REQUESTS,
    SERVED,
    Offer,
    Standing,
    join,
    next_step,
    steps,
)  # fmt: skip
from actions.said import Said
from actions.service import office, reply_by, suspended

_SHORT = 4
_FEW = 2
_HOURS = "charla/horario"
_CHECKED = ("utter_si_es_numero_serie", "utter_malo_numero_serie")
_STANDS = ("charla/bot", _HOURS)  # small talk that leaves the question that stands as it is

Domain = dict[str, Any]
Need = Mapping[str, Any]


def warn(dispatcher: CollectingDispatcher, said: Said) -> None:
    """Tell the customer that a password was taken out of the message."""
    if said.secret:
        dispatcher.utter_message(response="utter_contrasena")


def needs_of(memory: Memory, chosen: Sequence[str] = ()) -> Sequence[Need]:
    """What the message asks; each entry that was chosen, by its words or its button, is a need of its own."""
    ids = chosen or memory.said.values.get("faq_id", ())
    return [{"outcome": "answer", "ranking": [{"id": id_}]} for id_ in ids] or memory.said.needs


def answer(
    dispatcher: CollectingDispatcher, needs: Sequence[Need], memory: Memory, domain: Domain, *, chosen: bool = False
) -> list[EventType]:
    """Utter what belongs to the needs, new ones or `chosen` out of those in question; put one question, and keep it."""
    if not chosen and _told_just_now(needs, memory):
        return _once_more(dispatcher, memory, domain)
    standings = say(dispatcher, needs, memory, domain)
    words = memory.slot("contado") if chosen else told_words(needs, memory)
    answered = [need["ranking"][0]["id"] for need in needs if need["outcome"] == "answer"]
    remembered = {"entradas": memory.entries, "contado": words, "ultima": next(iter(answered), memory.slot("ultima"))}
    events: list[EventType] = [SlotSet(name, value) for name, value in remembered.items()]
    if any(need["outcome"] == "person" for need in needs):
        offer, *besides = join([Standing(OFFER, (Offer(),)), *standings]).told(words, memory.said).offers
        return [*events, *begin(offer, memory, besides)]
    if read("numero", memory.said) and not chosen:
        standings.append(Standing(OFFER, (LOOK,)))
    if not standings:
        return stands(dispatcher, memory, domain)
    if memory.standing:
        standings += memory.standing.rest if chosen else memory.standing.carried if answered else []
    standing = join(standings).told(words, memory.said)
    asked = standing if chosen else standing.again(memory.standing)
    if asked.kind != standing.kind:
        dispatcher.utter_message(response="utter_no_entiendo")
    put(dispatcher, asked, domain)
    return [*events, keep(asked)]


def _told_just_now(needs: Sequence[Need], memory: Memory) -> bool:
    """Whether the message only asks what was answered last, and whose question stands."""
    standing, last = memory.standing, memory.slot("ultima")
    asked = {need["ranking"][0]["id"] if need["outcome"] == "answer" else "" for need in needs}
    return bool(standing and standing.kind in (OFFER, SERVED) and standing.offers[0].faq_id == last and asked == {last})


def _once_more(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """No text twice in a row: what is offered once more, in place of the question whether it served a person."""
    dispatcher.utter_message(response="utter_ya_respondido")
    standing = Standing(OFFER, memory.standing.offers) if memory.standing else Standing(MORE)
    standing = standing.told(memory.said.text, memory.said)
    put(dispatcher, standing, domain)
    return [SlotSet("contado", memory.said.text), keep(standing)]


def stands(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """Put the question that stands once more."""
    if memory.standing:
        put(dispatcher, memory.standing, domain)
    return []


def told_words(needs: Sequence[Need], memory: Memory) -> str | None:
    """The customer's own words about the matter: those before, where the last message holds none."""
    empty = not memory.said.needs or memory.said.person or memory.said.courtesy
    if empty:
        return memory.slot("contado")
    return with_matter(memory.said.text, memory)


def with_matter(text: str, memory: Memory) -> str:
    """The text; where it tells nothing by itself, below the customer's own words about the matter."""
    matter = memory.slot("contado")
    return f"{matter}\n{text}" if matter and text not in matter.splitlines() and Said(text).scrap else text


def say(dispatcher: CollectingDispatcher, needs: Sequence[Need], memory: Memory, domain: Domain) -> list[Standing]:
    """Utter what belongs to each need; the questions that go with them."""
    found = [_say(dispatcher, need, memory, domain) for need in needs]
    return [standing for standing in found if standing]


def _say(dispatcher: CollectingDispatcher, need: Need, memory: Memory, domain: Domain) -> Standing | None:
    outcome = need["outcome"]
    if outcome == "answer":
        return _answered(dispatcher, need["ranking"][0]["id"], memory, domain)
    if outcome == "clarify":
        return Standing(CHOICE, (Offer(),), {entry["id"]: entry["question"] for entry in need["ranking"][:3]})
    if outcome == "smalltalk":
        return _smalltalk(dispatcher, need["label"])
    if outcome == "person":
        dispatcher.utter_message(response="utter_persona", **reply_by())
        return None
    if need.get("theme") == PAST_REQUESTS:
        return Standing(OFFER, (LOOK, Offer(tema=PAST_REQUESTS)))
    if outcome == "other_language":
        dispatcher.utter_message(response="utter_otro_idioma")
    elif not memory.said.secret:
        # a word or two may sound like anything, and a theme that is not the likeliest label of all is a guess
        named = memory.said.words > _FEW and need["label"] == f"fuera/{need.get('theme')}"
        response = "utter_tema" if need.get("topic") and named else "utter_sin_tema"
        dispatcher.utter_message(response=f"{response}{_again(memory)}", topic=need.get("topic"))
    words = f"utter_ofrecer_{OPEN_TICKET}{_again(memory)}"
    return Standing(OFFER, (Offer(tema=need.get("theme") or "", ofrece=text_of(domain, words) if _again(memory) else ""),))


def _again(memory: Memory) -> str:
    """How a response is called that says the same in other words: the second time in a row, and every time after it."""
    return "" if memory.in_form else ("", "_otra_vez", "_mas")[min(memory.astray, 3) - 1 if memory.astray else 0]


def _answered(dispatcher: CollectingDispatcher, id_: str, memory: Memory, domain: Domain) -> Standing:
    """Utter the approved text; then what the entry leads to that was not done yet, during an incident a person."""
    entry = memory.entries.get(id_, {})
    if instead := suspended(id_):
        dispatcher.utter_message(text=instead)
        ticket = Offer(faq_id=id_, paso=len(steps(id_, entry)), ofrece=text_of(domain, "utter_ofrecer_incidencia"))
        return Standing(OFFER, (ticket,))
    dispatcher.utter_message(response=f"utter_faq/{id_}")
    options = tuple(step for step in steps(id_, entry) if step.titulo)
    if "numero_serie" in entry.get("checks", ()):
        _check_serial(dispatcher, memory.said, invite=not options)
    if options:
        named = [option for option in options if "campo" in told(option.asks, memory.said)]
        return Standing(OFFER, tuple(named)) if named else Standing(CHOICE, options)
    step = next_step(id_, entry, memory.done)
    return Standing(OFFER if entry.get("action") else SERVED, (step,))


def _smalltalk(dispatcher: CollectingDispatcher, label: str) -> Standing | None:
    dispatcher.utter_message(response=f"utter_{label}", **(office() if label == _HOURS else {}))
    if label in _STANDS:
        return None
    return Standing(OFFER, (Offer(),)) if label == "charla/insulto" else Standing(MORE)


def _check_serial(dispatcher: CollectingDispatcher, said: Said, *, invite: bool = False) -> None:
    """Say whether the number in the message has the form of a serial number; or, to invite one, that it can be checked."""
    if any(message.get("response") in _CHECKED for message in dispatcher.messages):  # several needs of one message
        return
    if right := serial.right(said):
        dispatcher.utter_message(response="utter_si_es_numero_serie", numero_serie=right)
    elif malformed := serial.malformed(said):
        dispatcher.utter_message(response="utter_malo_numero_serie", numero_serie=malformed)
    elif invite:
        dispatcher.utter_message(response="utter_invita_numero_serie")


def only_a_serial(memory: Memory) -> bool:
    """Whether the message is the number that the last answer was about."""
    checks = memory.entries.get(memory.slot("ultima") or "", {}).get("checks", ())
    number = serial.right(memory.said) or serial.malformed(memory.said)
    return "numero_serie" in checks and bool(number) and memory.said.words <= _SHORT


def serial_alone(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    """Say whether the number can be a serial number, and ask whether that served."""
    id_ = memory.slot("ultima")
    _check_serial(dispatcher, memory.said)
    standing = Standing(SERVED, (next_step(id_, memory.entries[id_], memory.done),)).told(memory.slot("contado"))
    put(dispatcher, standing, domain)
    return [keep(standing)]
