"""Who may sign in: agents, administrators, and the API tokens of other programs.

The accounts have a database of their own, `AGENTS_DATABASE_URL`, apart from what customers said: whoever may read or erase
the one has no business in the other, and `webchat` never opens the desk's tables.
"""

import hashlib
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any

from flask import Flask
from flask_security import SQLAlchemyUserDatastore, hash_password
from flask_security.models import fsqla_v2 as fsqla
from flask_sqlalchemy import SQLAlchemy

AGENT, ADMIN = "agent", "admin"
ROLES = (AGENT, ADMIN)
SCOPES = ("suggestions", "faq")

db = SQLAlchemy()
fsqla.FsModels.set_db_info(db)


class AccountError(ValueError):
    """An account or token cannot be made or found as it was told; the message says why."""


class Role(db.Model, fsqla.FsRoleMixin):  # type: ignore[name-defined, misc]
    """What an account may do: `agent`, or `admin`, who may do all that."""


class User(db.Model, fsqla.FsUserMixin):  # type: ignore[name-defined, misc]
    """An account; `name` stands under what the agent writes."""

    name = db.Column(db.String, nullable=False)


class Token(db.Model):  # type: ignore[name-defined, misc]
    """A bearer token of the API, of which only a hash is kept: 256 random bits need no slow one."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String, nullable=False, unique=True)
    digest = db.Column(db.String, nullable=False, unique=True)
    scope = db.Column(db.String, nullable=False)
    expires_at = db.Column(db.DateTime, nullable=False)  # UTC


datastore = SQLAlchemyUserDatastore(db, User, Role)


def register(app: Flask) -> None:
    """Open the accounts of the app, and make their tables where there are none."""
    db.init_app(app)
    with app.app_context():
        db.create_all()
        for role in ROLES:
            datastore.find_or_create_role(role)
        datastore.commit()


def add(email: str, name: str, role: str) -> str:
    """The password of a new account, told this once.

    Raises:
        AccountError: there is such an account.
    """
    if datastore.find_user(email=email.lower()):
        raise AccountError(f"{email} has an account: remove it first, or give it another password with `password`")
    password = secrets.token_urlsafe(12)
    datastore.create_user(email=email.lower(), name=name, password=hash_password(password), roles=[role])
    datastore.commit()
    return password


def renew(email: str) -> str:
    """A new password of the account, told this once; its sessions end and its second factor is gone.

    Raises:
        AccountError: there is no such account.
    """
    user, password = _found(email), secrets.token_urlsafe(12)
    user.password = hash_password(password)
    datastore.tf_reset(user)
    datastore.set_uniquifier(user)
    datastore.commit()
    return password


def remove(email: str) -> None:
    """Delete the account, whose sessions end.

    Raises:
        AccountError: there is no such account.
    """
    datastore.delete_user(_found(email))
    datastore.commit()


def add_token(name: str, scope: str, lifetime: timedelta) -> str:
    """A new token of this scope, told this once.

    Raises:
        AccountError: the name is taken.
    """
    if db.session.query(Token).filter_by(name=name).first():
        raise AccountError(f"a token {name!r} exists: revoke it first, or take another name")
    token = secrets.token_urlsafe(32)
    expires_at = _now() + lifetime
    db.session.add(Token(name=name, digest=_digest(token), scope=scope, expires_at=expires_at))
    datastore.commit()
    return token


def revoke(name: str) -> None:
    """Make a token worthless.

    Raises:
        AccountError: there is no such token.
    """
    if not db.session.query(Token).filter_by(name=name).delete():
        raise AccountError(f"there is no token {name!r}: see `list`")
    datastore.commit()


def scope_of(token: str) -> str | None:
    """What a token allows; None if it is unknown or expired."""
    found: Any = db.session.query(Token).filter_by(digest=_digest(token)).first()
    return str(found.scope) if found and found.expires_at > _now() else None


def _found(email: str) -> Any:
    user = datastore.find_user(email=email.lower())
    if user is None:
        raise AccountError(f"{email} has no account: see `list`")
    return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
