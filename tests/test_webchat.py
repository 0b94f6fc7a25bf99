"""The web app over a fake assistant: its API, its page and its process."""

import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from webchat_fakes import PAYLOAD, PNG, SECRET, TOKEN, FakeBot, LastMonth, settings
from werkzeug.test import TestResponse

from bot.client import BotUnavailable
from desk import Desk
from settings import ROOT
from webchat import SettingsError, create_app
from webchat.widget.tokens import SALT


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def client(bot: FakeBot) -> FlaskClient:
    return create_app(settings(), bot=bot).test_client()


def chat(client: FlaskClient, **message: Any) -> TestResponse:
    return client.post("/api/chat", json=message)


def suggest(client: FlaskClient, text: Any = "no me llega el correo", token: str = TOKEN) -> TestResponse:
    return client.post("/api/suggestions", json={"text": text}, headers={"Authorization": f"Bearer {token}"})


def assert_problem(response: TestResponse, status: int, slug: str | None = None) -> None:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert set(response.get_json()) == {"type", "title", "status", "detail"}
    assert response.get_json()["type"] == (f"/problems/{slug}" if slug else "about:blank")
    assert response.get_json()["status"] == status


def test_a_text_is_answered_with_the_replies_of_the_assistant(client: FlaskClient, bot: FakeBot) -> None:
    response = chat(client, text="no me llega el correo")
    assert response.status_code == 200
    answer, offer = response.get_json()["messages"]
    assert answer == {"text": "Mire en la carpeta de spam.", "faq": "1.6", "buttons": [], "asks": None}
    assert [button["title"] for button in offer["buttons"]] == ["Sí, por favor", "No"]
    assert [heard[1:] for heard in bot.heard] == [("no me llega el correo", None)]


def test_the_token_of_a_reply_continues_the_conversation_and_none_begins_another(client: FlaskClient, bot: FakeBot) -> None:
    first = chat(client, text="hola").get_json()["conversation"]
    second = chat(client, text="sigo aquí", conversation=first).get_json()["conversation"]
    chat(client, text="y aquí", conversation=second)
    chat(client, text="hola", conversation=None)
    ids = [heard[0] for heard in bot.heard]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert len(bytes.fromhex(ids[0])) == 16


def test_a_button_comes_back_to_the_assistant_as_the_payload_that_it_issued(client: FlaskClient, bot: FakeBot) -> None:
    reply = chat(client, text="hola").get_json()
    button = reply["messages"][-1]["buttons"][0]["payload"]
    assert chat(client, button=button, conversation=reply["conversation"]).status_code == 200
    assert bot.heard[-1][1:] == (None, PAYLOAD)


def test_a_button_of_another_conversation_or_of_none_is_refused(client: FlaskClient, bot: FakeBot) -> None:
    button = chat(client, text="hola").get_json()["messages"][-1]["buttons"][0]["payload"]
    other = chat(client, text="hola").get_json()["conversation"]
    assert_problem(chat(client, button=button, conversation=other), 400, "button-unknown")
    assert_problem(chat(client, button=button), 400, "button-unknown")
    for forged in ("", PAYLOAD, "\ud800"):
        assert_problem(chat(client, button=forged, conversation=other), 400, "button-unknown")
    assert len(bot.heard) == 2


def test_a_message_begins_the_action_of_an_entry_that_offers_one(client: FlaskClient, bot: FakeBot) -> None:
    assert chat(client, text="Vengo de su correo.", start="1.6").status_code == 200
    begun = '/iniciar{"accion": "resend_confirmation", "faq_id": "1.6", "pide": "email"}'
    assert [heard[1:] for heard in bot.heard] == [(None, begun)]
    for unknown in ("1.2", "9.9", ""):
        assert_problem(chat(client, text="hola", start=unknown), 400, "start-unknown")
    assert len(bot.heard) == 1


@pytest.mark.parametrize("forged", ["", "x", "ImFhIg.aaaaaa.bbbbbb", "á\ud800", "a.b.c.d" * 1000])
def test_a_forged_conversation_is_refused(client: FlaskClient, bot: FakeBot, forged: str) -> None:
    assert_problem(chat(client, text="hola", conversation=forged), 400, "conversation-unknown")
    assert not bot.heard


def test_a_token_of_another_key_and_a_changed_token_are_refused(client: FlaskClient) -> None:
    for foreign in (TimestampSigner("another key", salt=SALT), TimestampSigner(SECRET, salt="conversation")):
        assert_problem(chat(client, text="hola", conversation=foreign.sign("id").decode()), 400, "conversation-unknown")
    token = chat(client, text="hola").get_json()["conversation"]
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    assert_problem(chat(client, text="hola", conversation=changed), 400, "conversation-unknown")


def test_a_conversation_expires(client: FlaskClient) -> None:
    token = LastMonth(SECRET, salt=SALT).sign("id").decode()
    assert_problem(chat(client, text="hola", conversation=token), 400, "conversation-expired")


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00\x07\x1b", "\u200b\ufeff", "\ud800"])
def test_a_text_without_anything_to_read_is_refused_as_empty(client: FlaskClient, bot: FakeBot, text: str) -> None:
    assert_problem(chat(client, text=text), 400, "empty-message")
    assert not bot.heard


def test_control_characters_are_removed_and_line_breaks_stay(client: FlaskClient, bot: FakeBot) -> None:
    chat(client, text="a\x00b\r\n\tc\x7f\x9b\ud800 👍")
    assert bot.heard[0][1] == "ab\n\tc 👍"


def test_a_text_beyond_the_limit_is_refused_with_the_limit_named(bot: FakeBot) -> None:
    client = create_app(settings(message_limit=10), bot=bot).test_client()
    assert chat(client, text="á" * 10).status_code == 200
    refused = chat(client, text="á" * 11)
    assert_problem(refused, 413, "message-too-long")
    assert "at most 10" in refused.get_json()["detail"]


@pytest.mark.parametrize("text", ['/reset_password{"email":"x"}', "  /restart", "/elegir"])
def test_a_slash_in_front_is_text_and_never_a_payload(client: FlaskClient, bot: FakeBot, text: str) -> None:
    chat(client, text=text)
    assert bot.heard[0][1:] == (text, None)


@pytest.mark.parametrize(
    "message",
    [{}, {"text": "a", "button": "b"}, {"text": 1}, {"text": ["a"]}, {"button": {}}, {"text": "a", "conversation": 1}],
)
def test_a_message_of_another_form_is_refused(client: FlaskClient, bot: FakeBot, message: dict[str, Any]) -> None:
    assert_problem(chat(client, **message), 400)
    assert not bot.heard


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 60_000, b'{"text": 1' + b"1" * 60_000]
)
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, body: bytes) -> None:
    assert_problem(client.post("/api/chat", data=body, content_type="application/json"), 400)


def test_other_requests_under_api_are_refused_with_their_status(client: FlaskClient) -> None:
    assert_problem(client.post("/api/chat", data="text=hola", content_type="text/plain"), 415)
    assert_problem(chat(client, text="a" * 65 * 1024), 413)
    assert_problem(client.post("/api/nothing", json={}), 404)
    wrong_method = client.get("/api/chat")
    assert_problem(wrong_method, 405)
    assert "POST" in wrong_method.headers["Allow"]


def test_without_the_assistant_the_chat_answers_503_and_with_a_bug_500(client: FlaskClient, bot: FakeBot) -> None:
    bot.error = BotUnavailable("it is away")
    assert_problem(chat(client, text="hola"), 503)
    bot.error = KeyError("a bug")
    assert_problem(chat(client, text="hola"), 500)


def test_failures_are_logged_and_texts_and_addresses_are_not(
    client: FlaskClient, bot: FakeBot, caplog: pytest.LogCaptureFixture
) -> None:
    for error in (None, BotUnavailable("it is away"), KeyError("a bug")):
        bot.error = error
        chat(client, text="soy ana@example.com")
    assert "it is away" in caplog.text
    assert "a bug" in caplog.text
    assert "ana" not in caplog.text


def test_who_writes_too_often_is_told_when_to_come_back(bot: FakeBot) -> None:
    client = create_app(settings(rate_limit="2/minute"), bot=bot).test_client()
    assert [chat(client, text="hola").status_code for _ in range(3)] == [200, 200, 429]
    refused = chat(client, text="hola")
    assert_problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get("/").status_code == 200
    other_address = client.post("/api/chat", json={"text": "hola"}, environ_base={"REMOTE_ADDR": "127.0.0.2"})
    assert other_address.status_code == 200


def test_a_store_of_counts_that_is_away_stops_nobody_and_lifts_no_limit(bot: FakeBot) -> None:
    client = create_app(settings(rate_limit="2/minute", redis_url="redis://127.0.0.1:1/0"), bot=bot).test_client()
    assert [chat(client, text="hola").status_code for _ in range(3)] == [200, 200, 429]


def test_a_conversation_is_limited_wherever_it_is_continued_from(bot: FakeBot) -> None:
    client = create_app(settings(rate_limit="2/minute"), bot=bot).test_client()
    token = chat(client, text="hola").get_json()["conversation"]

    def go_on(number: int) -> int:
        address = {"REMOTE_ADDR": f"127.0.1.{number}"}
        message = {"text": "hola", "conversation": token}
        return client.post("/api/chat", json=message, environ_base=address).status_code

    assert [go_on(number) for number in range(3)] == [200, 200, 429]


def test_a_search_gives_the_entries_that_may_answer_it_best_first(client: FlaskClient, bot: FakeBot) -> None:
    found = client.get("/api/faq", query_string={"q": "no me llega"}).json["entries"]
    assert [entry["id"] for entry in found] == ["1.6", "1.2"]
    assert set(found[0]) == {"id", "section", "question", "answer"}
    assert [entry["id"] for entry in client.get("/api/faq?q=%20").json["entries"]] == ["1.2", "1.6", "2.1"]
    assert_problem(client.get("/api/faq", query_string={"q": "a" * 301}), 400)
    bot.error = BotUnavailable("it is away")
    assert_problem(client.get("/api/faq?q=hola"), 503)


def test_the_api_describes_itself(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").json
    assert described["openapi"] == "3.1.0"
    assert described["paths"]["/api/chat"]["post"]["requestBody"]["required"]
    taken = set(described["components"]["schemas"]["MessageIn"]["properties"])
    assert taken == {"text", "button", "start", "conversation", "id", "again"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_message_that_comes_again_with_its_id_is_taken_once_and_gets_the_same_replies(
    client: FlaskClient, bot: FakeBot
) -> None:
    token = chat(client, text="hola").get_json()["conversation"]
    first, second = (chat(client, text="no llega", id="m-1", conversation=token).get_json() for _ in range(2))
    assert first["messages"] == second["messages"]
    assert len(bot.heard) == 2
    chat(client, text="no llega", id="m-1")
    assert len(bot.heard) == 3  # another conversation's ids are its own
    for wrong in ("", "a" * 65, "a b", "<b>", 7):
        assert_problem(chat(client, text="hola", id=wrong), 400)


def test_the_history_holds_each_turn_with_buttons_that_work_and_no_address(client: FlaskClient, bot: FakeBot) -> None:
    reply = chat(client, text="soy ana@example.com", id="m-1").get_json()
    button = reply["messages"][1]["buttons"][0]["payload"]
    chat(client, button=button, id="m-2", conversation=reply["conversation"])
    first, second = client.get("/api/conversation", headers=bearer(reply["conversation"])).json["turns"]
    assert (first["id"], first["text"], first["messages"]) == ("m-1", "soy [correo]", reply["messages"])
    assert (second["id"], second["text"], second["helpful"]) == ("m-2", "Sí, por favor", None)


def test_the_transcript_names_what_was_not_kept_and_the_files_in_the_customers_own_words_and_time(bot: FakeBot) -> None:
    client = create_app(settings(time_zone="America/Bogota"), bot=bot).test_client()
    token = chat(client, text="soy ana@example.com y mi clave es Toledo_99").get_json()["conversation"]
    picture = {"file": (io.BytesIO(PNG), "pantalla.exe")}
    client.post("/api/conversation/attachments", data=picture, headers=bearer(token))
    at = datetime.now(ZoneInfo("America/Bogota"))
    text = client.get("/api/conversation/transcript", headers=bearer(token)).text
    assert "Usted: soy [correo] y mi clave es [contraseña]" in text
    assert "Asistente: Mire en la carpeta de spam. (Pregunta frecuente 1.6)" in text
    assert "\n\n\n" not in text
    told, _, files = text.partition("Archivos que ha adjuntado:\n")
    assert files.strip().endswith(": pantalla.png")
    for part in (told, files):
        [stamp] = re.findall(r"\d\d/\d\d/\d{4} \d\d:\d\d", part)
        assert abs(datetime.strptime(f"{stamp} -0500", "%d/%m/%Y %H:%M %z") - at) < timedelta(minutes=2)


def test_an_erased_conversation_is_gone_here_and_at_the_assistant(client: FlaskClient, bot: FakeBot) -> None:
    token = chat(client, text="hola", id="m-1").get_json()["conversation"]
    assert client.delete("/api/conversation", headers=bearer(token)).status_code == 204
    assert client.get("/api/conversation", headers=bearer(token)).json == {"turns": []}
    assert bot.forgotten == [bot.heard[0][0]]


def test_an_erasure_that_the_assistant_does_not_do_is_no_success(client: FlaskClient, bot: FakeBot) -> None:
    token = chat(client, text="hola").get_json()["conversation"]
    bot.error = BotUnavailable("it is away")
    assert_problem(client.delete("/api/conversation", headers=bearer(token)), 503)
    assert len(client.get("/api/conversation", headers=bearer(token)).json["turns"]) == 1


def test_feedback_is_kept_with_its_turn_and_refused_for_any_other(client: FlaskClient) -> None:
    token = chat(client, text="hola", id="m-1").get_json()["conversation"]
    given = {"id": "m-1", "helpful": False, "reason": "No lo entiendo"}
    assert client.post("/api/conversation/feedback", json=given, headers=bearer(token)).status_code == 204
    assert client.get("/api/conversation", headers=bearer(token)).json["turns"][0]["helpful"] is False
    other = chat(client, text="hola").get_json()["conversation"]
    assert_problem(client.post("/api/conversation/feedback", json=given, headers=bearer(other)), 404)
    wrong = {"id": "m-1", "helpful": "perhaps"}
    assert_problem(client.post("/api/conversation/feedback", json=wrong, headers=bearer(token)), 400)


@pytest.mark.parametrize("path", ["/api/conversation", "/api/conversation/transcript"])
def test_a_conversation_is_read_by_who_holds_its_token_and_by_nobody_else(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 401)
    assert_problem(client.get(path, headers=bearer("forged")), 400, "conversation-unknown")


def test_each_room_is_served_only_where_it_is_named(bot: FakeBot) -> None:
    customers = create_app(settings(web_rooms=("widget",)), bot=bot).test_client()
    agents = create_app(settings(web_rooms=("agents",)), bot=bot).test_client()
    assert (chat(customers, text="hola").status_code, suggest(customers).status_code) == (200, 404)
    assert (chat(agents, text="hola").status_code, suggest(agents).status_code) == (404, 200)
    assert agents.get("/").status_code == 404
    assert customers.get("/livez").json == agents.get("/livez").json == {"status": "ok"}


def test_healthz_says_whether_there_are_replies_and_livez_whether_this_process_serves(client: FlaskClient, bot: FakeBot) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})
    bot.error = BotUnavailable("it is away")
    refused = client.get("/healthz")
    assert (refused.status_code, refused.json) == (503, {"status": "unavailable", "reason": "it is away"})
    assert client.get("/livez").status_code == 200


def test_every_response_carries_the_security_headers(client: FlaskClient) -> None:
    for response in (client.get("/"), client.get("/ventanilla.js"), chat(client, text=""), client.get("/nada")):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_only_sites_in_the_settings_may_use_the_chat_from_elsewhere(bot: FakeBot) -> None:
    friend, stranger = "https://www.example.com", "https://www.example.net"
    client = create_app(settings(web_origins=(friend,)), bot=bot).test_client()
    preflight = client.options("/api/chat", headers={"Origin": friend, "Access-Control-Request-Method": "POST"})
    assert preflight.headers["Access-Control-Allow-Origin"] == friend
    assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    refused = client.options("/api/chat", headers={"Origin": stranger, "Access-Control-Request-Method": "POST"})
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert "Origin" in refused.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in suggest(client).headers


def test_any_site_may_load_the_script_whose_files_are_kept_while_they_are_the_same(
    client: FlaskClient,
) -> None:
    script = client.get("/ventanilla.js", headers={"Origin": "https://www.example.net"})
    assert (script.status_code, script.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert script.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/ventanilla.js", headers={"If-None-Match": script.headers["ETag"]}).status_code == 304
    first, panel = re.findall(r'"\./(widget/\w+/\w+\.js)"', script.text)
    assert (first.rpartition("/")[2], panel.rpartition("/")[2]) == ("nodes.js", "panel.js")
    module = client.get(f"/{first}")
    assert (module.mimetype, module.headers["Access-Control-Allow-Origin"]) == ("text/javascript", "*")
    assert "immutable" in module.headers["Cache-Control"]
    former = client.get("/widget/0123456789ab/nodes.js")
    assert former.data == module.data
    assert former.headers["Cache-Control"] == "no-cache"


def test_scripts_and_pages_are_compressed_and_replies_of_the_api_are_not(client: FlaskClient) -> None:
    for path in ("/", "/widget/x/chat.js", "/static/page.css"):
        response = client.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert response.headers["Content-Encoding"] in ("gzip", "br")
        assert "Accept-Encoding" in response.headers["Vary"]
    reply = client.post("/api/chat", json={"text": "hola"}, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in reply.headers


def size(client: FlaskClient, *paths: str) -> int:
    """The bytes that a browser gets for these modules."""
    return sum(len(client.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in paths)


def test_the_launcher_is_below_4_kb_and_all_that_opens_below_16(client: FlaskClient) -> None:
    panel = {path.name for path in (ROOT / "webchat/widget/static").iterdir()} - {"ventanilla.js", "nodes.js"}
    assert 0 < size(client, "/ventanilla.js", "/widget/x/nodes.js") <= 4096
    assert 0 < size(client, *(f"/widget/x/{name}" for name in panel)) <= 16 * 1024


def test_no_other_site_may_use_the_chat_by_default(client: FlaskClient) -> None:
    response = client.get("/", headers={"Origin": "https://www.example.com"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_the_page_shows_the_faq_by_section_in_paragraphs_lists_and_links(client: FlaskClient) -> None:
    page = client.get("/").text
    assert page.index("REGISTRO") < page.index('id="faq-1.2"') < page.index('id="faq-1.6"') < page.index("ACCESO")
    assert page.count("REGISTRO") == 1
    assert "<p>Estos son los pasos:</p>" in page
    assert "<li>Rellene el formulario.</li>" in page
    assert 'href="mailto:ayuda@example.com">ayuda@example.com</a>.</li>' in page
    assert "<p>Eso es todo.</p>" in page
    assert "•" not in page
    assert "ACME" in page


def test_an_answer_with_markup_is_shown_as_text(client: FlaskClient) -> None:
    assert "<p>Mire en &lt;script&gt;alert(1)&lt;/script&gt; spam.</p>" in client.get("/").text


def test_the_page_says_so_when_the_assistant_is_away(client: FlaskClient, bot: FakeBot) -> None:
    bot.error = BotUnavailable("it is away")
    page = client.get("/")
    assert page.status_code == 200
    assert "no podemos mostrarle las preguntas frecuentes" in page.text
    assert "<ventanilla-chat" in page.text


def test_an_incident_is_told_by_the_api_and_the_page_until_it_ends_or_cannot_be_read(bot: FakeBot, tmp_path: Path) -> None:
    database = tmp_path / "desk.db"
    known = settings(database_url=f"sqlite:///{database}")
    desk = Desk(known)
    client = create_app(known, bot=bot, desk=desk).test_client()

    def told() -> tuple[str | None, bool]:
        answer = client.get("/api/incident")
        assert answer.status_code == 200
        return answer.get_json()["text"], '<p class="incident" role="status">El correo &lt;b&gt; tarda.</p>' in client.get(
            "/"
        ).text

    assert told() == (None, False)
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    desk.begin_incident("El correo <b> tarda.", until=tomorrow)
    assert told() == ("El correo <b> tarda.", True)
    assert "/api/incident" in client.get("/api/openapi.json").get_json()["paths"]
    desk.end_incident()
    assert told() == (None, False)
    desk.begin_incident("El correo <b> tarda.", until=tomorrow)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TABLE incidents")
    assert told() == (None, False)


def test_a_page_that_is_not_there_is_told_in_spanish(client: FlaskClient) -> None:
    page = client.get("/nada")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Esta página no existe" in page.text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"web_rooms": ("kitchen",)}, "WEB_ROOMS"),
        ({"rate_limit": "often"}, "RATE_LIMIT"),
        ({"upload_limit": "often"}, "UPLOAD_LIMIT"),
        ({"search_limit": "often"}, "SEARCH_LIMIT"),
    ],
)
def test_a_setting_that_cannot_work_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        create_app(settings(**changes))


@contextmanager
def started(port: int, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    variables = {**os.environ, "WEB_PORT": str(port), "SECRET_KEY": SECRET, **environment}
    command = [sys.executable, "-m", "webchat"]
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_the_process_stops_with_one_line_when_the_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(port) as process:
            _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (1, f"Cannot listen on port {port} (WEB_PORT): Address already in use\n")


def test_the_process_stops_with_one_line_without_a_secret_key() -> None:
    with started(free_port(), SECRET_KEY="") as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("SECRET_KEY is empty: ")
    assert errors.count("\n") == 1


def test_the_process_serves_until_it_is_terminated() -> None:
    port = free_port()
    with started(port) as process:
        assert process.stderr
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez") as response:
            assert json.load(response) == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_a_body_that_the_server_refuses_by_itself_is_a_problem_too() -> None:
    port = free_port()
    with started(port) as process:
        assert process.stderr is not None
        while "on http://" not in process.stderr.readline():
            pass
        head = f"POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {17 * 2**20}\r\n\r\n"
        with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
            connection.sendall(head.encode())
            answer = connection.makefile("rb").read()
    told, _, body = answer.partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"Content-Type: application/problem+json" in told
    assert {**json.loads(body), "detail": ""} == {
        "type": "about:blank", "title": "Request Entity Too Large", "status": 413, "detail": ""
    }  # fmt: skip
