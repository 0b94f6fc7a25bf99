"""The inbox of the unknown: what waits there, how persons decide it, and the patch that comes of it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from agents_parts import ADMIN, AGENT, Office, csrf, office
from conftest import needs_chromium
from playwright.sync_api import Page, expect
from test_webchat_agents_pages import assert_accessible, signed_in
from webchat_fakes import Site

from bot.faq import FaqError, load
from bot.proposals import read
from bot.revision import Decision, patch, theme_of, too_few
from desk import AlreadyReviewed, InvalidReview, UnknownInteraction

ENTRY = """id: "1.6"
pregunta: ¿No llega?
responses:
  utter_faq/1.6:
  - text: Mire en spam.
nlu:
- intent: faq/1.6
  examples: |
"""
THEME = "tema: la factura\nnlu:\n- intent: fuera/factura\n  examples: |\n"


@pytest.fixture
def rooms() -> Office:
    return office()


@pytest.fixture
def site(rooms: Office) -> Iterator[Site]:
    running = Site(rooms.app)
    yield running
    running.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "faq_es"
    for name, head in (("entradas/1.6", ENTRY), ("temas/factura", THEME)):
        path = made / f"{name}.yml"
        path.parent.mkdir(parents=True)
        path.write_text(head + "".join(f"    - mensaje {number} de {name}\n" for number in range(5)))
    return made


def decisions(rooms: Office) -> list[Decision]:
    """What the desk's command prints of the reviews, as the export reads it."""
    told = ({"verdict": review.verdict, "label": review.label, "text": turn.text} for turn, review in rooms.desk.proposals())
    return read(told).decisions


def said(rooms: Office, text: str, outcome: str = "out_of_scope", conversation: str = "c1") -> int:
    return rooms.desk.record("chat", conversation, text, outcome=outcome)


def test_what_was_refused_asked_back_thumbed_down_or_corrected_waits(rooms: Office) -> None:
    refused, asked = said(rooms, "quiero un toldo de ana@example.com"), said(rooms, "eso", "clarify")
    bad, wrong, good = (said(rooms, text, "answer") for text in ("no sirve", "mal", "bien"))
    rooms.desk.feedback("c1", bad, helpful=False)
    rooms.desk.feedback("c1", good, helpful=True)
    rooms.desk.misjudged(wrong, AGENT)
    assert [turn.id for turn in rooms.desk.unknown()] == [wrong, bad, asked, refused]
    assert rooms.desk.unknown()[-1].text == "quiero un toldo de [email]"
    rooms.desk.review([refused, wrong], "entry", AGENT, "1.6")
    rooms.desk.review([asked], "discard", AGENT)
    assert [turn.id for turn in rooms.desk.unknown()] == [bad]
    assert [(turn.id, review.label) for turn, review in rooms.desk.proposals()] == [(wrong, "1.6"), (refused, "1.6")]
    rooms.desk.erase("c1")
    assert rooms.desk.unknown() == rooms.desk.proposals() == []


def test_of_two_reviewers_the_first_one_counts_and_the_second_changes_nothing(rooms: Office) -> None:
    first, second = said(rooms, "uno"), said(rooms, "dos")
    rooms.desk.review([first], "entry", AGENT, "1.6")
    with pytest.raises(AlreadyReviewed, match=AGENT):
        rooms.desk.review([second, first], "theme", ADMIN, "factura")
    assert [turn.id for turn in rooms.desk.unknown()] == [second]
    with pytest.raises(UnknownInteraction):
        rooms.desk.review([999], "discard", ADMIN)
    for verdict, label in (("entry", " "), ("lost", "1.6"), ("theme", None)):
        with pytest.raises(InvalidReview):
            rooms.desk.review([second], verdict, ADMIN, label)


def test_a_second_reviewer_is_told_and_a_form_without_sense_refused(rooms: Office) -> None:
    id_, client = said(rooms, "uno"), rooms.enter()
    form = {"csrf_token": csrf(client), "id": str(id_), "decision": "entry:1.6"}
    told = [client.post("/agente/pendientes", data=form, follow_redirects=True).text for _ in range(2)]
    assert ["Guardado" in told[0], "Otra persona" in told[1]] == [True, True]
    for wrong in ({"id": "x"}, {"id": []}, {"decision": "lost"}):
        assert client.post("/agente/pendientes", data={**form, **wrong}).status_code == 400


def test_the_patch_adds_what_was_accepted_and_git_can_apply_it(rooms: Office, folder: Path, tmp_path: Path) -> None:
    ids = [said(rooms, text) for text in ("no llega a ana@example.com\n[ni](2)", "mensaje 3 de entradas/1.6", "¿mi factura?")]
    rooms.desk.review(ids[:2], "entry", AGENT, "1.6")
    rooms.desk.review(ids[2:], "theme", AGENT, "factura")
    made = patch(folder, decisions(rooms), tmp_path)
    subprocess.run(["git", "apply", "-"], input=made, text=True, check=True, cwd=tmp_path)
    added = [(example.text, example.label) for example in load(folder).examples if example.author == "revision"]
    assert added == [("no llega a ana@example.com [ni] (2)", "1.6"), ("¿mi factura?", "fuera/factura")]
    assert patch(folder, decisions(rooms), tmp_path) == ""  # once more adds nothing


def test_a_new_theme_gets_a_file_once_it_has_messages_enough(rooms: Office, folder: Path, tmp_path: Path) -> None:
    ids = [said(rooms, f"¿alquilan un toldo número {number}?") for number in range(5)]
    rooms.desk.review(ids[:4], "new_theme", AGENT, "El alquiler de toldos")
    assert patch(folder, decisions(rooms), tmp_path) == ""
    assert too_few(folder, decisions(rooms)) == {"fuera/el_alquiler_de_toldos": ("El alquiler de toldos", 4)}
    rooms.desk.review(ids[4:], "new_theme", ADMIN, " el alquiler de Toldos")
    assert too_few(folder, decisions(rooms)) == {}
    made = patch(folder, decisions(rooms), tmp_path)
    assert "--- /dev/null\n+++ b/data/faq_es/temas/el_alquiler_de_toldos.yml" in made
    subprocess.run(["git", "apply", "-"], input=made, text=True, check=True, cwd=tmp_path)
    assert load(folder).themes["el_alquiler_de_toldos"] == "el alquiler de Toldos"
    assert patch(folder, decisions(rooms), tmp_path) == ""
    assert (theme_of("¿Señales…?"), theme_of("…")) == ("senales", "tema")


def test_what_contradicts_the_files_is_no_patch(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FaqError, match="under one label"):
        patch(folder, [Decision("mensaje 3 de temas/factura", "1.6")], tmp_path)
    with pytest.raises(FaqError, match="add the file"):
        patch(folder, [Decision("otra cosa", "9.9")], tmp_path)


@needs_chromium
def test_alike_messages_stand_together_and_one_press_decides_them(page: Page, rooms: Office, site: Site) -> None:
    alike = [said(rooms, f"alquilar un equipo {when}") for when in ("hoy", "mañana", "ya")]
    other = said(rooms, "el toldo azul")
    signed_in(page, rooms, site, AGENT).goto(f"{site.url}agente/pendientes")
    groups = page.get_by_role("form")
    expect(groups).to_have_count(2)
    expect(groups.nth(0).get_by_role("checkbox")).to_have_count(3)
    assert_accessible(page)
    groups.nth(0).get_by_role("button", name="1.6").press("Enter")
    expect(page.get_by_text("Guardado")).to_be_visible()
    assert [turn.id for turn in rooms.desk.unknown()] == [other]
    assert {turn.id for turn, _ in rooms.desk.proposals()} == set(alike)
    page.get_by_text("Otra cosa").press("Enter")
    page.get_by_role("combobox", name="Nombre del tema nuevo").fill("toldos")
    page.get_by_role("button", name="Tema nuevo").press("Enter")
    expect(page.get_by_text("No hay nada que revisar.")).to_be_visible()
    assert rooms.desk.proposals()[-1][1].label == "toldos"
