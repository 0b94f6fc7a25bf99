"""A setting that cannot be used stops the start, named with its value and what was expected."""

import os
import subprocess
import sys

import pytest
from environs import EnvError

from settings import ROOT, from_env


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TIME_ZONE", "Europe/Madird", "Europe/Madrid"),
        ("TIME_ZONE", "../etc/passwd", "Europe/Madrid"),
        ("TIME_ZONE", "", "Europe/Madrid"),
        ("WEB_PORT", "abc", "integer"),
        ("SMTP_PORT", "70000", "65535"),
        ("OFFICE_OPENS", "24", "23"),
        ("OFFICE_DAYS", "1,9", "7"),
        ("OFFICE_DAYS", "lunes", "integer"),
        ("REPLY_HOURS", "0", "1"),
        ("LIMIT_ADDRESS", "-1", "1"),
        ("MESSAGE_LIMIT", "many", "integer"),
        ("DATABASE_TIMEOUT", "0", "0"),
        ("SMTP_TIMEOUT", "60", "30"),
        ("BOT_TIMEOUT", "soon", "number"),
        ("MAIL_POLL", "nan", "nan"),
        ("BOT_URL", "127.0.0.1:5005", "http://"),
        ("PORTAL_URL", "http://portal:99999", "http://"),
        ("PORTAL_URL", "http://[::1", "http://"),
        ("CHAT_URL", "chat.example.com", "http://"),
        ("WEB_ORIGINS", "https://a.example,b.example", "http://"),
        ("DATABASE_URL", "mysql://localhost/desk", "postgresql"),
        ("SMTP_URL", "http://mail.example.com", "smtp://"),
        ("IMAP_URL", "mail.example.com", "imap://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("CARE_ADDRESS", "customer.care", "e-mail address"),
        ("TICKETS", "fax", "mail, http"),
        ("SECURE_COOKIES", "perhaps", "boolean"),
        ("LOG_LEVEL", "loud", "log level"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvError) as refused:
        from_env()
    assert str(refused.value).startswith(f"{name} is {value!r}: ")
    assert expected in str(refused.value)


def test_values_that_can_be_used_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "TIME_ZONE": "America/Bogota",
        "SMTP_URL": "smtps://user:p%40ss@mail.example.com",
        "IMAP_URL": "imap://user:secret@127.0.0.1:10143/INBOX",
        "DATABASE_URL": "postgresql+psycopg2://desk@/desk?host=/run/postgresql",
        "MAIL_FROM": "Atención al cliente <ayuda@example.com>",
        "WEB_ORIGINS": "https://a.example,http://127.0.0.1:8001",
        "OFFICE_DAYS": "1,7",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = from_env()
    assert (settings.office_days, settings.imap_url, settings.time_zone) == ((1, 7), values["IMAP_URL"], "America/Bogota")


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "http://user:secreto@mail.example.com")
    with pytest.raises(EnvError, match="SMTP_URL") as refused:
        from_env()
    assert "secreto" not in str(refused.value)


_COMMANDS = (
    ("bot", "models", "list"),
    ("bot.evaluate",),
    ("bot.train", "--check"),
    ("bot.trial", "."),
    ("bot.understand",),
    ("demo",),
    ("deploy",),
    ("desk", "list"),
    ("triage", "--once"),
    ("webchat",),
    ("webchat.agents", "list"),
)


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_the_process_stops_with_one_line(command: tuple[str, ...]) -> None:
    environment = {**os.environ, "TIME_ZONE": "Marte", "SECRET_KEY": "a"}
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == "TIME_ZONE is 'Marte': Expected a name of the tz database such as Europe/Madrid.\n"
