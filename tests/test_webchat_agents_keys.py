"""What agents do at pages of which no mouse is needed: signing in with a second factor, figures, a new entry."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from agents_parts import AGENT, Office, office
from conftest import needs_chromium
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect
from test_webchat_agents_pages import assert_accessible, signed_in
from webchat_fakes import Site

from bot import faq
from settings import ROOT


@pytest.fixture
def rooms() -> Office:
    return office()


@pytest.fixture
def site(rooms: Office) -> Iterator[Site]:
    running = Site(rooms.app)
    yield running
    running.stop()


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_second_factor_is_set_up_and_given(browser: Browser, rooms: Office, site: Site, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 568})  # type: ignore[arg-type]
    page = signed_in(context.new_page(), rooms, site, AGENT)
    page.goto(f"{site.url}agente/segundo-factor")
    page.get_by_role("button", name="Usar una aplicación de autenticación").press("Enter")
    totp = TOTP(key=page.locator("code").inner_text().replace("-", ""))
    assert_accessible(page)
    expect(page.get_by_label("Código de seis cifras")).to_be_focused()
    page.keyboard.type(totp.generate().token)
    page.keyboard.press("Enter")
    expect(page.get_by_text("El segundo factor está activado.")).to_be_visible()
    page.get_by_text("Ana Pérez").press("Enter")
    page.get_by_role("button", name="Salir").press("Enter")
    expect(page).to_have_url(f"{site.url}agente/entrar")
    assert_accessible(page)
    expect(page.get_by_label("Correo electrónico")).to_be_focused()
    page.keyboard.type(AGENT)
    page.keyboard.press("Tab")
    page.keyboard.type(rooms.passwords[AGENT])
    page.keyboard.press("Enter")
    expect(page.get_by_label("Código de su aplicación de autenticación")).to_be_focused()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.keyboard.type(totp.generate().token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sugerencias")).to_be_visible()
    context.close()


@needs_chromium
def test_figures_of_chosen_days_are_read_and_saved(page: Page, rooms: Office, site: Site) -> None:
    rooms.desk.record("chat", "c1", "hola", outcome="answer", faq_ids=["1.6"])
    today = datetime.now(timezone.utc).date()
    first = today - timedelta(days=3)
    signed_in(page, rooms, site, AGENT).goto(f"{site.url}agente/informe")
    page.get_by_label("Desde").fill(first.isoformat())
    page.get_by_label("Hasta").fill(today.isoformat())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}agente/informe?desde={first}&hasta={today}")
    page.get_by_text("Tabla y definiciones").first.press("Enter")
    row = page.get_by_role("region", name="Tabla: Conversaciones").get_by_role("row").nth(1)
    expect(row).to_contain_text(today.isoformat())
    with page.expect_download() as saved:
        page.get_by_role("link", name="Descargar CSV de Conversaciones").press("Enter")
    assert saved.value.suggested_filename == f"conversaciones-{first}-{today}.csv"
    assert Path(saved.value.path()).read_text().splitlines() == ["day,chat,mail,agent", f"{today},1,0,0"]


@needs_chromium
def test_a_new_entry_is_written_from_what_waits_in_the_inbox(page: Page, rooms: Office, site: Site) -> None:
    before = faq.fingerprint(ROOT / "data" / "faq_es")
    texts = [f"quiero comprar globos del tipo {number} ahora" for number in range(5)]
    for text in texts:
        rooms.desk.record("chat", "c1", text, outcome="out_of_scope")
    signed_in(page, rooms, site, AGENT).goto(f"{site.url}agente/pendientes")
    page.get_by_text("Otra cosa").press("Enter")
    page.get_by_role("combobox", name="Pregunta nueva").press_sequentially("¿Venden globos?")
    page.get_by_role("button", name="Pregunta nueva").press("Enter")
    page.get_by_role("link", name="Preguntas").press("Enter")
    page.get_by_role("link", name="¿Venden globos?").press("Enter")
    expect(page.get_by_label("Mensajes de clientes que se añaden")).to_have_value(
        "\n".join(reversed(texts))
    )  # as the page had them
    page.get_by_label("Respuesta").fill("No vendemos globos.")
    page.get_by_label("Apartado").fill("REGISTRO")
    page.get_by_role("button", name="Guardar la propuesta").press("Enter", timeout=60_000)  # all of the real files are read
    expect(page.get_by_text("La propuesta está guardada.")).to_be_visible(timeout=60_000)
    (kept,) = rooms.desk.proposed()
    assert kept.change and (kept.change["question"], kept.change["added"]) == ("¿Venden globos?", texts[::-1])
    assert faq.fingerprint(ROOT / "data" / "faq_es") == before  # nothing is published from here
