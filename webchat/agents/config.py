"""The Flask configuration of the agents' rooms, made from Ventanilla's settings."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from settings import Settings

WORKDAY = timedelta(hours=12)  # the longest session, however busy


def flask_config(settings: Settings) -> dict[str, Any]:
    """All that Flask, Flask-Security and their extensions need to know; their documentation explains each name."""
    return {**_session(settings), **_accounts(settings)}


def _session(settings: Settings) -> dict[str, Any]:
    return {
        # Browsers share cookies between the ports of a host: the demo portal has a session of its own.
        "SESSION_COOKIE_NAME": "ventanilla_agents",
        # Within a page of another site browsers send no other cookie; forms carry CSRF tokens in any case.
        "SESSION_COOKIE_SAMESITE": "None" if settings.panel_origins and settings.secure_cookies else "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=settings.session_minutes),
        "SQLALCHEMY_DATABASE_URI": settings.agents_database_url,
        "BABEL_DEFAULT_LOCALE": "es_ES",  # Flask-Security has no plain "es"
        "WTF_CSRF_CHECK_DEFAULT": False,  # the API's bearers have no form; `guard` checks all else
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
    }


def _accounts(settings: Settings) -> dict[str, Any]:
    key = settings.secret_key.encode()
    return {
        "SECURITY_URL_PREFIX": "/agente",
        "SECURITY_LOGIN_URL": "/entrar",
        "SECURITY_LOGOUT_URL": "/salir",
        "SECURITY_CHANGE_URL": "/clave",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/segundo-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/codigo",
        "SECURITY_POST_LOGIN_VIEW": "/agente",
        "SECURITY_POST_LOGOUT_VIEW": "/agente/entrar",
        "SECURITY_POST_CHANGE_VIEW": "/agente/clave",
        "SECURITY_LOGIN_USER_TEMPLATE": "agents/login.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "agents/password.html",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "agents/factor.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "agents/code.html",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_PASSWORD_SALT": hashlib.sha256(b"passwords" + key).hexdigest(),
        "SECURITY_PASSWORD_SINGLE_HASH": True,  # argon2 salts by itself
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # works offline
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_SECRETS": {"1": base64.urlsafe_b64encode(hashlib.sha256(b"totp" + key).digest()).decode()},
        "SECURITY_TOTP_ISSUER": f"Ventanilla {settings.brand}",
        "SECURITY_FRESHNESS": WORKDAY,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    }
