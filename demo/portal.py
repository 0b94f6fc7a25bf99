"""The portal: register, confirm by mail, sign in, reset a forgotten password, all of it Flask-Security's own."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from flask import Flask, Response, abort, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_mail import Mail
from flask_security import Security
from flask_security.utils import get_within_delta
from werkzeug.exceptions import HTTPException

from demo import mail
from demo.accounts import IdentityLoginForm, datastore, db, seed
from demo.config import flask_config
from settings import Settings

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "script-src 'self' {chat}; connect-src {chat}; require-trusted-types-for 'script'"
)


def create_app(settings: Settings, config: Mapping[str, Any] | None = None) -> Flask:
    """The portal with its database ready; `config` overrides Flask's configuration."""
    home = settings.var_dir.resolve() / "demo"
    home.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    app.config.from_mapping(flask_config(settings, home))
    app.config.from_file("messages.json", load=json.load)
    app.config.from_mapping(config)
    Babel(app)
    Mail(app)
    db.init_app(app)
    security = Security(app, datastore, login_form=IdentityLoginForm)
    security.mail_context_processor(_expiry)
    app.register_blueprint(mail.pages)
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/widget", "widget", _widget)
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.before_request(_refuse_odd_json)
    app.register_error_handler(HTTPException, _error)
    with app.app_context():
        seed()
    return app


def _expiry() -> dict[str, datetime]:
    """Until when links mailed now are good."""
    now = datetime.now().astimezone()
    return {
        "confirm_until": now + get_within_delta("CONFIRM_EMAIL_WITHIN"),
        "reset_until": now + get_within_delta("RESET_PASSWORD_WITHIN"),
    }


def _home() -> str:
    return render_template("home.html")


def _widget() -> Response:
    """The chat as another site has it, with all that can be set, under a policy that lets it do no more than it needs."""
    with current_app.open_resource("widget.json") as file:
        response = make_response(render_template("widget.html", **json.load(file)))
    origin = urljoin(current_app.config["CHAT_URL"], "/").rstrip("/")
    response.headers["Content-Security-Policy"] = _POLICY.format(chat=origin)
    return response


def _healthz() -> dict[str, str]:
    return {"status": "ok"}


def _refuse_odd_json() -> None:
    """Nothing, or 400 for JSON that is no flat object, on which Flask-Security would stumble."""
    if request.method != "POST" or not request.is_json:
        return
    try:
        body = request.get_json()
    except RecursionError:
        abort(400)
    if not isinstance(body, dict) or not all(isinstance(value, str | bool) for value in body.values()):
        abort(400)


def _error(error: HTTPException) -> ResponseReturnValue:
    """The error as a page, or as JSON for who speaks JSON."""
    code = error.code or 500
    if request.is_json:
        return jsonify(status=code, title=error.name), code
    return render_template("error.html", code=code), code
