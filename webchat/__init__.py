"""What people see, in Flask: the chat for customers and the suggestions for agents, mounted separately."""

from flask import Flask, Request, current_app
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from limits import parse_many

from bot.client import Bot, BotError
from desk import Desk
from settings import Settings
from webchat import agents, headers, problems, widget

_ROOMS = {"widget": widget.register, "agents": agents.register}
_BODY_LIMIT = 64 * 1024
_COMPRESSED = ["text/html", "text/css", "text/javascript", "image/svg+xml"]  # not the API: its replies hold secrets beside texts


class SettingsError(ValueError):
    """A setting with which the app cannot start; the message names it and says what to do."""


class Sessions(SecureCookieSessionInterface):
    """Sessions as Flask has them; without a cookie nothing is made ready to read one: a turn would wait for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session that the cookie tells, a new one where there is none."""
        return super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()


def create_app(settings: Settings, *, bot: Bot | None = None, desk: Desk | None = None) -> Flask:
    """The web app with the rooms that the settings name.

    Raises:
        SettingsError: a setting is missing or cannot be used.
        DeskUnavailable: the database cannot be opened.
    """
    _check(settings)
    app = Flask(__name__)
    app.session_interface = Sessions()
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=_BODY_LIMIT,
        SETTINGS=settings,
        BOT=bot or Bot(settings),
        DESK=desk or Desk(settings),
        COMPRESS_MIMETYPES=_COMPRESSED,
    )
    Compress(app)
    app.after_request(headers.secure)
    problems.register(app)
    app.add_url_rule("/livez", "livez", _livez)
    app.add_url_rule("/healthz", "healthz", _healthz)
    for room in settings.web_rooms:
        _ROOMS[room](app)
    return app


def _check(settings: Settings) -> None:
    if not settings.secret_key:
        raise SettingsError("SECRET_KEY is empty: set it to a long random text (`make run` makes one)")
    if unknown := [room for room in settings.web_rooms if room not in _ROOMS]:
        raise SettingsError(f"WEB_ROOMS names {unknown[0]!r}: expected some of {', '.join(_ROOMS)}")
    for name in ("rate_limit", "upload_limit", "search_limit", "login_limit"):
        value = getattr(settings, name)
        try:
            parse_many(value)  # Flask-Limiter itself drops a limit that it cannot read
        except ValueError as error:
            raise SettingsError(f"{name.upper()} is {value!r}: expected a limit such as 60/minute") from error


def _livez() -> dict[str, str]:
    """This process serves."""
    return {"status": "ok"}


def _healthz() -> ResponseReturnValue:
    """Whether customers get replies: 503 with the reason if they do not."""
    bot: Bot = current_app.config["BOT"]
    try:
        bot.check()
    except BotError as error:
        return {"status": "unavailable", "reason": str(error)}, 503
    return {"status": "ok"}
