"""Serve the web app: `python -m webchat`."""

import json
import logging
import signal
import sys

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from desk import DeskUnavailable
from settings import Settings, or_exit
from webchat import SettingsError, create_app

logger = logging.getLogger(__name__)

_THREADS = 10  # a thread waits for as long as the assistant thinks
_BODY_LIMIT = 16 * 2**20  # beyond it waitress refuses without asking the app


class Refusal(ErrorTask):
    """What waitress refuses by itself, told as problem+json like the rest of the API."""

    def execute(self) -> None:
        """Answer and close."""
        error = self.request.error
        fields = {"type": "about:blank", "title": error.reason, "status": error.code, "detail": error.body}
        body = json.dumps(fields).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Whole(WSGITask):
    """An answer whose head is sent together with the first of its body: who is woken by the head alone has to wait again."""

    def write(self, data: bytes) -> None:
        """Send the data, after the head where that was not sent."""
        parts: list[bytes] = []
        self.channel.write_soon = parts.append
        try:
            super().write(data)
        finally:
            del self.channel.write_soon  # the class's own is there again
        self.channel.write_soon(b"".join(parts))


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    settings = or_exit()
    logging.basicConfig(level=settings.log_level)
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # its INFO lines hold addresses
    try:
        app = create_app(settings)
    except (SettingsError, DeskUnavailable) as error:
        sys.exit(str(error))
    serve(app, settings)


def serve(app: Flask, settings: Settings) -> None:
    """Serve the app where the settings say."""
    HTTPChannel.error_task_class = Refusal
    HTTPChannel.task_class = Whole
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.web_port,
            threads=_THREADS,
            max_request_body_size=_BODY_LIMIT,
        )
    except OSError as error:
        sys.exit(f"Cannot listen on port {settings.web_port} (WEB_PORT): {error.strerror}")
    logger.info("%s on http://%s:%s", ", ".join(settings.web_rooms), settings.host, settings.web_port)
    server.run()  # returns on SIGTERM and SIGINT


if __name__ == "__main__":
    main()
