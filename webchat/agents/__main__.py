"""Accounts of agents, and tokens of the API: `python -m webchat.agents`."""

import argparse
import sys
from datetime import timedelta

from flask import Flask
from flask_babel import Babel
from flask_security import Security

from settings import or_exit
from webchat.agents import accounts
from webchat.agents.accounts import AGENT, ROLES, SCOPES, AccountError, Token, User, datastore
from webchat.agents.config import flask_config


def main() -> None:
    """Run the command that the arguments name."""
    arguments = _parser().parse_args()
    try:
        with _app().app_context():
            arguments.command(arguments)
    except AccountError as error:
        sys.exit(str(error))


def add(arguments: argparse.Namespace) -> None:
    """Print the password of a new account."""
    print(accounts.add(arguments.email, arguments.name, arguments.role))


def password(arguments: argparse.Namespace) -> None:
    """Print a new password of an account."""
    print(accounts.renew(arguments.email))


def remove(arguments: argparse.Namespace) -> None:
    """Delete an account."""
    accounts.remove(arguments.email)


def token(arguments: argparse.Namespace) -> None:
    """Print a new token."""
    print(accounts.add_token(arguments.name, arguments.scope, timedelta(days=arguments.days)))


def revoke(arguments: argparse.Namespace) -> None:
    """Make a token worthless."""
    accounts.revoke(arguments.name)


def listing(arguments: argparse.Namespace) -> None:
    """Print accounts and tokens, one per line."""
    for user in datastore.user_model.query.order_by(User.email):
        factor = "second factor" if user.tf_primary_method else "-"
        print("account", user.email, ",".join(role.name for role in user.roles), factor, user.name, sep="\t")
    for kept in Token.query.order_by(Token.name):
        print("token", kept.name, kept.scope, f"until {kept.expires_at:%Y-%m-%d}", sep="\t")


def _app() -> Flask:
    app = Flask("webchat")
    settings = or_exit()
    app.config.from_mapping(SECRET_KEY=settings.secret_key or "not signed with here", **flask_config(settings))
    Babel(app)
    accounts.register(app)
    Security(app, datastore, register_blueprint=False)
    return app


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m webchat.agents", description=__doc__)
    commands = parser.add_subparsers(required=True)
    adding = commands.add_parser("add", help="make an account; prints its password")
    adding.add_argument("email")
    adding.add_argument("--name", required=True, help="stands under what the agent writes")
    adding.add_argument("--role", choices=ROLES, default=AGENT)
    adding.set_defaults(command=add)
    for name, command, told in (
        ("password", password, "print a new password, and take the second factor away"),
        ("remove", remove, "delete an account"),
    ):
        of_account = commands.add_parser(name, help=told)
        of_account.add_argument("email")
        of_account.set_defaults(command=command)
    making = commands.add_parser("token", help="make a token of the API; prints it")
    making.add_argument("name", help="the program that it is for")
    making.add_argument("--scope", choices=SCOPES, default=SCOPES[0])
    making.add_argument("--days", type=int, default=365)
    making.set_defaults(command=token)
    revoking = commands.add_parser("revoke", help="make a token worthless")
    revoking.add_argument("name")
    revoking.set_defaults(command=revoke)
    commands.add_parser("list", help="show accounts and tokens").set_defaults(command=listing)
    return parser


if __name__ == "__main__":
    main()
