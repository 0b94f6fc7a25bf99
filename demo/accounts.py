"""The portal's accounts: what the database keeps of them, how people sign in, and those there from the start."""

from typing import Any

from flask_security import LoginForm, SQLAlchemyUserDatastore, hash_password
from flask_security.confirmable import confirm_user
from flask_security.models import fsqla_v2 as fsqla
from flask_sqlalchemy import SQLAlchemy

from demo import DEMO_ACCOUNTS, DEMO_PASSWORD

db = SQLAlchemy()
fsqla.FsModels.set_db_info(db)


class Role(db.Model, fsqla.FsRoleMixin):  # type: ignore[name-defined, misc]
    """A role; Flask-Security asks for the table, the portal grants none."""


class User(db.Model, fsqla.FsUserMixin):  # type: ignore[name-defined, misc]
    """An account."""


datastore = SQLAlchemyUserDatastore(db, User, Role)


class IdentityLoginForm(LoginForm):
    """The sign-in form with one field for user name or address, where Flask-Security's own has two."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the account exists, is confirmed, and the password is right."""
        typed = self.username.data
        if typed and "@" in typed:
            self.email.data, self.username.data = typed.strip(), None
        valid = super().validate(**kwargs)
        self.username.data = typed  # the page shows again what was typed
        return valid


def seed() -> None:
    """Create the tables and, in an empty database, the demo accounts."""
    db.create_all()
    if db.session.query(User).first():
        return
    for account in DEMO_ACCOUNTS:
        user = datastore.create_user(username=account.username, email=account.email, password=hash_password(DEMO_PASSWORD))
        if account.confirmed:
            confirm_user(user)
    datastore.commit()
