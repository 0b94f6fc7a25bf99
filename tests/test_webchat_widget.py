"""The chat in a real browser, over a fake assistant: what customers see, what is never lost, and where it can stand."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import needs_chromium
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize, expect
from webchat_fakes import EXE, OFFER, PAYLOAD, PNG, SECRET, STEPS, FakeBot, LastMonth, Site, settings
from werkzeug.wrappers import Response
from widget_parts import PHONE, SMALLEST, assert_accessible, erase, open_chat, say

from bot.client import BotUnavailable, Button, Reply
from desk import Desk
from webchat import create_app
from webchat.widget.tokens import SALT

pytestmark = needs_chromium

ZOOMED: ViewportSize = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %
HTML = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
FORGETFUL = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("refused"); } })"""
STARTER = "No me llega el correo de confirmación"


def texts(bot: FakeBot) -> list[str | None]:
    return [text for _, text, _ in bot.heard]


class Api:
    """The way to the API, which can be cut; keeps the ids of the messages that went that way, once each."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.ids: list[str] = []
        page.on("request", lambda request: self.ids.append(request.post_data_json["id"]) if request.method == "POST" else None)

    def cut(self) -> None:
        self._page.route("**/api/chat", lambda route: route.abort())

    def mend(self) -> None:
        self._page.unroute_all()


def test_a_question_is_answered_with_its_faq_entry_and_an_offer(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    expect(panel).to_have_accessible_name("Asistente de ACME")
    expect(panel.get_by_role("log")).to_contain_text("Soy el asistente automático")
    say(panel, "no me llega el correo")
    expect(panel.get_by_role("log")).to_contain_text("Mire en la carpeta de spam.")
    expect(panel.get_by_role("button", name="He olvidado mi contraseña")).to_be_hidden()
    panel.get_by_role("link", name="Pregunta frecuente 1.6").click()
    expect(page.locator("#faq-1\\.6")).to_be_visible()
    expect(panel).to_be_visible()


def test_a_link_in_a_mail_opens_the_chat_and_begins_what_it_offers_once(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(f"{site.url}?de=correo#ventanilla=1.6")
    log = page.get_by_role("dialog").get_by_role("log")
    expect(log).to_contain_text("Mire en la carpeta de spam.")
    expect(page).to_have_url(f"{site.url}?de=correo")
    page.reload()
    expect(log).to_contain_text("Mire en la carpeta de spam.")
    assert [payload and payload.partition("{")[0] for _, _, payload in bot.heard] == ["/iniciar"]
    page.evaluate("location.hash = 'ventanilla=1.6'")  # the same link, pressed again
    expect(log.get_by_text("Vengo del correo")).to_have_count(2)


def test_a_button_is_sent_once_and_then_gone(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    panel.get_by_role("button", name=STARTER).click()
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    bot.says = [Reply("¿Cuál es su dirección?")]
    panel.get_by_role("button", name="Sí, por favor").dblclick()
    expect(panel.get_by_role("log")).to_contain_text("¿Cuál es su dirección?")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_hidden()
    assert [heard[1:] for heard in bot.heard] == [(STARTER, None), (None, PAYLOAD)]


def test_a_person_is_one_press_away_at_any_time(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    panel.get_by_role("button", name="Hablar con una persona").click()
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    panel.get_by_role("button", name="Hablar con una persona").click()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)
    assert texts(bot) == ["Quiero hablar con una persona"] * 2


def test_nothing_is_fetched_before_it_is_opened_and_nothing_kept_before_the_first_message(page: Page, site: Site) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    page.goto(site.url, wait_until="networkidle")
    assert {name for name in fetched if name.endswith(".js")} == {"ventanilla.js", "nodes.js", "page.js"}
    page.get_by_role("button", name="Pregúntenos").click()
    expect(page.get_by_role("dialog")).to_contain_text("Guardamos lo que escriba")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    say(page.get_by_role("dialog"), "hola")
    assert page.evaluate("localStorage.length") > 0


def test_a_reload_keeps_the_conversation_and_the_open_panel(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "no me llega el correo")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    page.reload()
    expect(panel.get_by_role("log")).to_contain_text("no me llega el correo")
    panel.get_by_role("button", name="Sí, por favor").click()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)
    assert bot.heard[0][0] == bot.heard[1][0]
    assert bot.heard[1][2] == PAYLOAD


def test_what_is_being_written_outlives_a_reload_and_nothing_else(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    box = panel.get_by_role("textbox")
    box.fill("antes de la primera")
    page.reload()
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    page.get_by_role("button", name="Pregúntenos").click()
    say(panel, "olvidé mi contraseña")
    expect(panel).to_contain_text("Pregunta frecuente 1.6")
    box.fill("y además")
    page.reload()
    expect(box).to_have_value("y además")
    say(panel, "¿y ahora?")
    page.reload()
    expect(box).to_have_value("")
    box.fill("otra cosa")
    erase(panel)
    expect(panel.get_by_role("button", name="Borrar la conversación")).to_be_hidden()
    page.reload()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_failure_is_seen_and_reintentar_sends_the_same_message(page: Page, site: Site, bot: FakeBot) -> None:
    api = Api(page)
    panel = open_chat(page, site)
    bot.error = BotUnavailable("it is away")
    say(panel, "no me llega el correo")
    expect(panel.get_by_role("alert")).to_contain_text("El asistente no está disponible")
    expect(panel.get_by_role("alert").get_by_role("link", name="customer.care@example.com")).to_be_visible()
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    with page.expect_response("**/api/chat"):  # a page that is opened tries at once
        page.reload()
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    bot.error = None
    panel.get_by_role("button", name="Reintentar").click()
    expect(panel.get_by_role("log")).to_contain_text("Mire en la carpeta de spam.")
    expect(panel.get_by_text("Pendiente de envío")).to_be_hidden()
    expect(panel.get_by_role("alert")).to_be_empty()
    assert len(set(api.ids)) == 1


def test_what_is_written_without_a_connection_is_sent_once_and_in_order_when_it_is_back(
    page: Page, site: Site, bot: FakeBot
) -> None:
    panel = open_chat(page, site)
    page.context.set_offline(True)
    for text in ("uno", "dos", "tres"):
        say(panel, text)
    expect(panel.get_by_role("alert")).to_contain_text("No hay conexión")
    expect(panel.get_by_text("Pendiente de envío")).to_have_count(3)
    page.context.set_offline(False)
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(3)
    assert texts(bot) == ["uno", "dos", "tres"]
    assert len({heard[0] for heard in bot.heard}) == 1


def test_what_waits_is_sent_by_another_page_of_the_site(page: Page, site: Site, bot: FakeBot) -> None:
    api = Api(page)
    panel = open_chat(page, site)
    api.cut()
    say(panel, "hola")
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    page.close()
    other = page.context.new_page()
    other.goto(f"{site.url}?otra")
    other.get_by_role("button", name="Pregúntenos").click()
    expect(other.get_by_role("log")).to_contain_text("Mire en la carpeta de spam.")
    assert texts(bot) == ["hola"]


def test_two_tabs_show_one_conversation_and_send_each_message_once(
    context: BrowserContext, page: Page, site: Site, bot: FakeBot
) -> None:
    first = open_chat(page, site)
    second = open_chat(context.new_page(), site)
    for text in ("uno", "dos", "tres"):
        say(first, text)
    for text in ("cuatro", "cinco", "seis"):
        say(second, text)
    for panel in (first, second):
        expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(6)
        expect(panel.locator(".own p")).to_have_count(6)
        expect(panel.get_by_role("button", name="Sí, por favor")).to_have_count(1)
    assert sorted(map(str, texts(bot))) == ["cinco", "cuatro", "dos", "seis", "tres", "uno"]
    assert len({heard[0] for heard in bot.heard}) == 1


def test_a_conversation_goes_on_over_a_restart_of_the_server(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "uno")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    site.stop()
    say(panel, "dos")
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    site.start()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2, timeout=15_000)
    assert texts(bot) == ["uno", "dos"]
    assert bot.heard[0][0] == bot.heard[1][0]


def test_what_was_written_before_the_computer_slept_goes_when_it_wakes(page: Page, site: Site, bot: FakeBot) -> None:
    page.clock.install()
    panel = open_chat(page, site)
    page.clock.pause_at(datetime.now() + timedelta(hours=9))  # from here on no timer ends
    site.stop()
    say(panel, "hola")
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    expect(panel.get_by_role("button", name="Reintentar")).to_be_visible()
    site.start()
    page.evaluate("document.dispatchEvent(new Event('resume'))")  # as browsers do; a headless one does not sleep
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    assert texts(bot) == ["hola"]


def test_a_page_that_the_browser_froze_sends_what_waits_when_it_goes_on(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    site.stop()
    say(panel, "hola")
    expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    site.start()
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible(timeout=15_000)
    assert texts(bot) == ["hola"]


def test_a_page_that_comes_back_from_the_history_shows_what_was_said_meanwhile(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    turn = {"id": "1", "at": 9e15, "text": "hola", "state": "answered", "replies": [{"text": "Bien.", "buttons": []}]}
    page.evaluate("turn => localStorage.setItem('ventanilla.turn.1', turn)", json.dumps(turn))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(panel.get_by_text("Bien.")).to_be_visible()


def test_a_message_that_fails_for_good_stands_in_nobody_s_way(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    page.route("**/api/chat", lambda route: route.fulfill(status=400, body="{}"), times=1)
    say(panel, "uno")
    expect(panel.get_by_text("No enviado")).to_be_visible()
    expect(panel.get_by_role("alert")).to_contain_text("No hemos podido enviar su mensaje")
    say(panel, "dos")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    expect(panel.get_by_text("No enviado")).to_be_visible()
    expect(panel.get_by_role("alert")).to_be_empty()
    page.reload()
    expect(panel.get_by_text("No enviado")).to_be_visible()
    expect(panel.get_by_role("alert")).to_be_empty()
    assert texts(bot) == ["dos"]


def test_a_message_that_may_succeed_later_can_be_sent_again_after_others_were_answered(
    page: Page, site: Site, bot: FakeBot
) -> None:
    page.clock.install()
    panel = open_chat(page, site)
    page.route("**/api/chat", lambda route: route.fulfill(status=500, body="{}"), times=5)
    with page.expect_response("**/api/chat"):
        say(panel, "uno")
    for _ in range(4):
        expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
        with page.expect_response("**/api/chat"):
            page.clock.run_for(6500)
    expect(panel.get_by_text("No enviado")).to_be_visible()
    say(panel, "dos")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    panel.get_by_role("button", name="Reintentar").click()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)
    expect(panel.get_by_role("alert")).to_be_empty()
    assert texts(bot) == ["dos", "uno"]


def test_a_link_that_begins_nothing_any_more_says_so(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(f"{site.url}#ventanilla=9.9")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("alert")).to_contain_text("Esa opción ya no es válida.")
    expect(panel.get_by_role("button", name="Reintentar")).to_be_hidden()
    assert not bot.heard


def test_what_is_asked_for_without_a_connection_is_not_said_to_be_done(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    unhelpful = panel.get_by_role("button", name="No me ha servido")
    expect(unhelpful).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(True)
    unhelpful.click()
    expect(panel.get_by_role("alert")).to_have_text("Sin conexión no podemos hacerlo. Inténtelo cuando vuelva.")
    expect(unhelpful).to_have_attribute("aria-pressed", "false")
    expect(panel.get_by_text("Gracias por decírnoslo.")).to_be_hidden()
    erase(panel)
    expect(panel.get_by_role("alert")).to_have_text("Sin conexión no podemos hacerlo. Inténtelo cuando vuelva.")
    page.context.set_offline(False)
    unhelpful.click()
    expect(panel.get_by_text("Gracias por decírnoslo.")).to_be_visible()
    expect(panel.get_by_role("alert")).to_be_empty()
    assert not bot.forgotten


def test_what_could_not_be_done_is_said_also_while_messages_wait(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    expect(panel.get_by_role("button", name="No me ha servido")).to_be_visible()
    page.context.set_offline(True)
    say(panel, "dos")
    expect(panel.get_by_role("alert")).to_contain_text("No hay conexión")
    erase(panel)
    expect(panel.get_by_role("alert")).to_contain_text("Sin conexión no podemos hacerlo.")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")  # another try, which fails
    page.wait_for_timeout(500)
    expect(panel.get_by_role("alert")).to_contain_text("Sin conexión no podemos hacerlo.")
    page.context.set_offline(False)
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2, timeout=15_000)
    expect(panel.get_by_role("alert")).to_be_empty()
    assert not bot.forgotten


def test_a_rating_shows_in_all_tabs(context: BrowserContext, page: Page, site: Site) -> None:
    first = open_chat(page, site)
    say(first, "hola")
    second = open_chat(context.new_page(), site)
    first.get_by_role("button", name="Me ha servido", exact=True).click()
    expect(second.get_by_role("button", name="Me ha servido", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_message_waits_for_the_assistant_and_goes_within_seconds_of_its_return(page: Page, site: Site, bot: FakeBot) -> None:
    page.clock.install()
    panel = open_chat(page, site)
    bot.error = BotUnavailable("it is away")
    with page.expect_response("**/api/chat"):
        say(panel, "uno")
    for _ in range(10):
        expect(panel.get_by_text("Pendiente de envío")).to_be_visible()
        with page.expect_response("**/api/chat"):
            page.clock.run_for(6500)
    bot.error = None
    page.clock.run_for(6500)
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    assert texts(bot) == ["uno"] * 12


def test_a_conversation_that_the_server_refuses_begins_anew(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    expired = LastMonth(SECRET, salt=SALT).sign("id").decode()
    page.evaluate("token => localStorage.setItem('ventanilla.token', token)", expired)
    say(panel, "hola")
    expect(panel.get_by_role("log")).to_contain_text("Mire en la carpeta de spam.")
    assert texts(bot) == ["hola"]


def test_a_conversation_of_the_day_before_yesterday_is_forgotten(page: Page, site: Site) -> None:
    page.goto(site.url)
    turn = {"id": "1", "at": 1, "text": "hola", "state": "answered", "replies": [{"text": "Bien.", "buttons": []}]}
    page.evaluate("turn => localStorage.setItem('ventanilla.turn.1', turn)", json.dumps(turn))
    panel = open_chat(page, site)
    expect(panel.get_by_role("button", name=STARTER)).to_be_visible()
    expect(panel.get_by_text("Bien.")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_keeps_nothing_holds_a_conversation_for_as_long_as_the_page_lives(page: Page, site: Site) -> None:
    page.add_init_script(FORGETFUL)
    panel = open_chat(page, site)
    say(panel, "uno")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    say(panel, "dos")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)


def test_a_conversation_is_taken_along_and_deleted_here_and_on_the_server(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    expect(panel.get_by_role("button", name="Borrar la conversación")).to_be_hidden()
    say(panel, HTML[:40])
    with page.expect_download() as download:
        panel.get_by_role("button", name="Descargar la conversación").click()
    assert download.value.suggested_filename == "conversacion.txt"
    kept = download.value.path().read_text()
    assert f"Usted: {HTML[:40]}\n" in kept
    assert "Asistente: Mire en la carpeta de spam. (Pregunta frecuente 1.6)\n" in kept
    panel.get_by_role("button", name="Borrar la conversación").click()
    expect(panel.get_by_role("button", name="Borrar", exact=True)).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name=STARTER)).to_be_visible()
    expect(panel.locator(".own p")).to_have_count(0)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert bot.forgotten == [bot.heard[0][0]]


def test_the_question_whether_to_delete_stands_while_a_message_is_tried_again_and_answered(
    page: Page, site: Site, bot: FakeBot
) -> None:
    panel = open_chat(page, site)
    say(panel, "uno")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    bot.error = BotUnavailable("it is away")
    say(panel, "dos")
    expect(panel.get_by_role("alert")).to_contain_text("El asistente no está disponible")
    with page.expect_response("**/api/chat"):
        panel.get_by_role("button", name="Borrar la conversación").click()
    expect(panel.get_by_role("button", name="Borrar", exact=True)).to_be_focused()
    bot.error = None
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2, timeout=15_000)
    expect(panel.get_by_role("button", name="Borrar", exact=True)).to_be_focused()
    panel.get_by_role("button", name="No borrar").click()
    expect(panel.get_by_role("alert")).to_be_empty()
    expect(panel.get_by_role("textbox")).to_be_focused()


def test_a_conversation_deleted_in_another_tab_is_not_asked_to_be_deleted(
    context: BrowserContext, page: Page, site: Site
) -> None:
    first = open_chat(page, site)
    say(first, "hola")
    expect(first.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    second = open_chat(context.new_page(), site)
    for panel in (first, second):
        panel.get_by_role("button", name="Borrar la conversación").click()
    second.get_by_role("button", name="Borrar", exact=True).click()
    expect(first.get_by_role("button", name=STARTER)).to_be_visible()
    expect(first.get_by_role("alert")).to_be_empty()


def test_escape_at_the_question_whether_to_delete_is_a_no(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    panel.get_by_role("button", name="Borrar la conversación").click()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("alert")).to_be_empty()
    expect(panel.get_by_role("textbox")).to_be_focused()
    assert not bot.forgotten


def test_who_writes_the_words_of_a_button_presses_it(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "no me llega el correo")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    say(panel, "sí, por favor")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)
    assert bot.heard[1][1:] == (None, PAYLOAD)


def test_a_message_that_is_refused_leaves_the_question_that_stands(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    say(panel, "no me llega el correo")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    say(panel, "\u200b")
    expect(panel.get_by_text("No enviado")).to_be_visible()
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()


def test_the_buttons_of_all_replies_are_offered(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    bot.says = [Reply("¿Cuál de estas?", buttons=(Button("La primera", "/uno"),)), Reply("¿Con qué dirección?", asks="email")]
    say(panel, "hola")
    panel.get_by_role("button", name="La primera").click()
    expect(panel.get_by_text("¿Con qué dirección?")).to_have_count(2)
    assert bot.heard[1][2] == "/uno"


def test_a_limit_of_characters_is_for_what_is_typed_and_a_press_counts_once(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(site.url)
    page.evaluate("document.querySelector('ventanilla-chat').setAttribute('limit', '5')")
    page.get_by_role("button", name="Pregúntenos").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Hablar con una persona").dblclick()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    assert texts(bot) == ["Quiero hablar con una persona"]


def test_an_answer_is_rated_with_a_reason(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    with page.expect_response("**/feedback") as first:
        panel.get_by_role("button", name="No me ha servido").click()
    with page.expect_response("**/feedback") as second:
        panel.get_by_role("button", name="No lo entiendo").click()
    assert (first.value.status, second.value.status) == (204, 204)
    expect(panel.get_by_text("Gracias por decírnoslo.")).to_be_visible()
    assert_accessible(page)
    page.reload()
    pressed = panel.get_by_role("button", name="No me ha servido")
    expect(pressed).to_have_attribute("aria-pressed", "true")


def test_a_text_beyond_the_limit_stays_to_be_shortened(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "a" * 51)
    expect(panel.get_by_role("alert")).to_contain_text("demasiado largo")
    expect(panel.get_by_role("textbox")).to_have_value("a" * 51)
    assert not bot.heard


def test_the_keyboard_is_enough(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Pregúntenos").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("hola")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("no me llega el correo")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Pregúntenos")).to_be_focused()
    assert [heard[1:] for heard in bot.heard] == [("hola\nno me llega el correo", None), (None, PAYLOAD)]


def test_a_reply_is_text_with_real_lists_and_links_and_never_html(page: Page, site: Site, bot: FakeBot) -> None:
    alerts: list[Dialog] = []
    page.on("dialog", lambda dialog: alerts.append(dialog))
    panel = open_chat(page, site)
    bot.says = [Reply(f"{HTML}\n\n{STEPS}\nhttps://example.com/a?b=c."), Reply("¿Y bien?", buttons=(Button(HTML, "/x"),))]
    say(panel, "<b>hola</b>")
    expect(panel.get_by_text("<b>hola</b>")).to_be_visible()
    expect(panel.get_by_role("log")).to_contain_text(HTML)
    expect(panel.get_by_role("button", name=HTML)).to_be_visible()
    expect(panel.get_by_role("listitem")).to_have_text(["Rellene el formulario.", "Escriba a ayuda@example.com."])
    expect(panel.get_by_role("link", name="ayuda@example.com")).to_have_attribute("href", "mailto:ayuda@example.com")
    expect(panel.get_by_role("link", name="https://example.com/a?b=c")).to_have_attribute("rel", "noopener")
    expect(panel.locator("img, script, b")).to_have_count(0)
    page.reload()
    expect(panel.get_by_role("log")).to_contain_text(HTML)
    assert not alerts


def test_two_needs_get_two_bubbles_each_with_its_entry_and_a_number_stands_on_one_line(
    page: Page, site: Site, bot: FakeBot
) -> None:
    panel = open_chat(page, site)
    bot.says = [Reply("Mire en spam.", faq="1.6"), Reply("Doce horas.", faq="2.7"), Reply("Su número es V-2026-000042.")]
    say(panel, "no llega, y ¿cuánto dura?")
    links = panel.locator(".bubble:not(.own)", has=page.get_by_role("link"))
    expect(links).to_contain_text(["Mire en spam.Pregunta frecuente 1.6", "Doce horas.Pregunta frecuente 2.7"])
    number = panel.get_by_text("V-2026-000042", exact=True)
    number.evaluate("node => { node.parentElement.style.width = '3rem'; }")
    assert number.evaluate("node => node.getClientRects().length") == 1


def test_who_wants_no_motion_gets_none(browser: Browser, site: Site, bot: FakeBot) -> None:
    moving = """() => [...document.querySelector("ventanilla-chat").shadowRoot.querySelectorAll("*")]
        .flatMap(node => node.getAnimations()).length"""
    found = []
    for motion in ("reduce", "no-preference"):
        bot.gate.clear()
        with browser.new_context(reduced_motion=motion) as context:
            page = context.new_page()
            panel = open_chat(page, site)
            say(panel, "hola")
            expect(panel.get_by_role("region").get_by_role("status")).not_to_be_empty()
            found.append(bool(page.evaluate(moving)))
            bot.gate.set()
            expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    assert found == [False, True]


def test_what_is_said_is_announced_politely(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    log = panel.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_text("Mire en la carpeta de spam.")).to_be_attached()
    expect(log.get_by_text("Asistente:").last).to_be_attached()


def test_the_smallest_screen_shows_all_of_the_chat_and_then_the_entry(page: Page, site: Site) -> None:
    page.set_viewport_size(SMALLEST)
    page.emulate_media(reduced_motion="reduce")
    panel = open_chat(page, site)
    assert panel.bounding_box() == {"x": 0, "y": 0, **SMALLEST}
    say(panel, "m" * 50)
    link = panel.get_by_role("link", name="Pregunta frecuente 1.6")
    expect(link).to_be_visible()
    assert panel.evaluate("panel => panel.querySelector('.scroller').scrollWidth") <= SMALLEST["width"]
    link.click()
    expect(panel).to_be_hidden()
    expect(page.locator("#faq-1\\.6")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Pregúntenos")).not_to_be_focused()


def test_at_400_percent_the_conversation_and_the_input_are_both_in_reach(page: Page, site: Site) -> None:
    page.set_viewport_size(ZOOMED)
    panel = open_chat(page, site)
    say(panel, "hola")
    panel.get_by_role("button", name="Sí, por favor").click()
    for place in (panel.get_by_role("textbox"), panel.get_by_role("button", name="Cerrar el chat")):
        expect(place).to_be_in_viewport(ratio=1)
    height = panel.evaluate("panel => panel.querySelector('.scroller').clientHeight")
    assert height >= 60
    assert panel.evaluate("panel => panel.scrollWidth") <= ZOOMED["width"]


def test_in_forced_colours_what_is_pressed_and_what_has_the_focus_is_seen(page: Page, site: Site) -> None:
    page.emulate_media(forced_colors="active")
    panel = open_chat(page, site)
    say(panel, "hola")
    choice = panel.get_by_role("button", name="Sí, por favor")
    choice.focus()
    style = "button => (({outlineStyle, outlineWidth, borderTopStyle}) => [outlineStyle, outlineWidth, borderTopStyle])"
    outline, width, border = choice.evaluate(f"{style}(getComputedStyle(button))")
    assert (outline != "none", width != "0px", border) == (True, True, "solid")
    bubble = panel.get_by_text("hola", exact=True)
    edged = "e => [e, e.parentElement].some(part => getComputedStyle(part).borderTopStyle === 'solid')"
    assert bubble.evaluate(edged)  # its background, which tells who speaks, is gone


def test_nothing_moves_and_nothing_breaks_the_policy(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    panel = open_chat(page, site)
    say(panel, "hola")
    expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
    shifts = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(shift => shift.value)))"
        ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 500))"
    )
    assert (complaints, shifts) == ([], [])


LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"color_scheme": "light"},
    "phone, dark": {"color_scheme": "dark", "viewport": PHONE, "has_touch": True},
    "320 px, forced colours": {"forced_colors": "active", "viewport": SMALLEST},
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The desk of the site, in quiet times at the end."""
    known = Desk(settings())
    yield known
    known.end_incident()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_an_incident_is_told_in_the_open_panel_while_it_lasts(
    browser: Browser, site: Site, desk: Desk, look: dict[str, Any]
) -> None:
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    desk.begin_incident("El correo <b> tarda.", until=tomorrow)
    with browser.new_context(**look, reduced_motion="reduce") as context:
        page = context.new_page()
        panel = open_chat(page, site)
        banner = panel.locator(".incident")
        expect(banner).to_have_text("El correo <b> tarda.")
        expect(banner).to_have_role("status")
        assert_accessible(page)
        desk.end_incident()
        say(panel, "hola")
        expect(banner).to_be_empty()
        desk.begin_incident("Otra vez.", until=tomorrow)
        page.evaluate("dispatchEvent(new Event('focus'))")  # as browsers do; a headless one always has it
        expect(banner).to_have_text("Otra vez.")


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_in_any_state(browser: Browser, site: Site, bot: FakeBot, look: dict[str, Any]) -> None:
    with browser.new_context(**look, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(site.url)
        page.get_by_text("¿Cómo me registro?").click()
        assert_accessible(page)  # the launcher on the page
        panel = open_chat(page, site)
        assert_accessible(page)  # nothing said yet
        bot.gate.clear()
        say(panel, "hola")
        expect(panel.get_by_role("region").get_by_role("status")).not_to_be_empty()
        assert_accessible(page)  # the assistant writes
        bot.gate.set()
        expect(panel.get_by_role("button", name="Sí, por favor")).to_be_visible()
        panel.get_by_role("button", name="No me ha servido").click()
        assert_accessible(page)  # an answer, an offer, and why it was of no use
        bot.says = [Reply("¿Con qué dirección se registró?", asks="email")]
        panel.get_by_role("button", name="Sí, por favor").click()
        expect(panel.get_by_role("textbox")).to_have_attribute("inputmode", "email")
        page.route("**/attachments", lambda route: None)
        contents = {"a.png": PNG, "b.png": EXE}
        files = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in contents.items()]
        page.locator("ventanilla-chat input[type=file]").set_input_files(files)
        expect(panel.get_by_role("progressbar", name="a.png")).to_be_visible()
        expect(panel.get_by_role("progressbar", name="b.png")).to_be_hidden()
        assert_accessible(page)  # a form, a file on its way and one that was refused
        bot.error = BotUnavailable("it is away")
        say(panel, "adiós")
        expect(panel.get_by_role("alert").get_by_role("link")).to_be_visible()
        assert_accessible(page)  # an error
        panel.get_by_role("button", name="Borrar la conversación").click()
        assert_accessible(page)  # a question
        bot.error = None
        panel.get_by_role("button", name="Borrar", exact=True).click()
        expect(panel.get_by_role("button", name=STARTER)).to_be_visible()
        assert_accessible(page)  # erased
        bot.says = [Reply("Mire en la carpeta de spam.", faq="1.6")]
        context.set_offline(True)
        say(panel, "uno")
        expect(panel.get_by_role("alert")).to_contain_text("No hay conexión")
        assert_accessible(page)  # offline
        context.set_offline(False)
        panel.get_by_role("button", name="No me ha servido").click()
        panel.get_by_role("button", name="No lo entiendo").click()
        expect(panel.get_by_text("Gracias por decírnoslo.")).to_be_visible()
        page.route("**/api/chat", lambda route: route.fulfill(status=400, body="{}"), times=1)
        say(panel, "dos")
        expect(panel.get_by_text("No enviado")).to_be_visible()
        assert_accessible(page)  # rated, and a message that failed for good


POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self' {0}; connect-src {0}; "
    "require-trusted-types-for 'script'"
)


@pytest.fixture
def portal(bot: FakeBot) -> Iterator[tuple[Site, Site]]:
    """Another site with a strict policy that embeds the chat with one line, and the chat's own."""
    html = ""

    def app(environ: dict, start_response: object) -> object:
        policy = POLICY.format(chat.url.rstrip("/"))
        return Response(html, mimetype="text/html", headers={"Content-Security-Policy": policy})(environ, start_response)

    site = Site(app)
    chat = Site(create_app(settings(web_origins=(site.url.rstrip("/"),)), bot=bot))
    line = f'<script type="module" src="{chat.url}ventanilla.js"></script><ventanilla-chat></ventanilla-chat>'
    html = f'<!doctype html><html lang="es"><title>Portal</title><h1>Portal</h1>{line}'
    yield site, chat
    site.stop()
    chat.stop()


def test_one_line_puts_it_on_another_site_with_a_strict_policy(page: Page, portal: tuple[Site, Site], bot: FakeBot) -> None:
    site, chat = portal
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    panel = open_chat(page, site)
    panel.get_by_role("button", name="He olvidado mi contraseña").click()
    link = panel.get_by_role("link", name="Pregunta frecuente 1.6")
    expect(link).to_have_attribute("href", f"{chat.url}#faq-1.6")
    expect(link).to_have_attribute("target", "_blank")
    page.reload()
    panel.get_by_role("button", name="Sí, por favor").click()
    expect(link).to_have_count(2)
    assert panel.evaluate("panel => getComputedStyle(panel).position") == "fixed"
    assert complaints == []
    assert bot.heard[0][0] == bot.heard[1][0]


def test_all_of_it_works_on_another_site_with_a_strict_policy(page: Page, portal: tuple[Site, Site], bot: FakeBot) -> None:
    site, _ = portal
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    panel = open_chat(page, site)
    say(panel, "hola")
    with page.expect_response("**/feedback") as rated:
        panel.get_by_role("button", name="Me ha servido", exact=True).click()
    assert rated.value.status == 204
    page.locator("ventanilla-chat input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_be_visible()
    with page.expect_download() as download:
        panel.get_by_role("button", name="Descargar la conversación").click()
    assert "Asistente: Mire en la carpeta de spam." in download.value.path().read_text()
    with page.expect_response("**/attachments/*") as taken_back:
        panel.get_by_role("button", name="Quitar a.png").click()
    assert taken_back.value.status == 204
    erase(panel)
    expect(panel.get_by_role("button", name=STARTER)).to_be_visible()
    assert bot.forgotten == [bot.heard[0][0]]
    assert complaints == []


def test_attributes_events_and_properties_are_heard(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(site.url)
    page.evaluate("""() => {
        const chat = document.createElement("ventanilla-chat");
        const attributes = {heading: "Ayuda", greeting: "¡Buenas!", starters: "¿Uno?|¿Dos?", label: "Chat", position: "left",
                            privacy: "Aviso.", "privacy-href": "/privacidad", theme: "dark", faq: "/ayuda"};
        for (const [name, value] of Object.entries(attributes)) chat.setAttribute(name, value);
        chat.style.setProperty("--ventanilla-accent", "rgb(120, 20, 20)");
        window.seen = [];
        for (const name of ["open", "message", "close"])
            chat.addEventListener(`ventanilla:${name}`, ({detail}) => window.seen.push([name, detail]));
        document.querySelector("ventanilla-chat").replaceWith(chat);
    }""")
    launcher = page.get_by_role("button", name="Chat")
    box = launcher.bounding_box()
    assert box and box["x"] == 16
    assert launcher.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(120, 20, 20)"
    launcher.click()
    panel = page.get_by_role("dialog", name="Ayuda")
    expect(panel.get_by_role("log")).to_contain_text("¡Buenas!")
    expect(panel.get_by_role("link", name="Privacidad")).to_have_attribute("href", "/privacidad")
    assert panel.evaluate("node => getComputedStyle(node).color") == "rgb(228, 233, 238)"
    bot.says = [Reply("Sí.", faq="9.9")]
    panel.get_by_role("button", name="¿Dos?").click()
    expect(panel.get_by_role("link", name="Pregunta frecuente 9.9")).to_have_attribute("href", f"{site.url}ayuda#faq-9.9")
    panel.get_by_role("button", name="Cerrar el chat").click()
    expect(launcher).to_be_focused()
    said = [["message", {"from": "customer"}], ["message", {"from": "assistant", "faq": "9.9"}]]
    assert page.evaluate("window.seen") == [["open", None], *said, ["close", None]]
    page.evaluate("document.querySelector('ventanilla-chat').ask('¿Tres?')")
    expect(panel.get_by_role("log")).to_contain_text("¿Tres?")


def test_the_keyboard_of_a_phone_fits_what_is_asked(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    bot.says = [Reply("¿Con qué dirección se registró?", asks="email")]
    say(panel, "hola")
    expect(panel.get_by_role("textbox")).to_have_attribute("inputmode", "email")
    expect(panel.get_by_role("textbox")).to_have_attribute("autocomplete", "email")
    bot.says = [OFFER]
    say(panel, "ana@example.com")
    expect(panel.get_by_role("textbox")).to_have_attribute("inputmode", "text")


def test_where_the_script_cannot_be_had_a_mail_link_remains(page: Page, site: Site) -> None:
    page.route("**/ventanilla.js", lambda route: route.abort())
    page.goto(site.url)
    expect(page.get_by_role("link", name="Escríbanos a customer.care@example.com")).to_be_visible()


def test_where_the_panel_cannot_be_had_the_mail_link_is_shown_until_it_can(page: Page, site: Site) -> None:
    page.route("**/chat.js", lambda route: route.abort())
    page.goto(site.url)
    page.get_by_role("button", name="Pregúntenos").click()
    expect(page.get_by_role("alert")).to_contain_text("No hemos podido abrir el chat")
    expect(page.get_by_role("link", name="Escríbanos a customer.care@example.com")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Pregúntenos").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("alert").get_by_text("No hemos podido abrir el chat")).to_be_hidden()


def test_without_javascript_the_faq_can_be_read_and_a_mail_written(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.url)
        page.get_by_text("No me llega el correo.").click()
        expect(page.get_by_text("Mire en <script>alert(1)</script> spam.")).to_be_visible()
        expect(page.get_by_role("button", name="Pregúntenos")).to_have_count(0)
        expect(page.get_by_role("link", name="Escríbanos a customer.care@example.com")).to_be_visible()


def test_the_faq_is_searched_while_one_types(page: Page, site: Site, bot: FakeBot) -> None:
    page.goto(site.url)
    page.get_by_role("searchbox").press_sequentially("no llega")
    hits = page.get_by_role("region", name="Lo que hemos encontrado").get_by_role("link")
    expect(hits).to_have_text(["1.6 No me llega el correo.", "1.2 ¿Cómo me registro?"])
    expect(page.get_by_role("status").get_by_text("Preguntas encontradas: 2")).to_have_count(1)  # for those who listen
    for _ in range(2):
        hits.first.click()
        expect(page.locator("#faq-1\\.6")).to_be_visible()
        page.get_by_text("No me llega el correo.").last.click()
        expect(page.locator("#faq-1\\.6")).to_be_hidden()
    hits.first.click()
    assert_accessible(page)
    bot.ranking = ()
    page.get_by_role("searchbox").fill("la luna")
    expect(page.get_by_role("status").get_by_text("Ninguna de las preguntas frecuentes parece tratarlo")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("el sol")
    expect(page.get_by_role("status").get_by_text("Ahora mismo no podemos buscar")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("region", name="Lo que hemos encontrado")).to_be_hidden()


def test_the_faq_is_searched_without_javascript(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site.url)
        page.get_by_role("searchbox").fill(HTML)
        page.get_by_role("button", name="Buscar").click()
        expect(page.get_by_role("link", name="1.6 No me llega el correo.")).to_have_attribute("href", "#faq-1.6")
        expect(page.get_by_role("searchbox")).to_have_value(HTML)
        page.get_by_role("link", name="1.6 No me llega el correo.").click()
        expect(page.locator("#faq-1\\.6")).to_be_visible()
        expect(page.locator("summary", has_text="1.6")).to_be_in_viewport()
