"""The doors of the agents' rooms: who comes without a session, with an old one or in another role gets 401 or 403."""

import hmac
import time
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, abort, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import logout_user
from flask_security import Security, current_user
from flask_wtf import CSRFProtect
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from webchat import headers, here
from webchat.agents import accounts
from webchat.agents.accounts import ADMIN, ROLES
from webchat.agents.config import WORKDAY

_SIGNED_IN = "fs_paa"  # when, as Flask-Security keeps it in the session
# Who lost the second factor asks an administrator; there is one kind of it, and Flask-Security's pages are not used.
_CLOSED = ("security.two_factor_rescue", "security.tf_select", "security.verify", "security.static")
_OWN = ("security.change_password", "security.two_factor_setup", "security.two_factor_setup_validate")
_ATTEMPTS = ("security.login", "security.two_factor_token_validation")
_SAFE = ("GET", "HEAD", "OPTIONS")

_DESCRIPTION = "api-docs.openapi_json"
_TOKEN = "Made by `python -m webchat.agents token NAME --scope SCOPE`. suggestions: all of this API; faq: the search alone."  # noqa: S105
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": _TOKEN},
    "session": {"type": "apiKey", "in": "cookie", "name": "ventanilla_agents", "description": "An agent who is signed in."},
}

Routes = TypeVar("Routes", bound=Blueprint)

csrf = CSRFProtect()


def register(app: Flask) -> None:
    """Sign-in for the app, with limits on how often one may try."""
    csrf.init_app(app)
    security = Security(app, accounts.datastore)
    security.unauthn_handler(lambda *_, **__: abort(401))
    app.before_request(_check_own)
    app.after_request(_show_code)
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=app.config["SETTINGS"].redis_url or "memory://",
        in_memory_fallback_enabled=bool(app.config["SETTINGS"].redis_url),
    )
    limit = app.config["SETTINGS"].login_limit
    for name in _ATTEMPTS:
        view: Any = limiter.limit(limit, methods=["POST"])(app.view_functions[name])
        app.view_functions[name] = limiter.limit(limit, methods=["POST"], key_func=_account)(view)


def for_roles(routes: Blueprint, *roles: str) -> Blueprint:
    """The routes, for signed-in accounts with one of these roles; administrators have all."""

    def check() -> None:
        _check_session()
        if not any(current_user.has_role(role) for role in {*roles, ADMIN}):
            abort(403)
        if request.method not in _SAFE:
            csrf.protect()

    routes.before_request(check)
    return routes


def for_scope(routes: Routes, *scopes: str) -> Routes:
    """The routes, for bearers of a token of one of these scopes, and for agents who are signed in."""
    routes.before_request(lambda: _check_bearer(*scopes))
    return routes


def _check_bearer(*scopes: str) -> None:
    given = request.authorization
    if given and given.type == "bearer":
        _check_token(given.token or "", scopes)
    elif _SIGNED_IN in session:
        _check_session()
        if request.method not in _SAFE:
            csrf.protect()
    else:
        raise _unauthorized()


def _check_session() -> None:
    """Nothing for who signed in not too long ago; ends with 401 for all others."""
    # A session and nothing else: Flask-Security would also take its own tokens and "remember me".
    signed_in = session.get(_SIGNED_IN, 0)
    if not current_user.is_authenticated or time.time() - signed_in > WORKDAY.total_seconds():
        logout_user()
        abort(401)
    session.permanent = True  # each request begins the time anew in which nothing may happen
    if not any(current_user.has_role(role) for role in ROLES):
        abort(403)


def _check_token(token: str, scopes: tuple[str, ...]) -> None:
    expected = here.settings().agents_token
    if expected and hmac.compare_digest(token.encode("utf-8", "replace"), expected.encode()):
        granted: str | None = "suggestions"
    else:
        granted = accounts.scope_of(token)
    if granted is None:
        raise _unauthorized()
    if granted not in scopes:
        abort(403, f"Expected a token with the scope {' or '.join(scopes)}.")


def _unauthorized() -> Unauthorized:
    challenge = WWWAuthenticate("bearer", {"realm": "agents"})
    return Unauthorized("Expected a token of the agents' API as bearer.", www_authenticate=challenge)


def _check_own() -> None:
    """Nothing, or the end of a request for a page of Flask-Security that is closed, or asks for a session."""
    if request.endpoint in _CLOSED:
        abort(404)
    if request.endpoint in _OWN:
        _check_session()
    if request.endpoint == _DESCRIPTION and "widget" not in here.settings().web_rooms:
        _check_bearer(*accounts.SCOPES)


def _show_code(response: Response) -> Response:
    """The response; the page with the second factor's QR code may show it, which is a picture in the page."""
    return headers.allow(response, img_src="'self' data:") if request.endpoint == "security.two_factor_setup" else response


def _account() -> str:
    """The account that somebody tries to enter, wherever from."""
    return f"account {request.form.get('email', session.get('tf_user_id', '')).strip().lower()}"
