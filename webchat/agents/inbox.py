"""The inbox of the unknown: messages that wait for a person's word, grouped by likeness, each group decided by one press."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from bot.client import Bot
from bot.revision import Decision, themes
from desk import AlreadyReviewed, Desk, Interaction, InvalidReview, UnknownInteraction
from webchat.agents import guard
from webchat.agents.accounts import AGENT

pages = guard.for_roles(Blueprint("inbox", __name__), AGENT)

_SHOWN = 20  # groups on the page
_ALIKE = 0.35  # cosine of the pieces of words from which two messages stand together


@pages.get("/agente/pendientes")
def inbox() -> str:
    """The latest messages that wait, in groups, the largest first."""
    bot: Bot = current_app.config["BOT"]
    waiting = _desk().unknown()
    groups = sorted(_groups(waiting), key=len, reverse=True)
    entries = bot.faq()
    shown = [{"messages": group, "likely": _likely(bot, entries, group[0].text)} for group in groups[:_SHOWN]]
    return render_template(
        "agents/inbox.html",
        groups=shown,
        total=len(waiting),
        entries=entries,
        themes=themes(current_app.config["SETTINGS"].faq_dir),
    )


@pages.post("/agente/pendientes")
def decide() -> ResponseReturnValue:
    """Keep what a person says of the messages that are ticked."""
    verdict, _, label = request.form.get("decision", "").partition(":")
    label = label or request.form.get(f"{verdict}_label", "")
    try:
        ids = [int(id_) for id_ in request.form.getlist("id")]
        _desk().review(ids, verdict, current_user.email, label or None)
        flash("kept")
    except (InvalidReview, ValueError) as error:
        abort(400, str(error))
    except (AlreadyReviewed, UnknownInteraction):
        flash("taken")
    return redirect(url_for("inbox.inbox"), 303)


def decisions(desk: Desk) -> list[Decision]:
    """What persons accepted and has a file already: messages of entries and of themes."""
    prefixes = {"entry": "", "theme": "fuera/"}
    accepted = [(turn.text, review) for turn, review in desk.proposals() if review.verdict in prefixes]
    return [Decision(text, f"{prefixes[review.verdict or '']}{review.label}") for text, review in accepted]


def _likely(bot: Bot, entries: Sequence[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    faq = {entry["id"]: entry for entry in entries}
    return [faq[candidate.id] for candidate in bot.understand(text).first.ranking[:3]]


def _groups(messages: Sequence[Interaction]) -> list[list[Interaction]]:
    """The messages, each beside those that it is like; a group begins with its latest."""
    if not messages:
        return []
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second that only this page needs

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), strip_accents="unicode", sublinear_tf=True)
    vectors = pieces.fit_transform([f" {message.text} " for message in messages])
    alike = (vectors @ vectors.T).toarray() >= _ALIKE
    groups, left = [], set(range(len(messages)))
    for first in range(len(messages)):
        if first in left:
            group = [number for number in sorted(left) if alike[first, number] or number == first]
            left -= set(group)
            groups.append([messages[number] for number in group])
    return groups


def _desk() -> Desk:
    desk: Desk = current_app.config["DESK"]
    return desk
