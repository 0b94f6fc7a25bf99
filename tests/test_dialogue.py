"""Whole conversations, from `tests/conversations/*.yml` in the form of Rasa's end-to-end tests, with the running product.

A step is what the `user` types, a button that the user presses by its `title` (`again` for one shown some messages ago), or
what the assistant says: an `utter` of the domain, or a piece of a `bot` text. What is said is expected in its order; what is
not named may stand in between. `{number}` in what is typed is that of the request which the assistant named last.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Product
from ruamel.yaml import YAML
from talk import Talk

import settings
from desk import Desk

FOLDER = Path(__file__).parent / "conversations"
CASES = {
    f"{path.stem}: {case['test_case']}": case["steps"]
    for path in sorted(FOLDER.glob("*.yml"))
    for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["test_cases"]
}
NUMBER = re.compile(r"V-\d{4}-\d{6,9}")
ENTRIES = {path.stem: YAML(typ="safe").load(path.read_text("utf-8")) for path in (ROOT / "data/faq_es/entradas").glob("*.yml")}
ASKED = {"2.3": "no recuerdo ni mi correo ni mi usuario"}  # 2.2 asks nearly the same as its official question
TOLD = {
    "email": "ana@example.com", "contacto": "ana@example.com", "cuenta": "jperez", "correo_nuevo": "nuevo@example.com",
    "numero_serie": "AB123Z", "campo": "dice que el país no vale", "error": "pone que ha caducado", "detalle": "no puedo entrar",
    "nombre": "Ana Ruiz", "empresa": "Acme", "urgente": "no",
}  # fmt: skip
STANDING = {
    "nothing": (), "an offer": ("no me llega el correo de confirmación",), "more": ("gracias",),
    "whether it served": ("¿por qué tengo que registrarme?",), "a choice": ("no puedo enviar mi registro",),
    "whether it came": ("he olvidado mi contraseña", "sí, a ana@example.com", "sí"),
    "which was meant": ("no me acuerdo del usuario ni de la clave",), "a look at a request": ("¿cómo va mi solicitud?",),
    "a ticket": ("¿cuánto cuesta la renovación de la licencia?",), "a value": ("he olvidado mi contraseña", "sí"),
}  # fmt: skip


def responses() -> dict[str, list[dict[str, Any]]]:
    """The texts of the domain and of the knowledge folder."""
    files = [ROOT / "bot" / "domain.yml", *(ROOT / "data" / "faq_es").rglob("*.yml")]
    found: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        found.update(YAML(typ="safe").load(path.read_text(encoding="utf-8")).get("responses") or {})
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """For each response a pattern of what is said, any value in the place of a slot."""
    return {name: re.sub(r"\\{\w+\\}", ".*", re.escape(said[0]["text"])) for name, said in responses().items()}


@pytest.mark.parametrize("name", CASES)
def test_the_assistant_says_what_the_conversation_expects(product: Product, texts: dict[str, str], name: str) -> None:
    talk, said, number = Talk(product), [], ""
    shown: list[dict[str, str]] = []
    for step in CASES[name]:
        shown += [button for message in said for button in message["buttons"]]
        number = next((found[0] for message in said if (found := NUMBER.search(message["text"]))), number)
        if "user" in step:
            said = talk.say(step["user"].replace("{number}", number))
            continue
        if "start" in step:
            said = talk.begin(step["start"])
            continue
        if "title" in step:
            said = talk.press(next(b for message in said for b in message["buttons"] if b["title"] == step["title"]))
            continue
        if "again" in step:
            said = talk.press(next(b for b in reversed(shown) if b["title"] == step["again"]))
            continue
        pattern = texts[step["utter"]] if "utter" in step else ".*" + re.escape(step["bot"])
        heard = [message["text"] for message in talk.heard]
        at = next((i for i, text in enumerate(heard) if re.match(pattern, text, re.DOTALL)), None)
        assert at is not None, f"expected {step}, got {heard}"
        talk.heard = talk.heard[at + 1 :]


def test_everything_that_can_be_said_is_expected_by_a_conversation_or_another_test() -> None:
    steps = {step["utter"] for case in CASES.values() for step in case if "utter" in step}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    parts = re.compile(r"utter_(?:etiqueta|titulo)_|utter_(?:si_no|adjunto)$")  # of what is said
    assert {name for name in responses() if not parts.match(name) and name not in steps and name not in tests} == set()


@pytest.fixture
def desk(product: Product) -> Iterator[Desk]:
    """The desk of the running product, with no incident left behind."""
    found = Desk(replace(settings.from_env(), database_url=f"sqlite:///{product.var_dir}/desk.db"))
    yield found
    found.end_incident()


@pytest.mark.parametrize("id_", sorted(ENTRIES))
def test_no_after_no_every_entry_leads_to_a_ticket_with_the_conversation(product: Product, desk: Desk, id_: str) -> None:
    talk, question = Talk(product), ASKED.get(id_, ENTRIES[id_]["pregunta"])
    said = talk.say(question)
    assert id_ in [message["faq"] for message in said]
    for _ in range(3):
        if "abra" not in said[-1]["text"]:
            said = talk.say("no")
    assert "abra" in said[-1]["text"]
    said = talk.press(said[-1]["buttons"][0])
    while asks := said[-1]["asks"]:
        said = talk.say(TOLD[asks])
    said = talk.say("sí")
    [number] = NUMBER.findall(said[0]["text"])
    ticket = desk.request(number)
    assert (ticket.kind, ticket.faq_id) == ("open_ticket", id_)
    assert ticket.excerpt and (ticket.excerpt[0]["customer"], ticket.excerpt[0]["faq_ids"]) == (question, [id_])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("[Sí]", True), ("[No]", False), ("sí", True), ("no", False), ("me sirvió, gracias", True), ("no me ha servido", False),
        ("más o menos", False), ("gracias", None), ("¿cómo puedo permanecer conectado?", None),
    ],
)  # fmt: skip
def test_whether_an_answer_served_is_kept_with_it(product: Product, answer: str, expected: bool | None) -> None:
    talk = Talk(product)
    [*_, asked] = talk.say("¿por qué tengo que registrarme?")
    talk.say(answer) if "[" not in answer else talk.press(next(b for b in asked["buttons"] if b["title"] == answer.strip("[]")))
    turns = talk.turns()
    assert [turn["helpful"] for turn in turns] == [expected, None]


def test_whether_a_mail_came_is_kept_with_the_answer(product: Product) -> None:
    talk = Talk(product)
    for text in ("hola", "he olvidado mi contraseña", "sí, a ana@example.com", "sí", "me ha llegado, gracias"):
        talk.say(text)
    assert [turn["helpful"] for turn in talk.turns()] == [None, True, None, None, None]


def test_an_entry_that_an_incident_suspends_offers_a_person(product: Product, desk: Desk, texts: dict[str, str]) -> None:
    until = datetime.now(timezone.utc) + timedelta(hours=1)
    desk.begin_incident("El portal no responde.", until=until, suspended=["1.1"], instead="Hoy no se puede.")
    talk = Talk(product)
    instead, offer = talk.say("¿por qué tengo que registrarme?")
    assert instead["text"] == "Hoy no se puede." and re.fullmatch(texts["utter_ofrecer_incidencia"], offer["text"])
    assert talk.say("sí")[-1]["asks"] == "contacto"


@pytest.mark.parametrize("standing", STANDING)
@pytest.mark.parametrize("text", ["quiero hablar con una persona", "operador", "¿hay alguien que me atienda?"])
def test_a_person_may_be_asked_for_at_any_question(product: Product, texts: dict[str, str], standing: str, text: str) -> None:
    talk = Talk(product)
    for before in STANDING[standing]:
        talk.say(before)
    assert re.fullmatch(texts["utter_persona"], talk.say(text)[0]["text"])


@pytest.mark.parametrize(("status", "says"), [("taken", "utter_estado_taken"), ("done", "utter_estado_done")])
def test_how_a_request_stands_follows_what_agents_do(
    product: Product, desk: Desk, texts: dict[str, str], status: str, says: str
) -> None:
    talk = Talk(product)
    for text in ("quiero hablar con una persona", "eva@example.com", "la placa del equipo está rota"):
        talk.say(text)
    [number] = NUMBER.findall(talk.say("sí")[0]["text"])
    desk.change_status(number, status)
    stands = talk.say("¿cómo va mi solicitud?")[0]["text"]
    assert number in stands and re.fullmatch(texts[says], stands)


def test_over_a_limit_the_customer_is_told_another_way_and_nothing_is_sent(
    product: Product, desk: Desk, texts: dict[str, str]
) -> None:
    talk, detail = Talk(product), f"no puedo entrar {uuid.uuid4().hex}"
    for number in range(most := settings.from_env().limit_conversation):
        ask_for_a_person(talk, f"{detail} {number}")
        assert NUMBER.search(talk.say("sí")[0]["text"])
    ask_for_a_person(talk, detail)
    assert re.fullmatch(texts["utter_demasiadas"], talk.say("sí")[0]["text"])
    assert len(desk.requests(words=detail.rpartition(" ")[2])) == most


def ask_for_a_person(talk: Talk, detail: str) -> None:
    """Begin a ticket with this text, up to its summary."""
    said = talk.say("quiero hablar con una persona")
    while asks := said[-1]["asks"]:
        said = talk.say({**TOLD, "detalle": detail}[asks])
