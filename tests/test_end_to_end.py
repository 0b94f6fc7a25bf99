"""The whole product, as `make run` starts it: the three tasks in a browser, the other mouths, bad input, and its end."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from conftest import ROOT, Product, needs_chromium
from playwright.sync_api import Locator, Page, expect
from talk import Talk, mails, wait_for_mails

NUMBER = re.compile(r"V-\d{4}-\d{6}")
PASSWORD = "correcto-caballo-bateria"


@pytest.fixture
def address() -> str:
    return f"persona-{uuid.uuid4().hex[:8]}@example.com"


def register(product: Product, page: Page, address: str) -> None:
    page.goto(f"{product.portal}/register")
    page.get_by_label(re.compile("correo", re.IGNORECASE)).fill(address)
    page.get_by_label(re.compile("usuario", re.IGNORECASE)).fill(address.partition("@")[0].replace("-", ""))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").click()


def sign_in(product: Product, page: Page, address: str, password: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{product.portal}/login")
    page.locator("input[type=text], input[type=email]").first.fill(address)
    page.locator("input[type=password]").first.fill(password)
    page.locator("main form button").click()


def open_chat(product: Product, page: Page) -> Locator:
    page.goto(product.web)
    page.get_by_role("button", name="Pregúntenos").click()
    return page.get_by_role("dialog")


def say(chat: Locator, text: str) -> None:
    chat.get_by_role("textbox").fill(text)
    chat.get_by_role("textbox").press("Enter")


@needs_chromium
def test_a_missing_confirmation_mail_is_resent_and_its_link_confirms_the_account(
    product: Product, page: Page, address: str
) -> None:
    register(product, page, address)
    wait_for_mails(product, address, 1)
    chat = open_chat(product, page)
    say(chat, "no me llega el correo de confirmacion")
    expect(chat.get_by_role("log")).to_contain_text("Revise su buzón de correo no deseado o spam")
    expect(chat.get_by_role("link", name="1.6")).to_be_visible()
    chat.get_by_role("button", name="Sí, por favor").click()
    expect(chat.get_by_role("log")).to_contain_text("¿Con qué dirección de correo se registró")
    say(chat, address)
    expect(chat.get_by_role("log")).to_contain_text(f"se reenvíe el correo de confirmación a {address}")
    chat.get_by_role("button", name="Sí, enviar").click()
    expect(chat.get_by_role("log")).to_contain_text("Hecho")
    [_, resent] = wait_for_mails(product, address, 2)
    page.goto(resent["links"][0])
    sign_in(product, page, address, PASSWORD)
    expect(page.locator("body")).to_contain_text(address)


@needs_chromium
def test_the_link_of_a_reply_by_mail_leads_into_the_request(product: Product, page: Page, address: str) -> None:
    page.goto(f"{product.web}/#ventanilla=1.6")
    log = page.get_by_role("dialog").get_by_role("log")
    expect(log).to_contain_text("¿Con qué dirección de correo se registró")
    say(page.get_by_role("dialog"), address)
    expect(log).to_contain_text(f"se reenvíe el correo de confirmación a {address}")


@needs_chromium
def test_a_forgotten_password_is_reset_to_a_new_one(product: Product, page: Page) -> None:
    before = len(mails(product, "ana@example.com"))
    chat = open_chat(product, page)
    say(chat, "olvide mi clave")
    expect(chat.get_by_role("link", name="2.1")).to_be_visible()
    say(chat, "sí")
    expect(chat.get_by_role("log")).to_contain_text("¿Con qué dirección de correo se registró")
    say(chat, "ana@example.com")
    chat.get_by_role("button", name="Sí, enviar").click()
    expect(chat.get_by_role("log")).to_contain_text("Hecho")
    page.goto(wait_for_mails(product, "ana@example.com", before + 1)[-1]["links"][0])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").click()
    sign_in(product, page, "ana@example.com", PASSWORD)
    expect(page.locator("body")).to_contain_text("ana")
    expect(page.locator("input[type=password]")).to_have_count(0)


@needs_chromium
def test_who_wants_a_person_gets_a_ticket_with_a_number(product: Product, page: Page, address: str) -> None:
    chat = open_chat(product, page)
    say(chat, "quiero hablar con una persona")
    expect(chat.get_by_role("log")).to_contain_text("no hay atención en directo")
    say(chat, address)
    expect(chat.get_by_role("log")).to_contain_text("Cuénteme en pocas palabras")
    say(chat, "La placa de mi equipo está rota y no leo el número.")
    expect(chat.get_by_role("log")).to_contain_text("La placa de mi equipo está rota y no leo el número.")
    chat.get_by_role("button", name="Sí, enviar").click()
    expect(chat.get_by_role("log")).to_contain_text("He abierto la solicitud")
    number = re.findall(r"V-\d{4}-\d{6}", chat.get_by_role("log").inner_text())[-1]
    [ticket] = wait_for_mails(product, "customer.care@example.com", 1, about=number)
    assert "La placa de mi equipo está rota" in ticket["text"]
    assert address in ticket["text"]


@pytest.fixture
def talk(product: Product) -> Talk:
    return Talk(product)


def ask_for_a_reset(product: Product, address: str) -> tuple[str, float]:
    """All that the API says on the way and to the question how the request stands, without its values; and how long it took."""
    talk, told, number = Talk(product), [], ""
    started = time.perf_counter()
    for text in ("olvide mi clave", "sí", address, "sí", "mi petición es la {}", address):
        response = talk.post(text=text.format(number))
        told.append((response.status_code, sorted(response.headers), response.json()["messages"]))
        number = next(iter(NUMBER.findall(response.text)), number)
    took = time.perf_counter() - started
    for _, _, messages in told:
        for message in messages:
            message["buttons"] = [button["title"] for button in message["buttons"]]
    return NUMBER.sub("V", json.dumps(told, ensure_ascii=False).replace(address, "A")), took


def alike(times: dict[str, list[float]]) -> bool:
    """Whether the quickest of each took less than twice as long as the other."""
    fast, slow = sorted(map(min, times.values()))
    return slow < 2 * fast


def test_neither_words_nor_status_nor_mails_nor_time_tell_whether_an_account_exists(product: Product) -> None:
    told: set[str] = set()
    times: dict[str, list[float]] = {"ana@example.com": [], "nadie@example.com": []}
    rounds = 0
    while rounds < 3 or (rounds < 12 and not alike(times)):  # what else the machine does only adds to a time
        for address in sorted(times, reverse=bool(rounds % 2)):
            words, took = ask_for_a_reset(product, address)
            told.add(words)
            times[address].append(took)
        rounds += 1
    assert len(told) == 1
    assert "está registrada y pendiente" in told.pop()
    assert alike(times)
    wait_for_mails(product, "ana@example.com", rounds, about="contraseña")
    assert mails(product, "nadie@example.com") == []  # nor does anybody else get one: there is no ticket, and no receipt


def test_how_a_request_stands_is_told_by_its_number_and_it_can_be_added_to(product: Product, talk: Talk) -> None:
    for step in ("quiero hablar con una persona", "eva@example.com", "la placa del equipo está rota"):
        talk.say(step)
    [done] = talk.say("sí")
    [number] = re.findall(r"V-\d{4}-\d{6}", done["text"])
    other = Talk(product)
    [asked] = other.say(f"mi petición es la {number.lower()}")
    assert asked["text"] == "¿Con qué dirección de correo hizo la petición?"
    stands, offer = other.say("eva@example.com")
    assert f"La petición {number}, del" in stands["text"]
    other.press(offer["buttons"][0])
    [summary] = other.say("ya tengo una foto de la placa")
    assert "ya tengo una foto de la placa" in summary["text"]
    [added] = other.say("sí")
    assert f"Lo he añadido a la petición {number}" in added["text"]
    stranger = Talk(product)
    stranger.say(f"mi petición es la {number}")
    refused, _ = stranger.say("otra@example.com")
    assert "No encuentro ninguna petición" in refused["text"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 3900,
        "😀😀😀",
        "<script>alert(1)</script><b>hola</b>",
        "\x00\x07 no me llega\x1b[31m el correo",
        '/reset_password{"email":"x"}',
        '   /iniciar{"accion":"open_ticket"}',
        "/restart",
        "{numero} {email} {{clave}}",
        "\ud800 hola",
    ],
)
def test_odd_text_gets_a_plain_reply_and_the_conversation_goes_on(talk: Talk, text: str) -> None:
    assert all(message["text"] for message in talk.say(text))
    assert talk.say("hola")


@pytest.mark.parametrize(
    ("message", "status"),
    [({"text": ""}, 400), ({"text": " \n "}, 400), ({"text": "x" * 10_000}, 413), ({"button": "/cancelar"}, 400), ({}, 400)],
)
def test_bad_input_is_a_problem_and_loses_no_conversation(talk: Talk, message: dict[str, str], status: int) -> None:
    talk.say("no me llega el correo de confirmación")
    talk.say("sí")
    response = talk.post(**message)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    [summary] = talk.say("ana@example.com")
    assert "ana@example.com" in summary["text"]


def test_the_head_of_an_answer_does_not_come_before_its_body(product: Product) -> None:
    address = urlsplit(product.web)
    with socket.create_connection((address.hostname, address.port)) as connection:
        for _ in range(20):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(4096).endswith(b'{"status":"ok"}\n')


def test_suggestions_for_agents_come_with_the_approved_text(product: Product) -> None:
    headers = {"Authorization": f"Bearer {product.agents_token}"}
    body = {"text": '/faq{"x":1} no me llega el correo de confirmación'}
    response = requests.post(f"{product.agents}/api/suggestions", json=body, headers=headers, timeout=30)
    entry = response.json()["needs"][0]["entries"][0]
    assert (entry["id"], entry["answer"][:17]) == ("1.6", "Revise su buzón d")


def test_each_turn_is_recorded_with_its_outcome_theme_and_model(product: Product, talk: Talk) -> None:
    talk.say("necesito una copia de mi factura")
    [_, offer] = talk.say("no me llega el correo de confirmación")
    talk.press(offer["buttons"][0])
    talk.say("mi gata come pienso de salmón")
    columns = "outcome, theme, faq_ids, model"
    with closing(sqlite3.connect(product.var_dir / "desk.db")) as database:
        turns = database.execute(f"SELECT {columns} FROM interactions ORDER BY id DESC LIMIT 4").fetchall()  # noqa: S608
    [(model, *others)] = [tuple(turn[3] for turn in turns)]
    assert model and others == [model] * 3
    assert [turn[:3] for turn in reversed(turns)] == [
        ("out_of_scope", "factura_pago", "[]"),
        ("answer", None, '["1.6"]'),
        ("dialogue", None, "[]"),
        ("dialogue", None, "[]"),  # the request under way asked for an address: no gap of the FAQ
    ]


@pytest.mark.parametrize("secret", [{}, {"X-Ventanilla-Secret": "guessed"}])
def test_nobody_talks_to_the_assistant_past_the_web(product: Product, secret: dict[str, str]) -> None:
    rasa = f"http://127.0.0.1:{product.ports['RASA_PORT']}"
    message = {"conversation": "c1", "sender": "c1", "text": "hola", "message": "hola"}
    for path in ("/webhooks/ventanilla/message", "/webhooks/rest/webhook", "/model/parse", "/conversations/c1/messages"):
        assert requests.post(f"{rasa}{path}", json=message, headers=secret, timeout=10).status_code in (401, 403, 404), path
    for path in ("/webhooks/ventanilla/faq", "/conversations/c1/tracker", "/domain"):
        assert requests.get(f"{rasa}{path}", headers=secret, timeout=10).status_code in (401, 403, 404), path
    assert requests.delete(f"{rasa}/webhooks/ventanilla/conversation/c1", headers=secret, timeout=10).status_code == 403


def test_no_text_or_address_of_a_customer_is_in_a_log(product: Product, talk: Talk) -> None:
    secret = uuid.uuid4().hex
    for step in (f'/reset_password{{"email":"{secret}"}}', f"olvide mi clave {secret}", "sí", f"{secret}@example.com", "sí"):
        talk.say(step)
    time.sleep(2)  # the delivery worker has called the portal by then
    logs = list((product.var_dir / "log").glob("*.log"))
    assert len(logs) >= 5
    assert not [path.name for path in logs if secret in path.read_text(errors="replace")]


def test_a_password_is_told_of_and_kept_nowhere(product: Product, talk: Talk) -> None:
    password = f"Gato.{uuid.uuid4().hex[:8]}"
    for step in (
        f"mi contraseña es {password} y no puedo entrar",
        "quiero hablar con una persona",
        f"soy eva@example.com, clave: {password}",
        f"no puedo entrar, ni con la contraseña {password}",
        f"también probé la clave {password}",
    ):
        said = talk.say(step)
        assert said[0]["text"].startswith("En su mensaje había una contraseña") == (password in step)
    [number] = re.findall(r"V-\d{4}-\d{6}", talk.say("sí")[0]["text"])
    [ticket] = wait_for_mails(product, "customer.care@example.com", 1, about=number)
    assert "ni con la contraseña" in ticket["text"]
    files = [path for path in product.var_dir.rglob("*") if path.is_file()]
    assert {"desk.db", "tracker.db"} <= {path.name for path in files}
    assert password not in str(ticket) + str(talk.turns())
    assert not [path.name for path in files if password.encode() in path.read_bytes()]


def test_understand_reads_a_line_and_writes_a_line(model: object) -> None:
    lines = ['{"text": "no me llega el correo de confirmación"}', "not json", '{"text": ""}']
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot.understand"],
        cwd=ROOT,
        input="\n".join(lines),
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (first["outcome"], first["action"], first["needs"][0]["ranking"][0]["id"]) == ("answer", "resend_confirmation", "1.6")
    assert len(first["needs"][0]["ranking"]) >= 5
    assert "error" in second
    assert third["outcome"] != "answer"
    assert done.returncode == 1


def test_what_starts_says_where_to_look(product: Product) -> None:
    assert product.web in product.output
    assert f"{product.portal}/mail" in product.output
    assert "luis@example.com" in product.output


def test_a_process_that_dies_is_started_again(product: Product, talk: Talk) -> None:
    talk.say("hola")
    subprocess.run(["pkill", "-KILL", "-f", f"rasa_sdk.*{product.actions_port}"], check=True)
    deadline = time.monotonic() + 20
    while talk.post(text="hola").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_taken_port_is_named_with_its_setting(product: Product, tmp_path: Path) -> None:
    port = product.web.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "deploy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "WEB_PORT": port, "VAR_DIR": str(tmp_path)},
    )
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "WEB_PORT" in done.stderr


def test_ctrl_c_stops_everything_and_leaves_no_process(start_product: Callable[[], Product]) -> None:
    product = start_product()
    product.stop()
    left = subprocess.run(["pgrep", "-f", product.actions_port], capture_output=True, text=True).stdout
    assert left == ""
