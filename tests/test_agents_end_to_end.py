"""The agents' pages of the running product: the real model, and nothing but keys."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT, Product, needs_chromium
from playwright.sync_api import Browser, Page, expect

import settings
from desk import Desk

AGENT = "ana@example.com"
TEXT = (
    "Buenos días: me registré el lunes y no me llega el correo de confirmación a luis.perez@example.com. "
    "Además, ¿cuánto cuesta la calibración del CMC 356?"
)


@pytest.fixture(scope="module")
def session(product: Product, browser: Browser) -> Any:
    """What the browser keeps of an agent who signed in by keyboard."""
    command = [sys.executable, "-m", "webchat.agents", "add", AGENT, "--name", "Ana Pérez"]
    environment = {**os.environ, "VAR_DIR": str(product.var_dir)}
    password = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{product.agents}/agente/entrar")
    expect(page.get_by_label("Correo electrónico")).to_be_focused()
    page.keyboard.type(AGENT)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sugerencias")).to_be_visible(timeout=60_000)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def agent(product: Product, session: Any, browser: Browser) -> Iterator[Page]:
    """The page of an agent who has signed in."""
    context = browser.new_context(storage_state=session, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{product.agents}/agente")
    yield page
    context.close()


def desk_of(product: Product) -> Desk:
    return Desk(replace(settings.from_env(), database_url=f"sqlite:///{product.var_dir}/desk.db"))


def reach(page: Page, name: str) -> None:
    """Go on with the Tab key to the first button whose name begins so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            return
    raise AssertionError(f"no Tab leads to {name!r}")


@needs_chromium
def test_a_pasted_message_is_answered_acted_on_and_copied_without_a_mouse(product: Product, agent: Page) -> None:
    expect(agent.get_by_role("textbox", name="Lo que escribe el cliente")).to_be_focused()
    agent.keyboard.insert_text(TEXT)
    answer, outside = agent.get_by_role("article").nth(0), agent.get_by_role("article").nth(1)
    expect(answer.get_by_role("heading")).to_have_text("Respuesta", timeout=60_000)  # the first one, on a busy machine
    expect(answer.locator(".number").first).to_have_text("1.6")
    expect(answer.locator(".percent").first).to_have_text("100 %")
    expect(answer.locator("mark").first).to_be_visible()
    expect(answer.locator(".data")).to_contain_text("luis.perez@example.com")
    expect(outside).to_contain_text("Tema y cola: la calibración de un equipo")
    expect(outside.locator(".data")).to_contain_text("Correo de contacto")
    assert Axe().run(agent).violations_count == 0

    agent.keyboard.press("Control+Enter")
    reply = agent.get_by_role("textbox", name="Su respuesta")
    expect(agent.get_by_text("Copiado.")).to_be_visible()
    expect(reply).to_be_focused()
    agent.keyboard.press("Control+Home")
    agent.keyboard.type("Estimado Luis:\n\n")
    agent.keyboard.press("Control+Enter")
    copied = agent.wait_for_function(
        "async () => { const text = await navigator.clipboard.readText(); return text.startsWith('Estimado') && text }"
    ).json_value()
    assert "Revise su buzón de correo no deseado" in copied and copied.endswith("Ana Pérez\nOMICRON")

    agent.get_by_role("textbox", name="Lo que escribe el cliente").focus()
    reach(agent, "Reenviar el correo de confirmación")
    agent.keyboard.press("Enter")
    expect(agent.get_by_label("Correo con el que se registró")).to_have_value("luis.perez@example.com")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("button", name="Confirmar")).to_be_focused()
    assert not desk_of(product).requests(words="luis.perez@example.com")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("link", name="V-")).to_be_focused()
    agent.keyboard.press("Enter")
    expect(agent.get_by_text("Reenvío del correo de confirmación", exact=True)).to_be_visible()
    expect(agent.get_by_text("luis.perez@example.com").first).to_be_visible()


@needs_chromium
def test_messages_that_ask_the_same_are_one_group_of_the_inbox_and_one_press(product: Product, agent: Page) -> None:
    desk = desk_of(product)
    texts = ("¿alquilan equipos por meses?", "quisiera arrendar un CMC unas semanas", "¿se puede alquilar un maletín de ensayo?")
    ids = [desk.record("chat", "c-inbox", text, outcome="out_of_scope") for text in texts]
    agent.goto(f"{product.agents}/agente/pendientes")
    group = agent.get_by_role("form").filter(has_text=texts[0])
    expect(group.get_by_role("checkbox")).to_have_count(3)
    group.get_by_role("button", name="Tema: alquiler").focus()
    agent.keyboard.press("Enter")
    expect(agent.get_by_text("Guardado")).to_be_visible()
    assert {turn.id: review.label for turn, review in desk.proposals() if turn.id in ids} == dict.fromkeys(ids, "alquiler")


@needs_chromium
def test_a_side_panel_and_the_search_answer_by_the_same_understanding(product: Product, agent: Page) -> None:
    agent.goto(f"{product.agents}/agente/panel?texto=no+me+llega+el+correo+de+confirmaci%C3%B3n")
    expect(agent.get_by_role("article").locator(".number").first).to_have_text("1.6")
    headers = {"Authorization": f"Bearer {product.agents_token}"}
    found = requests.get(f"{product.agents}/api/faq", {"q": "no me llega el correo de confirmación"}, headers=headers, timeout=30)
    assert found.json()["entries"][0]["id"] == "1.6"
