"""Files of customers: what the API takes, and how they get there from the chat in a real browser."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from conftest import needs_chromium
from desk_parts import locked
from flask.testing import FlaskClient
from playwright.sync_api import FilePayload, Locator, Page, expect
from webchat_fakes import EXE, PNG, FakeBot, Site, settings
from werkzeug.test import TestResponse
from widget_parts import assert_accessible, erase, open_chat, say

from bot.client import ATTACHED, Button, Reply
from desk import Desk
from desk.attachments import LARGEST, MOST
from webchat import create_app

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1" + bytes(40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHICH = Reply("¿Qué dice el mensaje? Escríbalo o adjunte una captura.", asks="error", buttons=(Button("Adjuntar", ATTACHED),))
SUMMARY = Reply("¿Es correcto?", buttons=(Button("Sí, enviar", "/afirmar"),))


@pytest.fixture
def client(bot: FakeBot) -> FlaskClient:
    return create_app(settings(), bot=bot).test_client()


@pytest.fixture
def token(client: FlaskClient) -> str:
    return str(client.post("/api/chat", json={"text": "hola"}).get_json()["conversation"])


def attach(client: FlaskClient, token: str, content: bytes, name: str = "pantalla.png") -> TestResponse:
    data = {"file": (io.BytesIO(content), name)}
    return client.post("/api/conversation/attachments", data=data, headers={"Authorization": f"Bearer {token}"})


def refused(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.get_json()["type"].rpartition("/")[2]


@pytest.mark.parametrize(("content", "type_"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (PDF, "application/pdf")])
def test_a_file_is_taken_by_its_content_under_a_safe_name(client: FlaskClient, token: str, content: bytes, type_: str) -> None:
    kept = attach(client, token, content, "../../<b>pantalla</b>.exe")
    suffix = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}[type_]
    id_ = kept.get_json()["id"]
    assert (kept.status_code, kept.get_json()) == (201, {"id": id_, "name": f"b_.{suffix}", "type": type_, "size": len(content)})


@pytest.mark.parametrize("content", [b"", b"hola", EXE, SVG, b"\x89PNG", b"<html>" + PNG])
def test_what_is_no_picture_and_no_pdf_is_refused_whatever_its_name(client: FlaskClient, token: str, content: bytes) -> None:
    assert refused(attach(client, token, content)) == (415, "attachment-unknown")


@pytest.mark.parametrize("size", [LARGEST + 1, LARGEST + 2**20])
def test_a_file_that_is_too_large_is_refused(client: FlaskClient, token: str, size: int) -> None:
    answer = attach(client, token, PNG.ljust(size, b"\0"))
    assert refused(answer) == (413, "attachment-too-large")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["limit"] == LARGEST
    assert answer.get_json()["message"].startswith("El archivo ocupa más de 5 MB")


def test_a_file_is_taken_back_once_and_in_its_own_conversation_alone(client: FlaskClient, token: str) -> None:
    other = str(client.post("/api/chat", json={"text": "hola"}).get_json()["conversation"])
    path = f"/api/conversation/attachments/{attach(client, token, PNG).get_json()['id']}"
    statuses = [client.delete(path, headers={"Authorization": f"Bearer {held}"}).status_code for held in (other, token, token)]
    assert statuses == [404, 204, 404]
    assert client.delete(path).status_code == 401


def test_only_so_many_files_wait_for_a_request_and_none_without_a_conversation(client: FlaskClient, token: str) -> None:
    assert attach(client, token, PNG.ljust(LARGEST, b"\0")).status_code == 201
    assert [attach(client, token, PNG).status_code for _ in range(MOST - 1)] == [201] * (MOST - 1)
    assert refused(attach(client, token, PNG)) == (409, "attachments-too-many")
    assert refused(attach(client, "forged", PNG)) == (400, "conversation-unknown")
    assert client.post("/api/conversation/attachments", data={"file": (io.BytesIO(PNG), "a")}).status_code == 401


@pytest.mark.parametrize("body", [{"file": "a text"}, {"other": (io.BytesIO(PNG), "a")}, {}])
def test_a_request_without_a_file_is_refused(client: FlaskClient, token: str, body: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    path = "/api/conversation/attachments"
    assert client.post(path, data=body, headers=headers, content_type="multipart/form-data").status_code == 400
    assert client.post(path, json={"file": "a"}, headers=headers).status_code == 400


def test_files_of_one_address_are_limited(bot: FakeBot, token: str) -> None:
    client = create_app(settings(upload_limit="1/minute"), bot=bot).test_client()
    assert [attach(client, token, PNG).status_code for _ in range(2)] == [201, 429]


def file(content: bytes = PNG, name: str = "pantalla.png", kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, button: Locator, *files: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        button.press("Enter")
    chooser.value.set_files(list(files))


def give(panel: Locator, event: str, content: bytes = PNG, text: str = "") -> None:
    """Drop or paste a picture on the panel."""
    script = """(panel, {event, content, text}) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(content)], "pegada.png", {type: "image/png"}));
        if (text) data.setData("text/plain", text);
        const given = event === "paste" ? {clipboardData: data} : {dataTransfer: data};
        const Kind = event === "paste" ? ClipboardEvent : DragEvent;
        panel.dispatchEvent(new Kind(event, {...given, bubbles: true, cancelable: true}));
    }"""
    panel.evaluate(script, {"event": event, "content": list(content), "text": text})


@needs_chromium
def test_where_a_picture_is_asked_it_is_chosen_sent_and_the_request_goes_on(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    bot.says = [WHICH]
    say(panel, "no funciona el enlace")
    asked = panel.get_by_role("button", name="Adjuntar", exact=True)
    expect(asked).to_be_visible()
    bot.says = [SUMMARY]
    choose(page, asked, file())
    expect(panel.get_by_role("button", name="Sí, enviar")).to_be_visible()
    expect(panel.get_by_role("log")).to_contain_text("pantalla.png")
    assert [heard[1:] for heard in bot.heard] == [("no funciona el enlace", None), (None, ATTACHED)]
    page.reload()
    expect(panel.get_by_role("log")).to_contain_text("pantalla.png")
    expect(panel.get_by_role("button", name="Sí, enviar")).to_be_visible()


@needs_chromium
@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_that_is_dropped_or_pasted_leaves_the_question_that_stands(
    page: Page, site: Site, bot: FakeBot, event: str
) -> None:
    panel = open_chat(page, site)
    bot.says = [SUMMARY]
    say(panel, "hola")
    expect(panel.get_by_role("button", name="Sí, enviar")).to_be_visible()
    give(panel.get_by_role("textbox"), event)
    expect(panel.get_by_role("log")).to_contain_text("pegada.png")
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_be_visible()
    expect(panel.get_by_role("button", name="Sí, enviar")).to_be_visible()
    assert len(bot.heard) == 1
    give(panel.get_by_role("textbox"), "paste", text="una tabla copiada")
    expect(panel.get_by_text("pegada.png")).to_have_count(1)


@needs_chromium
def test_a_file_that_comes_first_waits_for_the_question(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    choose(page, panel.get_by_role("button", name="Adjuntar una captura o un PDF"), file(), file(EXE, "virus.exe"))
    expect(panel.get_by_text("el archivo se enviará con ella")).to_have_count(1)
    expect(panel.get_by_role("group", name="virus.exe")).to_contain_text("Solo podemos recibir imágenes PNG o JPEG")
    assert page.evaluate("localStorage.length") == 0
    say(panel, "no funciona el enlace")
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_be_visible()


@needs_chromium
def test_several_files_stand_in_the_order_in_which_they_were_given(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    names = ["una.png", "dos.png", "tres.png"]
    choose(page, panel.get_by_role("button", name="Adjuntar una captura o un PDF"), *[file(name=name) for name in names])
    say(panel, "no funciona el enlace")
    expect(panel.locator(".kept span")).to_have_text(names)


@needs_chromium
def test_what_cannot_be_taken_is_said_and_can_be_left_out(page: Page, site: Site, tmp_path: Path) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    large = tmp_path / "grande.png"
    large.write_bytes(PNG.ljust(LARGEST + 1, b"\0"))
    attach = panel.get_by_role("button", name="Adjuntar una captura o un PDF")
    choose(page, attach, file(EXE, "virus.exe.png"), file(b"hola", "notas.docx", "application/msword"))
    expect(panel.get_by_role("group", name="virus.exe.png")).to_contain_text("Solo podemos recibir imágenes PNG o JPEG")
    expect(panel.get_by_role("group", name="notas.docx")).to_contain_text("Solo podemos recibir imágenes PNG o JPEG")
    assert_accessible(page)
    panel.get_by_role("button", name="Quitar notas.docx").click()
    expect(attach).to_be_focused()
    expect(panel.locator(".file")).to_have_count(1)
    with page.expect_file_chooser() as chooser:
        attach.click()
    chooser.value.set_files(large)
    expect(panel.get_by_role("group", name="grande.png")).to_contain_text("más de 5 MB")
    panel.get_by_role("button", name="Quitar grande.png").click()
    expect(panel.locator(".file")).to_have_count(0)


@needs_chromium
def test_chat_and_server_decide_alike_by_the_content_whatever_the_name(page: Page, site: Site, client: FlaskClient) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    attach_button = panel.get_by_role("button", name="Adjuntar una captura o un PDF")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/attachments") else None)
    for content in (EXE, SVG, b"hola", b"\x89PNG", b"<html>" + PNG):
        choose(page, attach_button, file(content))
        expect(panel.get_by_role("group", name="pantalla.png")).to_contain_text("Solo podemos recibir imágenes PNG o JPEG")
    assert sent == []
    expect(panel.locator(".file")).to_have_count(1)  # one that was refused goes when another comes
    for content, suffix in ((PNG, "png"), (JPEG, "jpg"), (PDF, "pdf")):
        choose(page, attach_button, file(content, f"de_{suffix}.exe", "application/x-msdownload"))
        expect(panel.get_by_role("log")).to_contain_text(f"de_{suffix}.{suffix}")
    expect(panel.locator(".file")).to_have_count(0)


@needs_chromium
def test_files_that_are_refused_leave_the_last_message_in_sight(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    page.set_viewport_size({"width": 390, "height": 640})
    for text in ("uno", "dos", "tres"):
        say(panel, text)
        expect(panel.get_by_role("log").get_by_text(text, exact=True)).to_be_visible()
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_have_count(3)
    choose(page, panel.get_by_role("button", name="Adjuntar una captura o un PDF"), *[file(EXE, f"{n}.png") for n in range(6)])
    expect(panel.locator(".file.bad")).to_have_count(6)
    expect(panel.get_by_text("tres", exact=True)).to_be_in_viewport()


@needs_chromium
def test_a_file_is_taken_back_until_it_has_gone_with_a_ticket(page: Page, site: Site, bot: FakeBot) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    folder = settings().attachments_dir
    before = len(list(folder.glob("*")))
    deleted: list[bool] = []
    page.on("response", lambda response: deleted.append(response.ok) if response.request.method == "DELETE" else None)
    attach_button = panel.get_by_role("button", name="Adjuntar una captura o un PDF")
    expect(panel.get_by_role("link", name="Pregunta frecuente 1.6")).to_be_visible()
    with locked(settings()):
        choose(page, attach_button, file(name="tarde.png"))
        expect(panel.get_by_role("progressbar")).to_have_js_property("value", 1)
        panel.get_by_role("button", name="Quitar tarde.png").press("Enter")  # the server has all of it
    while not deleted:
        page.wait_for_timeout(50)
    choose(page, attach_button, file(name="mala.png"), file(name="buena.png"))
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_have_count(2)
    panel.get_by_role("button", name="Quitar mala.png").press("Enter")
    expect(panel.get_by_text("mala.png")).to_have_count(0)
    assert deleted == [True, True]
    assert len(list(folder.glob("*"))) == before + 1
    assert_accessible(page)
    desk, conversation = Desk(settings()), bot.heard[0][0]
    told = {"detalle": "La placa está rota"}
    desk.submit(uuid.uuid4().hex, "open_ticket", faq_id=None, theme=None, fields=told, conversation=conversation, text=None)
    panel.get_by_role("button", name="Quitar buena.png").press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("ya salió con su solicitud")
    expect(panel.get_by_role("log")).to_contain_text("buena.png")


@needs_chromium
def test_a_file_on_its_way_shows_how_far_it_is_and_a_failure_is_mended_by_reintentar(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    gone: list[Any] = []
    page.route("**/attachments", lambda route: gone.append(route))
    choose(page, panel.get_by_role("button", name="Adjuntar una captura o un PDF"), file())
    expect(panel.get_by_role("progressbar", name="pantalla.png")).to_be_visible()
    assert_accessible(page)
    gone[0].abort()
    expect(panel.get_by_role("group", name="pantalla.png")).to_contain_text("No hemos podido recibir el archivo")
    page.unroute_all()
    panel.get_by_role("group", name="pantalla.png").get_by_role("button", name="Reintentar").click()
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_be_visible()


@needs_chromium
def test_a_conversation_that_is_deleted_takes_its_files_along(page: Page, site: Site) -> None:
    panel = open_chat(page, site)
    say(panel, "hola")
    folder = settings().attachments_dir
    before = len(list(folder.glob("*")))
    choose(page, panel.get_by_role("button", name="Adjuntar una captura o un PDF"), file())
    expect(panel.get_by_text("Irá con su próxima solicitud")).to_be_visible()
    assert len(list(folder.glob("*"))) == before + 1
    erase(panel)
    expect(panel.get_by_text("pantalla.png")).to_be_hidden()
    assert len(list(folder.glob("*"))) == before
