"""What customers see: the help page with the FAQ, and the chat."""

from flask import Flask

from webchat import openapi
from webchat.headers import share
from webchat.widget import assets, chat, faq, history, limits, page

for _routes in (chat.api, history.api, faq.api):
    _routes.after_request(share)


def register(app: Flask) -> None:
    """Mount the customers' routes, with limits on how often one may ask."""
    limits.register(app, talking=(chat.api, history.api), searching=faq.api)
    api = openapi.describe(app)
    for routes in (chat.api, history.api, faq.api):
        api.register_blueprint(routes)
    app.register_blueprint(page.pages)
    app.register_blueprint(assets.assets)
