"""Every setting of Ventanilla, read from the environment: names, meaning and defaults stand here and nowhere else.

The defaults run everything on one machine, on loopback, with no account anywhere. A value that cannot be used stops the
process with `environs.EnvError`, which names the variable, its value and what was expected.
"""

import logging
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from environs import Env, EnvError
from marshmallow import ValidationError
from marshmallow.validate import Email, OneOf, Range

ROOT = Path(__file__).resolve().parent
_PORT = Range(min=1, max=65535)
_HOUR = Range(min=0, max=23)
_COUNT = Range(min=1)
_SECONDS = Range(min=0, min_inclusive=False)
_STEP = Range(min=0, max=30, min_inclusive=False)
_DAY = Range(min=1, max=7)
_VARIABLE = re.compile(r'"([A-Z_]+)"')
_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")


def _url(*schemes: str, host: bool = True) -> Callable[[str], None]:
    """Checks an address, where there is one."""

    def check(value: str) -> None:
        try:
            parts = urlsplit(value)
            good = parts.scheme.partition("+")[0] in schemes and bool(parts.hostname or not host) and parts.port != 0
        except ValueError:  # the port or the host
            good = False
        if value and not good:
            raise ValidationError(f"Expected an address such as {schemes[0]}://…, of the schemes {', '.join(schemes)}.")

    return check


def _each(check: Callable[[str], object]) -> Callable[[list[str]], None]:
    def check_all(values: list[str]) -> None:
        for value in values:
            check(value)

    return check_all


def _mailbox(value: str) -> None:
    Email(error="Expected an e-mail address such as ana@example.com.")(parseaddr(value)[1])


def _zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a LookupError
        raise ValidationError("Expected a name of the tz database such as Europe/Madrid.") from None


_HTTP = _url("http", "https")
_DATABASE = _url("sqlite", "postgresql", host=False)
_SMTP, _IMAP, _REDIS = _url("smtp", "smtps"), _url("imap", "imaps"), _url("redis", "rediss")


@dataclass(frozen=True)
class Settings:
    """The settings of one process; fields are the lower-case names of the variables read in `from_env`."""

    host: str
    web_port: int
    agents_port: int
    rasa_port: int
    rasa_next_port: int
    actions_port: int
    portal_port: int
    smtp_port: int
    faq_dir: Path
    models_dir: Path
    benchmarks_dir: Path
    var_dir: Path
    brand: str
    bot_urls: tuple[str, ...]
    bot_secret: str
    bot_timeout: float
    database_url: str
    database_timeout: float
    portal_url: str
    portal_timeout: float
    smtp_url: str
    smtp_timeout: float
    mail_from: str
    care_address: str
    mail_policy: Path
    tickets: str
    tickets_url: str
    tickets_token: str
    attachments_dir: Path
    limit_address: int
    limit_conversation: int
    limit_client: int
    imap_url: str
    trusted_authserv_id: str
    mail_poll: float
    chat_url: str
    reply_hours: int
    office_days: tuple[int, ...]
    office_opens: int
    office_closes: int
    time_zone: str
    secret_key: str
    agents_token: str
    agents_database_url: str
    session_minutes: int
    secure_cookies: bool
    login_limit: str
    panel_origins: tuple[str, ...]
    web_rooms: tuple[str, ...]
    web_origins: tuple[str, ...]
    message_limit: int
    rate_limit: str
    upload_limit: str
    search_limit: str
    redis_url: str
    log_level: int


def or_exit() -> Settings:
    """The settings of this process; ends it with one line where one cannot be used."""
    try:
        return from_env()
    except EnvError as error:
        sys.exit(str(error))


def from_env() -> Settings:
    """The settings of this process.

    Raises:
        environs.EnvError: the value of a variable cannot be used.
    """
    try:
        return _read(Env())
    except (EnvError, ValueError) as error:
        named = _VARIABLE.search(str(error))
        if named is None:
            raise
        value = _PASSWORD.sub("…", os.environ.get(named[1], ""))
        raise EnvError(f"{named[1]} is {value!r}: {_expected(error)}") from None


def _expected(error: Exception) -> str:
    messages = getattr(error, "error_messages", None) or [str(error).partition("invalid: ")[2]]
    told = messages if isinstance(messages, list) else [reason for reasons in messages.values() for reason in reasons]
    return " ".join(told)


def _read(env: Env) -> Settings:
    host = env.str("HOST", "127.0.0.1")  # the address that every process listens on
    web_port = env.int("WEB_PORT", 8000, validate=_PORT)  # the chat page and its API
    rasa_port = env.int("RASA_PORT", 5005, validate=_PORT)  # understanding and dialogue
    rasa_next_port = env.int("RASA_NEXT_PORT", 5006, validate=_PORT)  # the same, where a newly promoted model takes over
    portal_port = env.int("PORTAL_PORT", 8001, validate=_PORT)  # the demo portal and its mailbox page
    smtp_port = env.int("SMTP_PORT", 8025, validate=_PORT)  # the demo mail server
    var_dir = env.path("VAR_DIR", ROOT / "var")  # databases, demo mail, logs, generated secrets
    return Settings(
        host=host,
        web_port=web_port,
        agents_port=env.int("AGENTS_PORT", 8002, validate=_PORT),  # the agents' pages and API, kept from the public host
        rasa_port=rasa_port,
        rasa_next_port=rasa_next_port,
        actions_port=env.int("ACTIONS_PORT", 5055, validate=_PORT),  # the action server
        portal_port=portal_port,
        smtp_port=smtp_port,
        faq_dir=env.path("FAQ_DIR", ROOT / "data" / "faq_es"),  # what the assistant knows
        models_dir=env.path("MODELS_DIR", ROOT / "models"),  # trained models, named by what they were trained on
        # the messages and the floor by which a new model is judged
        benchmarks_dir=env.path("BENCHMARKS_DIR", ROOT / "benchmarks"),
        var_dir=var_dir,
        brand=env.str("BRAND", "OMICRON"),  # the name the page shows
        # where the other processes find Rasa: addresses with commas between, of which any that answers will do
        bot_urls=tuple(
            env.list("BOT_URL", [f"http://{host}:{rasa_port}", f"http://{host}:{rasa_next_port}"], validate=_each(_HTTP))
        ),
        bot_secret=env.str("BOT_SECRET", "loopback"),  # what Rasa asks of them; `make run` makes a random one
        bot_timeout=env.float("BOT_TIMEOUT", 15.0, validate=_SECONDS),  # seconds
        # the desk's database, an SQLAlchemy URL
        database_url=env.str("DATABASE_URL", f"sqlite:///{var_dir}/desk.db", validate=_DATABASE),
        database_timeout=env.float("DATABASE_TIMEOUT", 5.0, validate=_SECONDS),  # seconds to wait while another process writes
        portal_url=env.str("PORTAL_URL", f"http://{host}:{portal_port}", validate=_HTTP),  # the portal: POST /confirm and /reset
        portal_timeout=env.float("PORTAL_TIMEOUT", 15.0, validate=_SECONDS),  # seconds
        # smtp://[user:password@]host:port or smtps://…
        smtp_url=env.str("SMTP_URL", f"smtp://{host}:{smtp_port}", validate=_SMTP),
        # seconds for each step with it
        smtp_timeout=env.float("SMTP_TIMEOUT", 30.0, validate=_STEP),
        mail_from=env.str("MAIL_FROM", "ventanilla@example.com", validate=_mailbox),  # the sender of tickets
        care_address=env.str("CARE_ADDRESS", "customer.care@example.com", validate=_mailbox),  # where tickets go
        # the support mailbox: imap[s]://user:password@host[:port][/FOLDER]
        imap_url=env.str("IMAP_URL", "", validate=_IMAP),
        # the name by which our own mail server signs Authentication-Results; empty: a mail alone never starts an action
        trusted_authserv_id=env.str("TRUSTED_AUTHSERV_ID", ""),
        mail_poll=env.float("MAIL_POLL", 30.0, validate=_SECONDS),  # seconds between two looks into it, where it does not call
        # the page with the chat, as customers reach it
        chat_url=env.str("CHAT_URL", f"http://{host}:{web_port}/", validate=_HTTP),
        mail_policy=env.path("MAIL_POLICY", ROOT / "triage" / "politica.yml"),  # which mails are answered, and how
        # how tickets reach the help desk: mail (to CARE_ADDRESS) or http
        tickets=env.str("TICKETS", "mail", validate=OneOf(["mail", "http"])),
        tickets_url=env.str("TICKETS_URL", "", validate=_HTTP),  # with TICKETS=http: takes each ticket as JSON by POST
        tickets_token=env.str("TICKETS_TOKEN", ""),  # and the bearer token that it asks for
        attachments_dir=env.path("ATTACHMENTS_DIR", var_dir / "attachments"),  # customers' files; no web server shows them
        limit_address=env.int("LIMIT_ADDRESS", 6, validate=_COUNT),  # requests in a day that name one e-mail address
        limit_conversation=env.int("LIMIT_CONVERSATION", 12, validate=_COUNT),  # requests in a day of one conversation
        # requests in a day of one client address; an office may share one
        limit_client=env.int("LIMIT_CLIENT", 60, validate=_COUNT),
        reply_hours=env.int("REPLY_HOURS", 24, validate=_COUNT),  # hours within which customers are told a person answers
        # when persons answer: 1 is Monday
        office_days=tuple(env.list("OFFICE_DAYS", [1, 2, 3, 4, 5], subcast=int, validate=_each(_DAY))),
        office_opens=env.int("OFFICE_OPENS", 9, validate=_HOUR),  # the hour at which they begin
        office_closes=env.int("OFFICE_CLOSES", 17, validate=_HOUR),  # the hour at which they end
        # of these hours and of what agents type, a name of the tz database
        time_zone=env.str("TIME_ZONE", "Europe/Madrid", validate=_zone),
        secret_key=env.str("SECRET_KEY", ""),  # signs conversations and buttons; `make run` makes a random one
        agents_token=env.str("AGENTS_TOKEN", ""),  # a bearer token of POST /api/suggestions, beside those made by command
        # accounts and tokens
        agents_database_url=env.str("AGENTS_DATABASE_URL", f"sqlite:///{var_dir.resolve()}/agents.db", validate=_DATABASE),
        session_minutes=env.int("SESSION_MINUTES", 60, validate=_COUNT),  # without a press, then agents sign in again
        secure_cookies=env.bool("SECURE_COOKIES", False),  # true where agents come by https
        login_limit=env.str("LOGIN_LIMIT", "10/minute;60/hour"),  # attempts to sign in per client address and per account
        # help desks that may embed /agente/panel, which then needs https
        panel_origins=tuple(env.list("PANEL_ORIGINS", [], validate=_each(_HTTP))),
        web_rooms=tuple(env.list("WEB_ROOMS", ["widget"])),  # what this web process serves: widget, agents
        web_origins=tuple(env.list("WEB_ORIGINS", [], validate=_each(_HTTP))),  # other sites that may embed the chat
        message_limit=env.int("MESSAGE_LIMIT", 4000, validate=_COUNT),  # characters of one message in the chat
        rate_limit=env.str("RATE_LIMIT", "60/minute"),  # messages per address and per conversation, Flask-Limiter's notation
        upload_limit=env.str("UPLOAD_LIMIT", "60/hour"),  # files per client address; an office may share one
        search_limit=env.str("SEARCH_LIMIT", "240/minute"),  # searches in the FAQ per client address, which go as one types
        # where all web processes count together; empty: each counts for itself
        redis_url=env.str("REDIS_URL", "", validate=_REDIS),
        log_level=env.log_level("LOG_LEVEL", logging.INFO),  # texts and addresses appear at DEBUG only
    )
