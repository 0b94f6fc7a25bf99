"""The help page: the FAQ, readable without JavaScript, and the chat."""

import logging
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Blueprint, current_app, render_template

from bot.client import Bot, BotError

logger = logging.getLogger(__name__)

pages = Blueprint("widget", __name__, template_folder="templates")

_BULLET = "•"


@pages.get("/")
def page() -> str:
    """The FAQ by section, and the chat."""
    return render_template("widget/page.html", sections=_sections())


@pages.app_template_filter()
def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The paragraphs and lists of a plain text, each with whether it is a list, and its lines."""
    lines = (line.strip() for line in text.splitlines())
    for is_list, block in groupby(filter(None, lines), key=lambda line: line.startswith(_BULLET)):
        yield is_list, [line.removeprefix(_BULLET).strip() for line in block]


def _sections() -> list[tuple[str, list[dict[str, Any]]]]:
    """The FAQ entries by section, in their order; none while the assistant is away, which has them."""
    bot: Bot = current_app.config["BOT"]
    try:
        entries = bot.faq()
    except BotError as error:
        logger.error("%s", error)
        return []
    return [(section, list(group)) for section, group in groupby(entries, key=itemgetter("section"))]
