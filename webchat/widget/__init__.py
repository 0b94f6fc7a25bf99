"""What customers see: the help page with the FAQ, and the chat."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from webchat.headers import share
from webchat.widget import assets, chat, page

for _routes in (chat.api, page.pages):
    _routes.after_request(share)


def register(app: Flask) -> None:
    """Mount the customers' routes, with a limit on how often one address may write."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    limiter.limit(app.config["SETTINGS"].rate_limit)(chat.api)
    app.register_blueprint(chat.api)
    app.register_blueprint(page.pages)
    app.register_blueprint(assets.assets)
