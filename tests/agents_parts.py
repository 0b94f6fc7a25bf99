"""The agents' rooms for their tests: an app over a fake assistant, with an agent and an administrator."""

import re
import tempfile
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from webchat_fakes import FakeBot, settings
from werkzeug.test import TestResponse

from desk import Desk
from webchat import create_app
from webchat.agents import accounts

AGENT, ADMIN = "ana@example.com", "eva@example.com"
# Real hashing would take most of the time of these tests.
CHEAP = {
    "SECURITY_PASSWORD_HASH": "plaintext",
    "SECURITY_HASHING_SCHEMES": ["hex_md5"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
}


@dataclass
class Office:
    """The agents' app with databases of its own, its accounts and their passwords."""

    app: Flask
    bot: FakeBot
    desk: Desk
    passwords: dict[str, str] = field(default_factory=dict)

    def enter(self, email: str = AGENT) -> FlaskClient:
        """A client of who has signed in."""
        client = self.app.test_client()
        sign_in(client, email, self.passwords[email])
        return client


def office() -> Office:
    """A new one."""
    folder = tempfile.mkdtemp(prefix="agents")
    chosen = settings(
        web_rooms=("agents",),
        login_limit="1000/minute",
        database_url=f"sqlite:///{folder}/desk.db",
        agents_database_url=f"sqlite:///{folder}/agents.db",
        limit_address=100,
        limit_conversation=100,
    )
    bot, desk = FakeBot(), Desk(chosen)
    made = Office(create_app(chosen, bot=bot, desk=desk), bot, desk)
    made.app.config.from_mapping(CHEAP)
    with made.app.app_context():
        made.passwords[AGENT] = accounts.add(AGENT, "Ana Pérez", "agent")
        made.passwords[ADMIN] = accounts.add(ADMIN, "Eva Gil", "admin")
    return made


def csrf(client: FlaskClient, page: str = "/agente/clave") -> str:
    """The token that this client's forms carry."""
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, email: str, password: str) -> TestResponse:
    """What is answered to who gives this password."""
    form = {"email": email, "password": password, "csrf_token": csrf(client, "/agente/entrar")}
    return client.post("/agente/entrar", data=form)
