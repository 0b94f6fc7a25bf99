"""What agents see: approved answers to a customer's words, requests, and what the assistant did not know.

All of it is for accounts and tokens made by `python -m webchat.agents`, and served by a process of its own on `AGENTS_PORT`.
"""

import json

from flask import Blueprint, Flask
from flask_babel import Babel

from webchat import openapi
from webchat.agents import accounts, faq, guard, inbox, incident, pages, report, requests, suggestions, times
from webchat.agents.config import flask_config
from webchat.agents.trials import Trials

assets = Blueprint("agents", __name__, template_folder="templates", static_folder="static", static_url_path="/agente/static")


def register(app: Flask) -> None:
    """Mount the agents' routes."""
    app.config.from_mapping(flask_config(app.config["SETTINGS"]))
    with app.open_resource("agents/messages.json") as messages:
        app.config.from_mapping(json.load(messages))
    Babel(app)
    app.extensions["trials"] = Trials(app.config["SETTINGS"])
    accounts.register(app)
    guard.register(app)
    app.add_template_filter(times.local_time)
    api = openapi.describe(app, **guard.SCHEMES)
    api.register_blueprint(suggestions.api)
    if "widget" not in app.config["SETTINGS"].web_rooms:  # whose search is for all
        api.register_blueprint(suggestions.search)
    for routes in (assets, pages.pages, requests.pages, inbox.pages, incident.pages, report.pages, faq.pages):
        app.register_blueprint(routes)
