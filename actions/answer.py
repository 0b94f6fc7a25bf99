"""Answers what was understood: approved text, a question back, or the offer of a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import serial
from actions.ask import put
from actions.decline import decline
from actions.fields import read, told
from actions.memory import Memory, begin, keep
from actions.offer import CHECK_ASKS, CHECK_REQUEST, CHOICE, MORE, OFFER, SERVED, Offer, Standing, join, next_step, steps
from actions.pick import agreed, denied, picked
from actions.said import Said
from actions.service import reply_by, suspended

_SHORT = 4
_PAST_REQUESTS = "historial_tickets"  # the theme of those who ask how a request stands
_STANDS = ("charla/bot",)  # small talk that leaves the question that stands as it is

Domain = dict[str, Any]
Need = Mapping[str, Any]


class ActionResponder(Action):
    """Says what belongs to each need of the message, in order, then puts one question."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_responder"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Utter the answers and the question; it is kept in its slot, or the request begun that was agreed to."""
        memory = Memory(tracker)
        warn(dispatcher, memory.said)
        if denied(memory.standing, memory.said):
            return decline(dispatcher, memory, domain)
        if memory.said.outcome != "answer" and read("numero", memory.said):
            return begin(Offer(CHECK_REQUEST, pide=CHECK_ASKS), memory)
        choice = agreed(memory.standing, memory.said) or picked(memory.standing, memory.said)
        if isinstance(choice, Offer):
            return begin(choice, memory)
        if choice is None and _only_a_serial(memory):
            return _serial_alone(dispatcher, memory, domain)
        return answer(dispatcher, needs_of(memory, choice), memory, domain)


def warn(dispatcher: CollectingDispatcher, said: Said) -> None:
    """Tell the customer that a password was taken out of the message."""
    if said.secret:
        dispatcher.utter_message(response="utter_contrasena")


def needs_of(memory: Memory, chosen: str | None = None) -> Sequence[Need]:
    """What the message asks; an entry that was chosen, by its words or its button, is a need of its own."""
    id_ = chosen or memory.said.value("faq_id")
    return [{"outcome": "answer", "ranking": [{"id": id_}]}] if id_ else memory.said.needs


def answer(dispatcher: CollectingDispatcher, needs: Sequence[Need], memory: Memory, domain: Domain) -> list[EventType]:
    """Utter what belongs to the needs and put one question; the events that keep it and what was told."""
    standings = say(dispatcher, needs, memory, domain)
    words = told_words(needs, memory)
    answered = [need["ranking"][0]["id"] for need in needs if need["outcome"] == "answer"]
    remembered = {"entradas": memory.entries, "contado": words, "ultima": next(iter(answered), memory.slot("ultima"))}
    events: list[EventType] = [SlotSet(name, value) for name, value in remembered.items()]
    if any(need["outcome"] == "person" for need in needs):
        return [*events, *begin(Standing(OFFER, (Offer(),)).told(words, memory.said).offers[0], memory)]
    if not standings:
        return []
    standing = join(standings).told(words, memory.said)
    put(dispatcher, standing, domain)
    return [*events, keep(standing)]


def told_words(needs: Sequence[Need], memory: Memory) -> str | None:
    """The customer's own words about the matter: those before, where the last message holds none."""
    empty = not memory.said.needs or memory.said.person or memory.said.courtesy
    return memory.slot("contado") if empty else memory.said.text


def say(dispatcher: CollectingDispatcher, needs: Sequence[Need], memory: Memory, domain: Domain) -> list[Standing]:
    """Utter what belongs to each need; the questions that go with them."""
    found = (_say(dispatcher, need, memory) for need in needs)
    return [standing for standing in found if standing]


def _say(dispatcher: CollectingDispatcher, need: Need, memory: Memory) -> Standing | None:
    outcome = need["outcome"]
    if outcome == "answer":
        return _answered(dispatcher, need["ranking"][0]["id"], memory)
    if outcome == "clarify":
        return Standing(CHOICE, (Offer(),), {entry["id"]: entry["question"] for entry in need["ranking"][:3]})
    if outcome == "smalltalk":
        return _smalltalk(dispatcher, need["label"])
    if outcome == "person":
        dispatcher.utter_message(response="utter_persona", **reply_by())
        return None
    if need.get("theme") == _PAST_REQUESTS:
        return Standing(OFFER, (Offer(CHECK_REQUEST, pide=CHECK_ASKS), Offer(tema=_PAST_REQUESTS)))
    if outcome == "other_language":
        dispatcher.utter_message(response="utter_otro_idioma")
    elif not memory.said.secret:
        response = "utter_tema" if need.get("topic") else "utter_sin_tema"
        dispatcher.utter_message(response=response, topic=need.get("topic"))
    return Standing(OFFER, (Offer(tema=need.get("theme") or ""),))


def _answered(dispatcher: CollectingDispatcher, id_: str, memory: Memory) -> Standing:
    """Utter the approved text; then what the entry leads to that was not done yet."""
    entry = memory.entries.get(id_, {})
    if instead := suspended(id_):
        dispatcher.utter_message(text=instead)
        return Standing(SERVED, (Offer(faq_id=id_, paso=len(steps(id_, entry))),))
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
    dispatcher.utter_message(response=f"utter_{label}")
    if label in _STANDS:
        return None
    return Standing(OFFER, (Offer(),)) if label == "charla/insulto" else Standing(MORE)


def _check_serial(dispatcher: CollectingDispatcher, said: Said, *, invite: bool = False) -> None:
    """Say whether the number in the message has the form of a serial number; or, to invite one, that it can be checked."""
    if right := serial.right(said):
        dispatcher.utter_message(response="utter_si_es_numero_serie", numero_serie=right)
    elif malformed := serial.malformed(said):
        dispatcher.utter_message(response="utter_malo_numero_serie", numero_serie=malformed)
    elif invite:
        dispatcher.utter_message(response="utter_invita_numero_serie")


def _only_a_serial(memory: Memory) -> bool:
    """Whether the message is the number that the last answer was about."""
    checks = memory.entries.get(memory.slot("ultima") or "", {}).get("checks", ())
    number = serial.right(memory.said) or serial.malformed(memory.said)
    return "numero_serie" in checks and bool(number) and memory.said.words <= _SHORT


def _serial_alone(dispatcher: CollectingDispatcher, memory: Memory, domain: Domain) -> list[EventType]:
    id_ = memory.slot("ultima")
    _check_serial(dispatcher, memory.said)
    standing = Standing(SERVED, (next_step(id_, memory.entries[id_], memory.done),)).told(memory.slot("contado"))
    put(dispatcher, standing, domain)
    return [keep(standing)]
