"""A proposed change of the FAQ: kept, refused, tried against what customers wrote, and exported; the files are real."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from agents_parts import ADMIN, AGENT, Office, csrf, office
from conftest import needs_chromium
from desk_parts import Clock
from playwright.sync_api import Page, expect
from test_webchat_agents_pages import assert_accessible, signed_in
from webchat_fakes import Site

from bot import faq, trial
from bot.changes import Change, next_entry
from bot.model import Model
from bot.revision import patch, refuse
from desk import AlreadyReviewed, Desk
from settings import ROOT

FAQ = ROOT / "data" / "faq_es"
ANSWER = "Estos son los pasos:\n• Mire en spam.\n• Escriba a https://example.com/ayuda."


@pytest.fixture(scope="session")
def known() -> faq.Faq:
    """The real knowledge, which takes seconds to read."""
    return faq.load(FAQ)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The head of a real entry and a real theme, each with few messages."""
    made = tmp_path / "data" / "faq_es"
    for name, intent in (("entradas/1.6", "faq/1.6"), ("temas/alquiler", "fuera/alquiler")):
        head = (FAQ / f"{name}.yml").read_text().partition("nlu:\n")[0]
        (made / name).parent.mkdir(parents=True)
        messages = "".join(f"    - mensaje {number} de {name}\n" for number in range(6))
        (made / f"{name}.yml").write_text(
            f"{head}nlu:\n- intent: {intent}\n  metadata: {{author: B0}}\n  examples: |\n{messages}"
        )
    return made


@pytest.fixture
def rooms(tmp_path: Path, folder: Path) -> Office:
    made = office()
    settings = replace(made.app.config["SETTINGS"], var_dir=tmp_path, faq_dir=folder)
    made.app.config["SETTINGS"] = made.app.extensions["trials"].settings = settings
    return made


@pytest.fixture
def site(rooms: Office) -> Iterator[Site]:
    running = Site(rooms.app)
    yield running
    running.stop()


def change_of(folder: Path, **changes: object) -> Change:
    now = faq.load(folder).entries["1.6"]
    return replace(Change("1.6", now.question, now.answer, section=now.section), **changes)  # type: ignore[arg-type]


def lines(diff: str) -> list[str]:
    return [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_change_touches_nothing_else_in_the_file_and_git_can_apply_it(folder: Path, tmp_path: Path) -> None:
    before, gone, added = faq.load(folder).entries["1.6"], "mensaje 3 de entradas/1.6", "el correo no ha venido"
    change = change_of(folder, question="¿No le llega?", answer=ANSWER, added=(added,), removed=(gone,))
    made = patch(folder, [], tmp_path, [change])
    found = lines(made)
    assert f"-    - {gone}" in found and f"+    - {added}" in found and len(found) == 11
    subprocess.run(["git", "apply", "-"], input=made, text=True, check=True, cwd=tmp_path)
    after = faq.load(folder)
    assert after.entries["1.6"] == replace(before, question="¿No le llega?", answer=ANSWER)
    assert [example.author for example in after.examples if example.text == added] == ["revision"]


def test_a_new_entry_is_a_new_file_with_the_next_number(folder: Path, tmp_path: Path) -> None:
    assert [next_entry({"1.2": "A", "1.10": "A", "2.1": "B"}, section) for section in "ABC"] == ["1.11", "2.2", "3.1"]
    change = Change("1.7", "¿Toldos?", "No.", tuple(f"quiero un toldo {number}" for number in range(5)), section="OTRO")
    made = patch(folder, [], tmp_path, [change])
    subprocess.run(["git", "apply", "-"], input=made, text=True, check=True, cwd=tmp_path)
    assert faq.load(folder).entries["1.7"] == faq.Entry("1.7", "OTRO", "¿Toldos?", "No.", None, ())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"question": ""}, "question"),
        ({"answer": ""}, "answer"),
        ({"added": ("mensaje 1 de temas/alquiler",)}, "twice"),
        ({"removed": ("esto no lo escribió nadie",)}, "missing"),
        ({"entry": "9.9", "added": ("uno",)}, "few"),
        ({"entry": "9.9"}, "few"),
    ],
)
def test_a_change_that_could_not_be_learned_is_refused_with_its_reason(folder: Path, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(faq.FaqError) as refused:
        refuse(folder, change_of(folder, **wrong))
    assert refused.value.code == code


def test_of_two_editors_the_second_is_told_and_nothing_is_lost(desk: Desk, clock: Clock) -> None:
    first = desk.propose("1.6", {"question": "a"}, AGENT)
    with pytest.raises(AlreadyReviewed):
        desk.propose("1.6", {"question": "b"}, ADMIN)
    second = desk.propose("1.6", {"question": "b"}, ADMIN, first.id)
    desk.propose("2.1", {"question": "c"}, AGENT)
    assert [(change.entry, change.change, change.by) for change in desk.proposed()] == [
        ("1.6", {"question": "b"}, ADMIN),
        ("2.1", {"question": "c"}, AGENT),
    ]
    desk.propose("1.6", None, ADMIN, second.id)
    assert [change.change for change in desk.proposed()] == [{"question": "c"}, None]


def test_the_messages_to_try_on_are_the_latest_different_ones_that_asked_something(desk: Desk, clock: Clock) -> None:
    for text, outcome in (("uno", "answer"), ("dos", "clarify"), ("uno", "answer"), ("sí", "dialogue"), ("hola", "smalltalk")):
        desk.record("chat", "c1", text, outcome=outcome)
    assert desk.recorded_texts(10) == ["uno", "dos"]
    assert desk.recorded_texts(1) == ["uno"]


def test_the_page_keeps_a_proposal_once_and_tells_what_is_wrong_in_spanish(rooms: Office, folder: Path) -> None:
    client = rooms.enter()
    form = {
        "csrf_token": csrf(client),
        "replaces": "0",
        "question": "¿No llega?",
        "answer": ANSWER,
        "added": "mensaje 1 de temas/alquiler",
    }
    refused = client.post("/agente/faq/1.6", data=form)
    assert refused.status_code == 422 and "alquiler.yml, línea" in refused.text and "está ya en «1.6»" in refused.text
    assert "¿No llega?" in refused.text and rooms.desk.proposed() == []
    form["added"] = " el correo de ana@example.com \n\nno ha venido "
    assert client.post("/agente/faq/1.6", data=form).status_code == 303
    assert client.post("/agente/faq/1.6", data=form).status_code == 409
    (kept,) = rooms.desk.proposed()
    assert Change(**kept.change or {}) == change_of(
        folder, question="¿No llega?", answer=ANSWER, added=["el correo de ana@example.com", "no ha venido"], removed=[]
    )
    assert "con un cambio propuesto" in client.get("/agente/faq").text
    assert client.post("/agente/faq/1.6/retirar", data=form).status_code == 303
    assert "con un cambio propuesto" not in client.get("/agente/faq").text
    assert client.get("/agente/faq/9.9").status_code == client.post("/agente/faq/1.6/prueba", data=form).status_code == 404
    assert client.get("/agente/static/widget/chat.js").status_code == 404


def test_a_draft_of_the_inbox_becomes_a_new_entry_and_the_patch_has_it(rooms: Office, tmp_path: Path) -> None:
    ids = [rooms.desk.record("chat", "c1", f"quiero un toldo {n} ya", outcome="out_of_scope") for n in range(5)]
    rooms.desk.review(ids, "new_entry", AGENT, "¿Venden toldos?")
    client = rooms.enter()
    page = client.get("/agente/faq/nueva?borrador=¿Venden toldos?").text
    assert "¿Venden toldos?" in client.get("/agente/faq").text and "quiero un toldo 4 ya" in page
    added = "\n".join(f"quiero un toldo {n} ya" for n in range(5))
    form = {"csrf_token": csrf(client), "section": "REGISTRO", "question": "¿Venden toldos?", "answer": "No.", "added": added}
    assert client.post("/agente/faq/nueva", data=form).status_code == 303
    (kept,) = rooms.desk.proposed()
    settings = rooms.app.config["SETTINGS"]
    here = {name.upper(): str(getattr(settings, name)) for name in ("database_url", "agents_database_url")}
    rooms.desk.review([rooms.desk.record("chat", "c2", "¿y globos?", outcome="out_of_scope")], "new_entry", AGENT, "¿Globos?")
    rooms.desk.review([rooms.desk.record("chat", "c3", "un barco", outcome="out_of_scope")], "new_theme", AGENT, "los barcos")
    command = [sys.executable, "-W", "ignore", "-m", "bot", "proposals", "export"]
    told = subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, capture_output=True, text=True, check=True)
    assert told.stderr.splitlines() == [
        "not in the patch: new entry '¿Globos?': its 1 messages wait for an answer",
        "not in the patch: new theme 'los barcos': 1 messages, 5 are needed",
    ]
    here["DATABASE_URL"] = "postgresql://127.0.0.1:1/desk"
    broken = subprocess.run(command, cwd=ROOT, env={**os.environ, **here}, capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stdout) == (1, "") and "Traceback" not in broken.stderr
    assert f"+++ b/data/faq_es/entradas/{kept.entry}.yml" in told.stdout and "+    - quiero un toldo 4 ya" in told.stdout


def test_only_what_would_be_told_otherwise_is_different(model: Model, known: faq.Faq) -> None:
    entries = {**known.entries, "1.6": replace(known.entries["1.6"], answer=ANSWER)}
    after = model.over(replace(known, entries=entries))
    texts = ["no me llega el correo de confirmación", "¿cuánto dura la sesión?", "quiero un toldo azul"]
    (found,) = trial.compare(model, after, texts)
    assert found["text"] == texts[0]
    assert found["after"][0]["entries"][0]["answer"] == ANSWER != found["before"][0]["entries"][0]["answer"]


@needs_chromium
def test_an_editor_changes_an_answer_and_sees_it_and_what_it_changes(
    page: Page, rooms: Office, site: Site, folder: Path, tmp_path: Path
) -> None:
    signed_in(page, rooms, site, AGENT).goto(f"{site.url}agente/faq/1.6")
    page.get_by_label("Respuesta").fill(ANSWER)
    preview = page.get_by_role("region", name="Como la vería el cliente")
    expect(preview.get_by_role("listitem")).to_have_text(["Mire en spam.", "Escriba a https://example.com/ayuda."])
    expect(preview.get_by_role("link")).to_have_attribute("href", "https://example.com/ayuda")
    page.get_by_role("button", name="Guardar").press("Enter")
    expect(page.get_by_text("La propuesta está guardada.")).to_be_visible()
    (kept,) = rooms.desk.proposed()
    told = {"outcome": "answer", "entries": [{"id": "1.6", "question": "¿No llega?", "answer": ANSWER}]}
    found = [{"text": "no me llega", "before": [{"outcome": "clarify", "entries": []}], "after": [told]}]
    done = tmp_path / "trials" / str(kept.id) / trial.RESULT
    done.parent.mkdir(parents=True)
    done.write_text(json.dumps({"texts": 2, "different": found, "faq": faq.fingerprint(folder)}))
    page.goto(f"{site.url}agente/faq/1.6")
    expect(page.get_by_role("heading", name="1 de los últimos 2 mensajes")).to_be_visible()
    expect(page.get_by_role("cell")).to_have_text(["no me llega", "Se preguntó", "Respuesta · 1.6 ¿No llega?"])
    expect(page.get_by_text("han cambiado desde esta prueba")).to_have_count(0)
    assert_accessible(page)
    with (folder / "temas" / "alquiler.yml").open("a") as file:
        file.write("    - ¿alquilan grúas?\n")
    page.reload()
    expect(page.get_by_text("han cambiado desde esta prueba")).to_be_visible()
    expect(page.get_by_role("button", name="Probar", exact=True)).to_be_visible()
    assert_accessible(page)


@needs_chromium
def test_a_trial_is_started_followed_and_asked_by_keyboard(page: Page, model: Model, tmp_path: Path) -> None:
    rooms = office()
    settings = replace(rooms.app.config["SETTINGS"], var_dir=tmp_path)
    rooms.app.config["SETTINGS"] = rooms.app.extensions["trials"].settings = settings
    old = tmp_path / "trials" / "99"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    for text in ("no me llega el correo de confirmación", "¿cuánto dura la sesión?"):
        rooms.desk.record("chat", "c1", text, outcome="answer")
    rooms.desk.propose("1.6", asdict(change_of(FAQ, answer="Mire en spam, por favor.")), AGENT)
    site = Site(rooms.app)
    try:
        signed_in(page, rooms, site, AGENT).goto(f"{site.url}agente/faq/1.6")
        page.get_by_role("button", name="Probar", exact=True).press("Enter")
        expect(page.get_by_text("La prueba está en marcha…")).to_be_visible()
        assert_accessible(page)
        page.goto(f"{site.url}agente/faq/1.6")  # who leaves and comes back finds it
        heading = page.get_by_role("heading", name="1 de los últimos 2 mensajes se responderían de otra manera")
        expect(heading).to_be_visible(timeout=180_000)
        expect(page.get_by_role("button", name="Ver qué se respondería")).to_be_enabled()
        page.get_by_label("Un mensaje, como lo escribiría un cliente").press_sequentially(
            "no he recibido el correo de confirmación"
        )
        page.keyboard.press("Enter")
        expect(page.locator(".tried")).to_contain_text("Mire en spam, por favor.", timeout=60_000)
        assert_accessible(page)
    finally:
        site.stop()
    assert not old.exists()
