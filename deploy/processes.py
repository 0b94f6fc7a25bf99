"""The processes of one machine: their environment, their ports, and how to tell that each is ready."""

import json
import os
import secrets
import socket
from dataclasses import dataclass

import requests

from settings import ROOT, Settings

CONFIG = ROOT / "deploy" / "supervisord.conf"
_SECRETS = ("SECRET_KEY", "BOT_SECRET", "AGENTS_TOKEN")


class PortTaken(Exception):
    """A port that is needed is in use."""


@dataclass(frozen=True)
class Check:
    """A process, and the address that answers once it is ready."""

    name: str
    url: str

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return requests.get(self.url, timeout=2).ok
        except requests.RequestException:
            return False


def checks(settings: Settings) -> list[Check]:
    """The processes that answer over HTTP, in the order of their starting time."""
    base = f"http://{settings.host}"
    return [
        Check("action server", f"{base}:{settings.actions_port}/health"),
        Check("demo portal and mailbox", f"{base}:{settings.portal_port}/healthz"),
        Check("web", f"{base}:{settings.web_port}/livez"),
        Check("agents' pages", f"{base}:{settings.agents_port}/livez"),
        assistant(settings, "rasa"),
    ]


def assistant(settings: Settings, name: str) -> Check:
    """One of the two places of Rasa, `rasa` and `rasa_next`."""
    port = {"rasa": settings.rasa_port, "rasa_next": settings.rasa_next_port}[name]
    return Check("assistant", f"http://{settings.host}:{port}/")


def check_ports(settings: Settings) -> None:
    """Stop if a port is in use.

    Raises:
        PortTaken: names the port and the setting that changes it.
    """
    for name in ("web_port", "agents_port", "rasa_port", "rasa_next_port", "actions_port", "portal_port", "smtp_port"):
        port = getattr(settings, name)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError as error:
                reason = f"{settings.host}:{port} cannot be used ({error.strerror}): set {name.upper()} to another port"
                raise PortTaken(reason) from error


def kept_secrets(settings: Settings) -> dict[str, str]:
    """Random secrets for the settings that are not set: made once, kept in the folder for data."""
    path = settings.var_dir / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {name: secrets.token_hex(32) for name in _SECRETS}
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))
    return made


def environment(settings: Settings) -> dict[str, str]:
    """The environment of all processes."""
    generated = kept_secrets(settings)
    return {
        **generated,
        "WEB_ORIGINS": f"http://{settings.host}:{settings.portal_port}",  # the demo portal has a page with the chat
        **os.environ,
        "HOST": settings.host,
        "RASA_PORT": str(settings.rasa_port),
        "RASA_NEXT_PORT": str(settings.rasa_next_port),
        "ACTIONS_PORT": str(settings.actions_port),
        "AGENTS_PORT": str(settings.agents_port),
        "VAR_DIR": str(settings.var_dir.resolve()),
        "TRIAGE": "true" if settings.imap_url else "false",  # without a mailbox there is nothing to do
        "MODELS_DIR": str(settings.models_dir.resolve()),
        "ACTIONS_URL": f"http://{settings.host}:{settings.actions_port}/webhook",
        "TRACKER_DB": str(settings.var_dir.resolve() / "tracker.db"),
        "SANIC_HOST": settings.host,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }
