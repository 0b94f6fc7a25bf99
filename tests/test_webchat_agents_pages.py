"""The agents' pages in a real browser, by keyboard, over a fake assistant and a real desk."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from agents_parts import ADMIN, AGENT, Office, csrf, office
from axe_playwright_python.sync_playwright import Axe
from conftest import needs_chromium
from desk_parts import Clock
from playwright.sync_api import Browser, Page, expect
from webchat_fakes import Site

from benchmarks.suggestions import counted
from bot.client import BotUnavailable
from bot.result import ANSWER, OUT_OF_SCOPE, Candidate, Entity, Need, Understanding
from desk import Desk

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
TEXT = "no me llega el correo a ana@example.com, ¿y la factura?"


def understood(text: str) -> Understanding:
    ranking = (Candidate("1.6", 0.93, action="resend_confirmation", asks=("email",)), Candidate("1.2", 0.04))
    first = Need("no me llega el correo", ANSWER, "1.6", ranking, "resend_confirmation", None, None, "low", ("correo",))
    second = Need("¿y la factura?", OUT_OF_SCOPE, "fuera/factura", (), None, "factura", "la factura de un pedido")
    return Understanding(text, (first, second), (Entity("email", "ana@example.com", 24, 39),), "m1")


@pytest.fixture(scope="module")
def rooms() -> Office:
    made = office()
    made.bot.understand = understood  # type: ignore[method-assign]
    return made


@pytest.fixture(scope="module")
def site(rooms: Office) -> Iterator[Site]:
    running = Site(rooms.app)
    yield running
    running.stop()


@pytest.fixture
def desk_page(page: Page, rooms: Office, site: Site) -> Page:
    """A page of an administrator who has signed in."""
    return signed_in(page, rooms, site, ADMIN)


def signed_in(page: Page, rooms: Office, site: Site, email: str) -> Page:
    cookie = rooms.enter(email).get_cookie("ventanilla_agents")
    assert cookie
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
    page.set_default_timeout(5000)
    return page


def ticket(rooms: Office, conversation: str, key: str) -> str:
    given = {"text": "Mire en spam.", "faq": "1.6", "buttons": [], "asks": None}
    rooms.desk.record("chat", conversation, "no me llega", outcome="answer", reply=[given], faq_ids=["1.6"])
    fields = {"contacto": "luis@example.com"}
    made = rooms.desk.submit(
        key, "open_ticket", faq_id="1.6", theme=None, fields=fields, conversation=conversation, text="no me llega"
    )
    return made.number


def press(page: Page, key: str) -> None:
    page.wait_for_load_state()  # and with it the script that knows the key
    page.keyboard.press(key)


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@needs_chromium
def test_an_agent_signs_in_and_is_led_back(page: Page, rooms: Office, site: Site) -> None:
    page.goto(f"{site.url}agente/solicitudes")
    page.get_by_role("link", name="Iniciar sesión").press("Enter")
    expect(page.get_by_label("Correo electrónico")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(AGENT)
    page.keyboard.press("Tab")
    page.keyboard.type(rooms.passwords[AGENT])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Solicitudes")).to_be_visible()


@needs_chromium
def test_one_key_makes_the_reply_to_a_pasted_message(desk_page: Page, rooms: Office, site: Site) -> None:
    desk_page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url.rstrip("/"))
    desk_page.goto(f"{site.url}agente")
    desk_page.keyboard.insert_text(TEXT)
    expect(desk_page.locator("mark")).to_have_text(["correo"])
    expect(desk_page.get_by_role("article").nth(1)).to_contain_text("la factura de un pedido")
    assert_accessible(desk_page)
    desk_page.keyboard.press("Control+Enter")
    expect(desk_page.get_by_text("Copiado.")).to_be_visible()
    reply = desk_page.get_by_role("textbox", name="Su respuesta")
    expect(reply).to_be_focused()
    copied = desk_page.evaluate("navigator.clipboard.readText()")
    assert copied == reply.input_value()
    assert copied.splitlines()[0] == "Hola, gracias por escribirnos." and copied.endswith("Eva Gil\nACME")
    desk_page.keyboard.press("Control+Shift+Enter")
    desk_page.wait_for_function("(async () => (await navigator.clipboard.read())[0].types.includes('text/html'))()")
    read = "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())"
    assert "&lt;script&gt;" in desk_page.evaluate(read)


@needs_chromium
def test_several_answers_are_joined_by_keyboard(desk_page: Page, site: Site) -> None:
    desk_page.goto(f"{site.url}agente/panel?texto=no+me+llega")
    use = desk_page.get_by_role("button", name="Usar")
    use.nth(0).focus()
    desk_page.keyboard.press("ArrowDown")
    desk_page.keyboard.press("ArrowDown")
    expect(use.nth(1)).to_be_focused()
    desk_page.keyboard.press("Enter")
    use.nth(0).press("Enter")
    reply = desk_page.get_by_role("textbox", name="Su respuesta").input_value()
    assert reply.index("Estos son los pasos") < reply.index("Mire en")
    assert_accessible(desk_page)


@needs_chromium
def test_an_action_for_the_customer_starts_once_it_is_confirmed(desk_page: Page, rooms: Office, site: Site) -> None:
    desk_page.goto(f"{site.url}agente")
    desk_page.keyboard.insert_text(TEXT)
    desk_page.get_by_role("button", name="Reenviar el correo").press("Enter")
    expect(desk_page.get_by_label("Correo con el que se registró")).to_have_value("ana@example.com")
    desk_page.keyboard.press("Enter")
    expect(desk_page.get_by_role("button", name="Confirmar")).to_be_focused()
    assert_accessible(desk_page)
    assert not rooms.desk.requests()
    desk_page.keyboard.press("Enter")
    expect(desk_page.get_by_role("link", name="V-")).to_be_focused()
    (made,) = rooms.desk.requests()
    assert (made.kind, made.fields, made.faq_id) == ("resend_confirmation", {"email": "ana@example.com"}, "1.6")
    desk_page.keyboard.press("Enter")
    expect(desk_page.get_by_role("heading", name=f"Solicitud {made.number}")).to_be_visible()


@needs_chromium
def test_a_request_is_taken_answered_done_and_called_misjudged_by_one_key_each(
    desk_page: Page, rooms: Office, site: Site
) -> None:
    number = ticket(rooms, "c-keys", "k-keys")
    desk_page.goto(f"{site.url}agente/solicitud/{number}")
    assert_accessible(desk_page)
    press(desk_page, "Alt+t")
    expect(desk_page.get_by_text("En curso")).to_be_visible()
    press(desk_page, "Alt+r")
    desk_page.keyboard.type("Ya está verificado.")
    desk_page.keyboard.press("Alt+s")
    expect(desk_page.get_by_text("La respuesta se envía al cliente.")).to_be_visible()
    press(desk_page, "Alt+m")
    expect(desk_page.get_by_text("Enviado a pendientes")).to_be_visible()
    press(desk_page, "Alt+h")
    expect(desk_page.get_by_text("Hecha", exact=True)).to_be_visible()
    assert rooms.desk.request(number).status == "done"
    sent = [delivery.payload for delivery in rooms.desk.deliveries(number) if delivery.payload.get("written")]
    assert [(mail["to"], mail["body"].startswith("Ya está verificado.")) for mail in sent] == [("luis@example.com", True)]
    assert [found.conversation for found in rooms.desk.unknown()] == ["c-keys"]


@needs_chromium
def test_a_mail_is_found_by_its_number_and_called_misjudged_by_one_key(desk_page: Page, rooms: Office, site: Site) -> None:
    record = rooms.desk.begin_mail("abc", "<1@obra.example>", "INBOX/1/7")
    fate = {"decision": "reply", "policy": "draft", "faq": ["1.6"], "theme": None, "queue": "respuestas", "acts": False}
    turn = {"text": "no llega a ana@example.com", "outcome": "answer", "faq_ids": ["1.6"], "theme": None, "model": "m1"}
    rooms.desk.decide_mail(record.id, fate, sender="ana@example.com", thread="", said="", answered=True, turn=turn)
    desk_page.goto(f"{site.url}agente/solicitudes")
    desk_page.get_by_role("searchbox").press_sequentially(f" {record.number} ")
    desk_page.keyboard.press("Enter")
    expect(desk_page.get_by_role("heading", name=f"Correo {record.number}")).to_be_visible()
    expect(desk_page.get_by_text("Respuesta · en un borrador")).to_be_visible()
    expect(desk_page.get_by_text("no llega a [email]")).to_be_visible()
    assert_accessible(desk_page)
    press(desk_page, "Alt+m")
    expect(desk_page.get_by_text("Enviado a pendientes")).to_be_visible()
    assert record.number in [found.conversation for found in rooms.desk.unknown()]
    assert rooms.enter().get("/agente/solicitud/M-2026-999999").status_code == 404
    assert "No hay ninguna" in rooms.enter().get("/agente/solicitudes?q=M-2026-999999").text


@needs_chromium
def test_an_administrator_begins_and_ends_an_incident(desk_page: Page, rooms: Office, site: Site) -> None:
    desk_page.goto(f"{site.url}agente/incidencia")
    desk_page.get_by_label("Aviso que ven los clientes").focus()
    desk_page.keyboard.type("El correo no sale hoy.")
    desk_page.get_by_label("1.6 No me llega").press("Space")
    desk_page.get_by_role("button", name="Empezar").press("Enter")
    expect(desk_page.get_by_text("La incidencia está en marcha.")).to_be_visible()
    assert_accessible(desk_page)
    begun = rooms.desk.incident()
    assert begun and (begun.text, begun.suspended, begun.instead) == ("El correo no sale hoy.", ["1.6"], "El correo no sale hoy.")
    assert timedelta(hours=1, minutes=58) < begun.until - datetime.now(timezone.utc) <= timedelta(hours=2)
    desk_page.get_by_role("button", name="Terminar ahora").press("Enter")
    expect(desk_page.get_by_text("La incidencia ha terminado.")).to_be_visible()
    assert rooms.desk.incident() is None


def figures() -> Office:
    """Rooms in which something was said, some of it answered, and some solved."""
    rooms = office()
    for number, outcome in enumerate(("answer", "answer", "clarify")):
        ids = ["1.6"] if outcome == "answer" else []
        turn = rooms.desk.record("chat", f"c{number // 2}", "hola", outcome=outcome, faq_ids=ids, model="m1", theme="factura")
    rooms.desk.feedback("c1", turn, helpful=False, reason="no es eso")
    rooms.desk.record("agent", "a1", "hola", outcome="answer", faq_ids=["1.2", "1.6"])
    rooms.desk.reply(ticket(rooms, "c9", "k9"), "Ya está.")
    for number, decision in enumerate(("reply", "person", "reply")):
        mail = rooms.desk.begin_mail(f"digest{number}", f"<{number}@obra.example>", f"INBOX/1/{number}")
        fate = {"decision": decision, "waited": 60 * (number + 1)}
        rooms.desk.decide_mail(mail.id, fate, sender="ana@example.com", thread="t", said="hola", answered=False)
    rooms.desk.fail_mail(mail.id, "MailboxError")
    return rooms


def test_the_tables_of_the_report_come_as_csv() -> None:
    client, today = figures().enter(), datetime.now(timezone.utc).date().isoformat()
    read = {
        name: client.get(f"/agente/informe/{name}.csv?desde={today}&hasta={today}").text.splitlines()[1:]
        for name in ("conversaciones", "chats", "correos", "mensajes", "satisfaccion", "solicitudes", "preguntas", "temas")
    }
    assert read == {
        "conversaciones": [f"{today},3,0,1"],
        "chats": [f"{today},0,1,2"],
        "correos": [f"{today},2,1,0,0,1,2.0"],
        "mensajes": [f"{today},3,1,0,0"],
        "satisfaccion": [f"{today},0,1"],
        "solicitudes": [f"{today},1,1,0.0"],
        "preguntas": ["1.6,No me llega el correo.,4,0,0", "1.2,¿Cómo me registro?,1,0,0"],
        "temas": ["factura,3"],
    }
    assert client.get(f"/agente/informe/chats.csv?desde={today}").content_type.startswith("text/csv")
    assert "2020" not in client.get("/agente/informe/chats.csv?desde=2020-01-01&hasta=2020-02-01").text
    assert client.get("/agente/informe/other.csv").status_code == 404
    for wrong in ("desde=soon", "desde=2026-02-01&hasta=2026-01-01"):
        assert client.get(f"/agente/informe?{wrong}").status_code == 400


def test_days_on_which_nothing_was_said_are_days_of_the_report() -> None:
    rooms, day = office(), timedelta(days=1)
    clock = Clock()
    desk = Desk(rooms.app.config["SETTINGS"], clock)
    for by in (-3 * day, 2 * day):
        clock.forward(by)
        desk.record("chat", "c1", "hola", outcome="answer")
    rows = rooms.enter().get("/agente/informe/mensajes.csv").text.splitlines()[1:]
    assert [row.partition(",")[2] for row in rows] == ["1,0,0,0", "0,0,0,0", "1,0,0,0"]


def test_the_report_asks_as_little_of_the_database_for_many_days_as_for_one() -> None:
    rooms, clock = office(), Clock()
    desk = Desk(rooms.app.config["SETTINGS"], clock)
    client = rooms.enter()
    numbers = []
    for said in (1, 40):
        for number in range(said):
            clock.forward(timedelta(days=1))
            desk.record("chat", f"c{number}", "hola", outcome="answer", faq_ids=["1.6"], theme="factura", model=f"m{number}")
            desk.submit(
                f"k{said}{number}",
                "open_ticket",
                faq_id=None,
                theme=None,
                fields={"contacto": "a@example.com"},
                conversation="c",
                text="x",
            )
        with counted() as statements:
            assert client.get("/agente/informe?desde=2000-01-01&hasta=2999-01-01").status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] < 20


def test_the_report_is_there_without_the_assistant() -> None:
    rooms = figures()
    rooms.bot.error = BotUnavailable("away")
    assert "No es eso" not in (page := rooms.enter().get("/agente/informe").text) and "no es eso" in page


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_draws_what_its_tables_hold(browser: Browser, scheme: str) -> None:
    rooms = figures()
    site = Site(rooms.app)
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = signed_in(context.new_page(), rooms, site, AGENT)
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{site.url}agente/informe")
    charts = page.get_by_role("img", name="Gráfico")
    expect(charts).to_have_count(8)
    seen = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte)"
    assert all(chart.evaluate(seen) for chart in charts.all())
    marks = "Chart.getChart(document.querySelector('canvas')).data.datasets.map(({ label, data }) => [label, data])"
    assert page.evaluate(marks) == [["Chats", [3]], ["Correos", [0]], ["Consultas de agentes", [1]], ["Modelo nuevo", [0]]]
    page.get_by_text("Tabla y definiciones").first.press("Enter")
    expect(page.get_by_role("region", name="Tabla: Conversaciones")).to_be_visible()
    assert_accessible(page)
    assert broken == []
    context.close()
    site.stop()


def test_an_incident_is_for_administrators_and_needs_a_text_and_a_time_to_come(rooms: Office) -> None:
    assert rooms.enter(AGENT).get("/agente/incidencia").status_code == 403
    assert rooms.enter(AGENT).post("/agente/incidencia/fin").status_code == 403
    admin = rooms.enter(ADMIN)
    form = {"csrf_token": csrf(admin), "text": "x", "until": "2999-01-01T00:00"}
    for wrong in ({"text": " "}, {"until": "2020-01-01T00:00"}, {"until": "soon"}):
        assert admin.post("/agente/incidencia", data={**form, **wrong}).status_code == 400
    assert rooms.desk.incident() is None


def test_a_request_that_is_not_there_and_a_status_that_is_none_are_refused(rooms: Office) -> None:
    client, number = rooms.enter(), ticket(rooms, "c-wrong", "k-wrong")
    assert client.get("/agente/solicitud/V-2026-999999").status_code == 404
    form = {"csrf_token": csrf(client), "estado": "lost"}
    assert client.post(f"/agente/solicitud/{number}/estado", data=form).status_code == 400
    assert client.post(f"/agente/solicitud/{number}/respuesta", data={**form, "texto": " "}).status_code == 400


def test_requests_are_looked_for_and_turned_by_pages(rooms: Office) -> None:
    client, number = rooms.enter(), ticket(rooms, "c-search", "k-search")
    assert number in client.get(f"/agente/solicitudes?q={number}").text
    assert "No hay ninguna" in client.get("/agente/solicitudes?q=ornitorrinco").text
    for place in range(101):
        told = {"fields": {"contacto": f"p{place}@example.com"}, "conversation": f"c-page-{place}", "text": "ornitorrinco"}
        rooms.desk.submit(f"k-page-{place}", "open_ticket", faq_id=None, theme=None, **told)
    first, second = (client.get(f"/agente/solicitudes?q=ornitorrinco&pagina={page}").text for page in (1, 2))
    assert (first.count("/agente/solicitud/V-"), second.count("/agente/solicitud/V-")) == (100, 1)
    assert ("pagina=2" in first, "pagina=1" in second, "pagina=3" in second) == (True, True, False)


def test_what_an_agent_answers_to_a_customers_words_is_recorded(rooms: Office) -> None:
    client, looked_up = rooms.enter(), "a" * 32
    kept = {"conversation": looked_up, "text": TEXT, "reply": "Mire en spam.", "faq_ids": ["1.6", "9.9"]}
    assert client.post("/api/agents/uses", json=kept, headers={"X-CSRFToken": csrf(client)}).status_code == 204
    [turn] = rooms.desk.turns(f"agent-{looked_up}")
    assert (turn.channel, turn.outcome, turn.faq_ids, turn.model) == ("agent", "answer", ["1.6"], "m1")
    assert turn.text == TEXT.replace("ana@example.com", "[email]")
    assert turn.reply == [{"text": "Mire en spam.", "agent": "Ana Pérez"}]


def test_a_customers_file_is_saved_and_never_shown(rooms: Office) -> None:
    client = rooms.enter()
    kept = rooms.desk.attach("c-file", "<b>error</b>.png", PNG)
    number, other = ticket(rooms, "c-file", "k-file"), ticket(rooms, "c-other", "k-other")
    assert f"/agente/solicitud/{number}/adjunto/{kept.id}" in client.get(f"/agente/solicitud/{number}").text
    saved = client.get(f"/agente/solicitud/{number}/adjunto/{kept.id}")
    assert (saved.status_code, saved.data, saved.content_type) == (200, PNG, "application/octet-stream")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    for wrong in (f"{other}/adjunto/{kept.id}", f"{number}/adjunto/{kept.id + 1}", f"V-2026-999999/adjunto/{kept.id}"):
        assert client.get(f"/agente/solicitud/{wrong}").status_code == 404


@pytest.mark.parametrize(
    "change", [{"kind": "delete_account"}, {"fields": {"email": "none"}}, {"fields": []}, {"key": "short"}, {"text": ""}]
)
def test_an_action_that_cannot_be_promised_is_refused(rooms: Office, change: dict[str, object]) -> None:
    client = rooms.enter()
    body = {
        "key": "a" * 32,
        "conversation": "b" * 32,
        "kind": "reset_password",
        "fields": {"email": "a@example.com"},
        "text": "x",
    }
    headers = {"X-CSRFToken": csrf(client)}
    refused = client.post("/api/agents/requests", json={**body, **change}, headers=headers)
    assert (refused.status_code, refused.content_type) == (400, "application/problem+json")
    before = len(rooms.desk.requests())
    made = [client.post("/api/agents/requests", json={**body, "key": f"{before:032x}"}, headers=headers) for _ in range(2)]
    assert [response.status_code for response in made] == [201, 201]
    assert len(rooms.desk.requests()) == before + 1  # the same key is the same request


def test_the_panel_may_be_embedded_by_the_help_desks_of_the_settings_alone(rooms: Office) -> None:
    client = rooms.enter()
    assert "frame-ancestors 'none'" in client.get("/agente/panel").headers["Content-Security-Policy"]


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_in_light_and_dark(browser: Browser, rooms: Office, site: Site, scheme: str) -> None:
    number = ticket(rooms, f"c-{scheme}", f"k-{scheme}")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 568})  # type: ignore[arg-type]
    page = signed_in(context.new_page(), rooms, site, ADMIN)
    for path in PAGES:
        page.goto(f"{site.url}agente{path.format(number=number)}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert_accessible(page)
    context.close()


PAGES = (
    "",
    "/panel?texto=hola",
    "/solicitudes",
    "/pendientes",
    "/incidencia",
    "/informe",
    "/faq",
    "/faq/1.6",
    "/faq/nueva",
    "/solicitud/{number}",
    "/clave",
    "/segundo-factor",
)
