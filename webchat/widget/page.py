"""The help page: the FAQ to read and to search, also without JavaScript, and the chat."""

import logging
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request

from bot.client import BotError
from webchat.widget import faq
from webchat.widget.incident import banner

logger = logging.getLogger(__name__)

pages = Blueprint("widget", __name__, template_folder="templates")

_BULLET = "•"


@pages.get("/")
def page() -> str:
    """The FAQ by section, on top of it the incident and what a search has found, and the chat."""
    words = request.args.get("q", "").strip()
    entries, hits = _entries(words)
    sections = faq.by_section(entries)
    return render_template("widget/page.html", incident=banner(), sections=sections, words=words, hits=hits)


@pages.app_template_filter()
def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The paragraphs and lists of a plain text, each with whether it is a list, and its lines."""
    lines = (line.strip() for line in text.splitlines())
    for is_list, block in groupby(filter(None, lines), key=lambda line: line.startswith(_BULLET)):
        yield is_list, [line.removeprefix(_BULLET).strip() for line in block]


def _entries(words: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All entries, and those found by the words; none while the assistant is away, which has them."""
    try:
        return faq.found(""), faq.found(words) if words else []
    except BotError as error:
        logger.error("%s", error)
        return [], []
