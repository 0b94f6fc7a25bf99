"""The portal's Flask configuration, made from Ventanilla's settings."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from settings import Settings

_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def flask_config(settings: Settings, home: Path) -> dict[str, Any]:
    """All that Flask and its extensions need to know; `home` is the folder that holds the portal's data."""
    return {**_web(settings, home), **_accounts(), **_mail(settings, home)}


def _web(settings: Settings, home: Path) -> dict[str, Any]:
    """Where the portal lives and what it is called."""
    host = "localhost" if settings.host in _EVERY_ADDRESS else settings.host
    return {
        "BRAND": settings.brand,
        "CHAT_URL": settings.chat_url,
        "CARE_ADDRESS": settings.care_address,
        "BABEL_DEFAULT_LOCALE": "es_ES",  # Flask-Security has no plain "es"
        "SECRET_KEY": _secret(home / "secret"),
        # Mailed links are built from this, not from the Host header that the caller sends.
        "SERVER_NAME": f"{host}:{settings.portal_port}",
        # Browsers share cookies between the ports of a host: the chat page has a session of its own.
        "SESSION_COOKIE_NAME": "portal_session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_NAME": "portal_remember",
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_DURATION": timedelta(hours=12),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{home / 'portal.db'}",
    }


def _accounts() -> dict[str, Any]:
    """What accounts can do; Flask-Security's documentation explains each name."""
    return {
        "SECURITY_REGISTERABLE": True,
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_CONFIRM_EMAIL_WITHIN": "14 days",
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": "1 days",
        "SECURITY_USERNAME_ENABLE": True,
        "SECURITY_USERNAME_REQUIRED": True,
        "SECURITY_USERNAME_MIN_LENGTH": 3,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # works offline
        # The assistant calls /confirm and /reset as a plain HTTP client, without session or token.
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": True,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }


def _mail(settings: Settings, home: Path) -> dict[str, Any]:
    """Where mails go, and where the mailbox page finds them."""
    url = urlsplit(settings.smtp_url)
    return {
        "MAIL_SERVER": url.hostname,
        "MAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
        "MAIL_USE_SSL": url.scheme == "smtps",
        "MAIL_USERNAME": url.username and unquote(url.username),
        "MAIL_PASSWORD": url.password and unquote(url.password),
        "MAIL_DEFAULT_SENDER": (settings.brand, settings.mail_from),
        "MAILDIR": home / "mail",
    }


def _secret(path: Path) -> str:
    """The key that signs sessions and mailed links, kept so that both outlive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()
