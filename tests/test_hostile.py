"""Hostile texts in every field and back in every view: nothing runs, nothing breaks."""

import io
import re
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
import requests
from agents_parts import ADMIN, office
from conftest import Product, needs_chromium
from flask.testing import FlaskClient
from hostile import EVERY, SCRIPTS
from playwright.sync_api import Page, expect
from talk import Talk, wait_for_mails
from test_webchat_agents_pages import PAGES, signed_in
from webchat_fakes import FAQ, PNG, TOKEN, FakeBot, Site, settings
from werkzeug.test import TestResponse

from bot.client import Button, Reply
from bot.result import Candidate
from webchat import create_app

_LIMIT = 3900  # characters of a message


@pytest.fixture
def client(bot: FakeBot) -> FlaskClient:
    return create_app(settings(message_limit=4000), bot=bot).test_client()


def test_no_field_of_the_api_breaks(client: FlaskClient, bot: FakeBot) -> None:
    token = client.post("/api/chat", json={"text": "hola", "id": "m-1"}).get_json()["conversation"]
    bearer = {"Authorization": f"Bearer {token}"}
    for text in EVERY:
        bot.says = [Reply(text, faq=text, asks=text, buttons=(Button(text, text),))]
        echoed = client.post("/api/chat", json={"text": text, "conversation": token})
        assert sound(echoed), text
        if echoed.status_code == 200:
            [message] = echoed.get_json()["messages"]
            assert (message["text"], message["buttons"][0]["title"]) == (text, text)
        for body in [{"button": text}, {"text": "a", "id": text}, {"text": "a", "conversation": text}, {text: 1}]:
            assert sound(client.post("/api/chat", json=body)), body
        feedback: dict[str, Any] = {"id": "m-1", "helpful": False, "reason": text}
        assert sound(client.post("/api/conversation/feedback", json=feedback, headers=bearer)), text
        assert sound(client.get("/api/faq", query_string={"q": text})), text
        agent = {"Authorization": f"Bearer {TOKEN}"}
        assert sound(client.post("/api/suggestions", json={"text": text}, headers=agent)), text
        assert client.get(f"/{quote(text)}").status_code < 500, text
        assert client.get(f"/widget/x/{quote(text)}").status_code < 500, text


def test_no_name_of_a_file_breaks(client: FlaskClient) -> None:
    for text in EVERY[::4]:
        token = client.post("/api/chat", json={"text": "hola"}).get_json()["conversation"]
        file = {"file": (io.BytesIO(PNG), re.sub(r"[\r\n]", "", text))}
        kept = client.post("/api/conversation/attachments", data=file, headers={"Authorization": f"Bearer {token}"})
        assert kept.status_code == 201, text
        assert re.fullmatch(r"[\w .-]{1,80}\.png", kept.get_json()["name"]), kept.get_json()["name"]


def sound(response: TestResponse) -> bool:
    """Whether it is an answer or a problem, never a failure and never a page."""
    kinds = {"application/json", "application/problem+json"}
    return response.status_code < 500 and (response.status_code == 204 or response.mimetype in kinds)


@needs_chromium
def test_nothing_runs_in_the_chat_or_on_its_page(page: Page, site: Site, bot: FakeBot) -> None:
    strange: list[str] = []
    page.on("dialog", lambda dialog: strange.append(dialog.message))
    page.on("pageerror", lambda error: strange.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((site.url, "blob:")) else strange.append(request.url))
    page.goto(site.url)
    page.evaluate(
        """texts => texts.forEach((text, at) => localStorage.setItem(`ventanilla.turn.${at}`, JSON.stringify({
            id: String(at), at: Date.now() + at, text, state: "answered", file: at % 2 === 0,
            replies: [{ text, faq: text, buttons: [{ title: text, payload: text, attaches: false }], asks: text }],
        })))""",
        EVERY,
    )
    attributes = ("greeting", "starters", "privacy", "privacy-href", "faq", "label", "heading")
    for text in SCRIPTS[:8]:
        page.evaluate(
            """([text, names]) => {
                const chat = document.createElement("ventanilla-chat");
                for (const name of names) chat.setAttribute(name, text);
                document.querySelector("ventanilla-chat").replaceWith(chat);
                return chat.open();
            }""",
            [text, attributes],
        )
    panel = page.get_by_role("dialog")
    expect(panel.locator(".turn")).to_have_count(len(EVERY))
    expect(panel.locator("script, img, iframe, object, base, meta, form form, video, details, math")).to_have_count(0)
    for link in panel.locator(".turn a").all():
        assert re.match(r"https?://|mailto:|#", link.get_attribute("href") or ""), link.get_attribute("href")
    panel.get_by_role("button", name="No me ha servido").last.click()
    for text in SCRIPTS[::4]:
        page.goto(f"{site.url}?q={quote(text)}#{quote(text)}")
    assert page.evaluate("window.hit") is None
    assert strange == []


@needs_chromium
def test_nothing_runs_on_the_pages_of_agents(page: Page) -> None:
    rooms = office()
    desk, bot = rooms.desk, rooms.bot
    shown = {"text": "\n".join(SCRIPTS), "faq": SCRIPTS[0], "buttons": [], "asks": None}
    for at, text in enumerate(EVERY):
        outcome, ids = ("answer", [text[:200]]) if at % 2 else ("out_of_scope", [])
        turn = desk.record("chat", "c1", text, outcome=outcome, reply=[shown], faq_ids=ids, theme=text[:200], model=text[:50])
        if at % 2:
            desk.feedback("c1", turn, helpful=False, reason=text[:400])
    for name in SCRIPTS[:3]:
        desk.attach("c1", name, PNG)
    fields = {name: "\n".join(SCRIPTS) for name in ("detalle", "nombre", "empresa", "cuenta", "campo", "numero_serie")}
    fields["contacto"] = "luis@example.com"
    number = desk.submit(
        "k1", "open_ticket", faq_id=SCRIPTS[0], theme=SCRIPTS[5], fields=fields, conversation="c1", text="\n".join(SCRIPTS)
    ).number
    desk.add(number, "luis@example.com", "\n".join(SCRIPTS))
    desk.begin_incident("\n".join(SCRIPTS), until=datetime.now(timezone.utc) + timedelta(days=1))
    found = FAQ[0] | {"id": "1.6", "section": SCRIPTS[3], "question": SCRIPTS[5], "answer": "\n".join(EVERY)}
    bot.faq = lambda *_: [found]  # type: ignore[method-assign]
    bot.ranking = (Candidate("1.6", 0.9, question=SCRIPTS[5], action="resend_confirmation", asks=("email",)),)
    site = Site(rooms.app)
    strange: list[str] = []
    page.on("dialog", lambda dialog: strange.append(dialog.message))
    page.on("pageerror", lambda error: strange.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site.url) else strange.append(request.url))
    page.on("response", lambda response: strange.append(response.url) if response.status >= 500 else None)
    signed_in(page, rooms, site, ADMIN)
    made = "main :is(script, img, iframe, object, base, meta, video, math, marquee, a[href^='javascript'])"
    hostile = [f"/solicitudes?todas&q={quote(text)}" for text in SCRIPTS[:9]] + [f"/faq/nueva?borrador={quote(SCRIPTS[7])}"]
    for path in (*PAGES[1:], f"/panel?texto={quote(SCRIPTS[1])}", *hostile):
        page.goto(f"{site.url}agente{path.format(number=number)}")
        assert page.evaluate("window.hit") is None, path
        expect(page.locator(made)).to_have_count(0)
    page.goto(f"{site.url}agente")
    for text in SCRIPTS[::4]:
        page.locator("#mensaje").fill(text)
        expect(page.locator("#needs blockquote")).to_have_text(text.strip())
        page.keyboard.press("Control+Enter")
        assert page.evaluate("window.hit") is None, text
    expect(page.locator(made)).to_have_count(0)
    assert strange == []
    site.stop()


def test_the_product_answers_every_text(product: Product) -> None:
    for text in EVERY:
        response = Talk(product).post(text=text)
        assert response.status_code == 200 or response.json()["type"] == "/problems/empty-message", (text, response.text)


@needs_chromium
def test_what_stands_in_a_ticket_runs_nowhere(product: Product, page: Page) -> None:
    talk = Talk(product)
    for step in ("quiero hablar con una persona", "hostil@example.com"):
        talk.say(step)
    talk.say("\n".join(SCRIPTS)[:_LIMIT])
    [done] = talk.say("sí")
    [number] = re.findall(r"V-\d{4}-\d{6}", done["text"])
    wait_for_mails(product, "customer.care@example.com", 1, about=number)
    strange: list[str] = []
    page.on("dialog", lambda dialog: strange.append(dialog.message))
    page.on("pageerror", lambda error: strange.append(str(error)))
    page.goto(f"{product.portal}/mail")
    expect(page.get_by_text(number).first).to_be_visible()
    expect(page.get_by_text("<script>window.hit=1</script>").first).to_be_attached()
    assert page.evaluate("window.hit") is None
    transcript = requests.get(f"{product.web}/api/conversation/transcript", headers=talk.bearer, timeout=10)
    assert transcript.headers["Content-Type"].startswith("text/plain")
    assert transcript.headers["Content-Disposition"].startswith("attachment")
    assert strange == []
