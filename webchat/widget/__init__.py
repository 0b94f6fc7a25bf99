"""What customers see: the help page with the FAQ, and the chat."""

from flask import Flask

from webchat import openapi
from webchat.headers import share
from webchat.widget import assets, attachments, chat, faq, history, incident, limits, page

_API = (chat.api, history.api, attachments.api, faq.api, incident.api)

for _routes in _API:
    _routes.after_request(share)


def register(app: Flask) -> None:
    """Mount the customers' routes, with limits on how often one may ask."""
    limits.register(app, talking=(chat.api, history.api), uploading=attachments.api, searching=faq.api)
    api = openapi.describe(app, conversation={"type": "http", "scheme": "bearer"})
    for routes in _API:
        api.register_blueprint(routes)
    app.register_blueprint(page.pages)
    app.register_blueprint(assets.assets)
