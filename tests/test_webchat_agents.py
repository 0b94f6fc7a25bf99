"""The agents' rooms over a fake assistant: who gets in, and what is found there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from agents_parts import ADMIN, Office, csrf, office, sign_in
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from jsonschema import Draft202012Validator, ValidationError
from passlib.totp import TOTP
from webchat_fakes import STEPS, TOKEN, FakeBot, settings
from werkzeug.test import TestResponse

from bot.client import BotUnavailable
from settings import ROOT
from webchat import create_app
from webchat.agents import accounts

# Signing in is for all; who signs out, or gives a code, without having begun to sign in is shown the way there.
OPEN = {
    "livez",
    "healthz",
    "static",
    "agents.static",
    "security.login",
    "security.logout",
    "security.two_factor_token_validation",
}
CLOSED = {"security.two_factor_rescue", "security.tf_select", "security.verify", "security.static"}


class Earlier(TimestampSigner):
    """Signs as it would have some time ago."""

    def __init__(self, age: timedelta, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._age = age

    def get_timestamp(self) -> int:
        return int(time.time() - self._age.total_seconds())


@pytest.fixture(scope="module")
def rooms() -> Office:
    return office()


@pytest.fixture
def app(rooms: Office) -> Flask:
    return rooms.app


@pytest.fixture
def bot(rooms: Office) -> FakeBot:
    return rooms.bot


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def agent(rooms: Office) -> FlaskClient:
    return rooms.enter()


def suggest(client: FlaskClient, text: Any = "no me llega el correo", token: str = TOKEN) -> TestResponse:
    return client.post("/api/suggestions", json={"text": text}, headers={"Authorization": f"Bearer {token}"})


def guarded(app: Flask) -> Iterator[tuple[str, str]]:
    """Every route that is not for all, with each of its methods."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OPEN | CLOSED:
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            yield from ((method, path) for method in rule.methods or () if method in ("GET", "POST", "DELETE", "PUT"))


def refusals(app: Flask, client: FlaskClient, **arguments: Any) -> set[int]:
    found = {path: client.open(path, method=method, **arguments) for method, path in guarded(app)}
    assert not [path for path, response in found.items() if "Sugerencias" in response.text or "needs" in response.text]
    return {response.status_code for response in found.values()}


def test_a_stranger_gets_401_at_every_route_and_nothing_else(app: Flask, stranger: FlaskClient, bot: FakeBot) -> None:
    bot.heard.clear()
    assert len(list(guarded(app))) > 5
    assert refusals(app, stranger) == {401}
    assert refusals(app, stranger, json={"text": "hola"}, headers={"Authorization": "Bearer wrong"}) == {401}
    assert not bot.heard
    for rule in app.url_map.iter_rules():
        if rule.endpoint in CLOSED:
            assert stranger.get(re.sub(r"<[^>]+>", "1", rule.rule)).status_code == 404


@pytest.mark.parametrize("age", [timedelta(minutes=61), timedelta(hours=12, minutes=1)])
def test_a_session_ends_where_nothing_happens_and_after_a_working_day(app: Flask, agent: FlaskClient, age: timedelta) -> None:
    with agent.session_transaction() as session:
        kept = {**session, "fs_paa": time.time() - age.total_seconds()}
    if age < timedelta(hours=2):
        app.test_client()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        serializer.signer = lambda *arguments, **options: Earlier(age, *arguments, **options)
        agent.set_cookie("ventanilla_agents", serializer.dumps({**kept, "fs_paa": time.time()}))
    else:
        with agent.session_transaction() as session:
            session.update(kept)
    assert refusals(app, agent) == {401}


def test_an_account_without_a_role_and_one_that_was_removed_are_refused(app: Flask) -> None:
    with app.app_context():
        password = accounts.add("luz@example.com", "Luz", "agent")
        client = app.test_client()
    sign_in(client, "luz@example.com", password)
    assert client.get("/agente").status_code == 200
    with app.app_context():
        user = accounts.datastore.find_user(email="luz@example.com")
        accounts.datastore.remove_role_from_user(user, "agent")
        accounts.datastore.commit()
    assert refusals(app, client) == {403}
    with app.app_context():
        accounts.remove("luz@example.com")
    assert refusals(app, client) == {401}


def test_a_wrong_password_and_an_unknown_account_are_told_in_the_same_words(stranger: FlaskClient) -> None:
    wrong, unknown = (sign_in(stranger, email, "wrong") for email in ("ana@example.com", "nobody@example.com"))
    told = [re.findall(r'role="alert">([^<]+)', response.text) for response in (wrong, unknown)]
    assert told == [["La dirección o la contraseña no son correctas."]] * 2
    assert stranger.get("/agente").status_code == 401


def test_who_tries_too_often_waits_wherever_the_attempts_come_from(bot: FakeBot) -> None:
    client = create_app(settings(web_rooms=("agents",), login_limit="2/minute"), bot=bot).test_client()

    def attempt(number: int, email: str = "ana@example.com") -> int:
        address = {"REMOTE_ADDR": f"127.0.1.{number}"}
        return client.post("/agente/entrar", data={"email": email}, environ_base=address).status_code

    assert [attempt(number) for number in range(3)] == [400, 400, 429]  # 400: without a CSRF token
    assert [attempt(9, email) for email in ("a@example.com", "b@example.com", "c@example.com")] == [400, 400, 429]


def test_nothing_changes_without_the_csrf_token(rooms: Office, app: Flask, bot: FakeBot) -> None:
    agent = rooms.enter(ADMIN)  # who may do all
    bot.heard.clear()
    changing = [path for method, path in guarded(app) if method == "POST"]
    answers = {path: agent.post(path) for path in changing}
    assert {response.status_code for response in answers.values()} == {400}
    assert agent.post("/api/suggestions", json={"text": "hola"}).status_code == 400
    assert not bot.heard
    headers = {"X-CSRFToken": csrf(agent)}
    assert agent.post("/api/suggestions", json={"text": "hola"}, headers=headers).status_code == 200


def test_a_second_factor_once_set_up_is_asked_at_sign_in(app: Flask) -> None:
    with app.app_context():
        password = accounts.add("sol@example.com", "Sol", "agent")
    client = app.test_client()
    sign_in(client, "sol@example.com", password)
    shown = client.post("/agente/segundo-factor", data={"setup": "authenticator", "csrf_token": csrf(client)})
    key = re.search(r"<code>([^<]+)</code>", shown.text)
    action = re.search(r'action="(/agente/segundo-factor/[^"]+)"', shown.text)
    assert key and action
    assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]
    code = TOTP(key=key[1].replace("-", "")).generate().token
    assert client.post(action[1], data={"code": code, "csrf_token": csrf(client)}).status_code == 302
    again = app.test_client()
    assert sign_in(again, "sol@example.com", password).location.startswith("/agente/codigo")
    assert again.get("/agente").status_code == 401
    for typed, status in (("000000", 401), (code, 200)):
        again.post("/agente/codigo", data={"code": typed, "csrf_token": csrf(again, "/agente/codigo")})
        assert again.get("/agente").status_code == status
    with app.app_context():
        accounts.renew("sol@example.com")
    assert (again.get("/agente").status_code, client.get("/agente").status_code) == (401, 401)


def test_leaving_ends_the_session(agent: FlaskClient) -> None:
    assert agent.get("/agente/salir").status_code == 405
    assert agent.post("/agente/salir", data={"csrf_token": csrf(agent)}).location == "/agente/entrar"
    assert agent.get("/agente").status_code == 401


def test_a_token_works_until_it_expires_or_is_revoked_and_for_its_scope_alone(app: Flask, stranger: FlaskClient) -> None:
    with app.app_context():
        good = accounts.add_token("helpdesk", "suggestions", timedelta(days=1))
        other = accounts.add_token("other", "figures", timedelta(days=1))
        old = accounts.add_token("old", "suggestions", timedelta(days=-1))
    assert [suggest(stranger, token=token).status_code for token in (good, other, old)] == [200, 403, 401]
    assert stranger.get("/agente", headers={"Authorization": f"Bearer {good}"}).status_code == 401
    with app.app_context():
        accounts.revoke("helpdesk")
    assert suggest(stranger, token=good).status_code == 401


@pytest.mark.parametrize(("scope", "days", "refused"), [("figures", 1, {401, 403}), ("suggestions", -1, {401})])
def test_a_token_of_another_scope_and_an_expired_one_get_no_route(
    app: Flask, stranger: FlaskClient, bot: FakeBot, scope: str, days: int, refused: set[int]
) -> None:
    bot.heard.clear()
    with app.app_context():
        token = accounts.add_token(f"{scope} {days}", scope, timedelta(days=days))
    assert refusals(app, stranger, json={"text": "hola"}, headers={"Authorization": f"Bearer {token}"}) == refused
    assert not bot.heard


def test_an_agent_gets_no_page_of_administrators_by_any_method(rooms: Office, app: Flask) -> None:
    agent = rooms.enter()
    own = {
        rule.rule: rule.methods & {"GET", "POST"} for rule in app.url_map.iter_rules() if rule.endpoint.startswith("incident.")
    }
    assert own
    answers = [agent.open(path, method=method).status_code for path, methods in own.items() for method in methods]
    assert set(answers) == {403}


def schema_of(described: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """The schema of what an operation answers, with all that it refers to."""
    schema = described["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**schema, "components": described["components"]}


def test_the_api_for_programs_describes_itself_and_answers_as_it_says(app: Flask, stranger: FlaskClient) -> None:
    with app.app_context():
        reader = {"Authorization": f"Bearer {accounts.add_token('reader', 'faq', timedelta(days=1))}"}
    described = stranger.get("/api/openapi.json", headers=reader).get_json()
    assert described["openapi"] == "3.1.0"
    security = {path: next(iter(operations.values()))["security"] for path, operations in described["paths"].items()}
    assert security == {
        "/api/suggestions": [{"token": ["suggestions"]}, {"session": []}],
        "/api/faq": [{"token": ["suggestions"]}, {"token": ["faq"]}, {"session": []}],
    }
    assert set(described["components"]["securitySchemes"]) == {"token", "session"}
    answers = {
        ("/api/suggestions", "post"): suggest(stranger).get_json(),
        ("/api/faq", "get"): stranger.get("/api/faq?q=correo", headers=reader).get_json(),
    }
    for (path, method), answer in answers.items():
        schema = schema_of(described, path, method)
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(answer)
        with pytest.raises(ValidationError):
            Draft202012Validator(schema).validate({})
    assert [entry["id"] for entry in answers["/api/faq", "get"]["entries"]] == ["1.6", "1.2"]
    assert suggest(stranger, token=reader["Authorization"].removeprefix("Bearer ")).status_code == 403


def test_suggestions_are_for_the_holder_of_a_token(stranger: FlaskClient, bot: FakeBot) -> None:
    bot.heard.clear()
    for authorization in ("Bearer wrong", "Bearer", "Bearer ñ", "Basic YTpi", TOKEN):
        refused = stranger.post("/api/suggestions", json={"text": "hola"}, headers={"Authorization": authorization})
        assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
        assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert not bot.heard


def test_suggestions_refuse_what_is_no_text_and_say_when_the_assistant_is_away(stranger: FlaskClient, bot: FakeBot) -> None:
    assert [suggest(stranger, text).status_code for text in ("", None, 7)] == [400, 400, 400]
    bot.error = BotUnavailable("it is away")
    assert suggest(stranger).status_code == 503
    bot.error = None


def test_suggestions_give_each_need_with_the_entries_that_may_answer_it(stranger: FlaskClient) -> None:
    given = suggest(stranger, "no me llega el correo").json
    (need,) = given.pop("needs")
    first, second = need.pop("entries")
    assert given == {
        "text": "no me llega el correo",
        "outcome": "answer",
        "action": "resend_confirmation",
        "theme": None,
        "entities": [{"name": "email", "value": "ana@example.com", "start": 0, "end": 15}],
        "model": "m1",
    }
    assert need == {
        "text": "no me llega el correo",
        "outcome": "answer",
        "action": "resend_confirmation",
        "theme": None,
        "topic": None,
        "risk": "low",
        "because": ["correo"],
    }
    assert first == {
        "id": "1.6",
        "question": "No me llega el correo.",
        "answer": "Mire en <script>alert(1)</script> spam.",
        "confidence": 0.9,
        "action": "resend_confirmation",
        "asks": [],
    }
    assert (second["id"], second["answer"], second["confidence"]) == ("1.2", STEPS, 0.05)


def test_accounts_and_tokens_are_made_by_command(tmp_path: Path) -> None:
    environment = {**os.environ, "AGENTS_DATABASE_URL": f"sqlite:///{tmp_path}/agents.db"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "ignore", "-m", "webchat.agents", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    password = run("add", "Ana@Example.com", "--name", "Ana Pérez").stdout.strip()
    token = run("token", "helpdesk").stdout.strip()
    assert run("list").stdout.splitlines()[0] == "account\tana@example.com\tagent\t-\tAna Pérez"
    app = create_app(settings(web_rooms=("agents",), agents_database_url=environment["AGENTS_DATABASE_URL"]), bot=FakeBot())
    client = app.test_client()
    sign_in(client, "ana@example.com", password)
    assert (client.get("/agente").status_code, suggest(app.test_client(), token=token).status_code) == (200, 200)
