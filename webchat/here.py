"""What the app was made with, where a request is answered."""

from flask import current_app

from bot.client import Bot
from desk import Desk
from settings import Settings


def bot() -> Bot:
    """The assistant."""
    found: Bot = current_app.config["BOT"]
    return found


def desk() -> Desk:
    """The desk."""
    found: Desk = current_app.config["DESK"]
    return found


def settings() -> Settings:
    """The settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found
