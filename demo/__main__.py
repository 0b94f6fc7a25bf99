"""Run the demo portal and its mail server: `python -m demo`."""

import logging
import os
import signal
import socket
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from waitress import create_server

from demo.portal import create_app
from settings import Settings, or_exit

logger = logging.getLogger(__name__)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    # SIGINT too: started in a shell's background, a process inherits that it is ignored.
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: sys.exit())
    settings = or_exit()
    logging.basicConfig(level=settings.log_level)
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's INFO lines hold addresses
    run(settings)


def run(settings: Settings) -> None:
    """Serve mail and pages; both stop when the pages do."""
    _check_free(settings.host, settings.portal_port, "PORTAL_PORT")
    app = create_app(settings)
    server = create_server(app, host=settings.host, port=settings.portal_port)
    _check_free(settings.host, settings.smtp_port, "SMTP_PORT")
    smtp = Controller(Mailbox(app.config["MAILDIR"]), hostname=settings.host, port=settings.smtp_port)
    smtp.start()
    try:
        logger.info("portal on http://%s, mail server on port %s", app.config["SERVER_NAME"], settings.smtp_port)
        server.run()  # returns on SIGTERM and SIGINT
    finally:
        smtp.stop()


def _check_free(host: str, port: int, setting: str) -> None:
    """Nothing, or the end of the process when the port cannot be had; aiosmtpd would say so only after five seconds."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        sys.exit(f"Cannot listen on port {port} ({setting}): {os.strerror(error.errno or 0)}")


if __name__ == "__main__":
    main()
