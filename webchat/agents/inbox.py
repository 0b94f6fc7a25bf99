"""The inbox of the unknown: messages that wait for a person's word, grouped by likeness, each group decided by one press."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from bot.revision import themes
from desk import AlreadyReviewed, Interaction, InvalidReview, UnknownInteraction
from desk.reviews import NEW_ENTRY, NEW_THEME
from webchat import here
from webchat.agents import guard
from webchat.agents.accounts import AGENT

pages = guard.for_roles(Blueprint("inbox", __name__), AGENT)

_SHOWN = 20  # groups on the page


@pages.get("/agente/pendientes")
def inbox() -> str:
    """The latest messages that wait, in groups, the largest first."""
    waiting = here.desk().unknown()
    groups = sorted(_groups(waiting), key=len, reverse=True)
    entries = here.bot().faq()
    shown = [{"messages": group, **_likely(entries, group[0].text)} for group in groups[:_SHOWN]]
    return render_template(
        "agents/inbox.html",
        groups=shown,
        total=len(waiting),
        entries=entries,
        themes=themes(here.settings().faq_dir),
        new_themes=_titles(NEW_THEME),
        new_entries=_titles(NEW_ENTRY),
    )


@pages.post("/agente/pendientes")
def decide() -> ResponseReturnValue:
    """Keep what a person says of the messages that are ticked."""
    verdict, _, label = request.form.get("decision", "").partition(":")
    label = label or request.form.get(f"{verdict}_label", "")
    try:
        ids = [int(id_) for id_ in request.form.getlist("id")]
        here.desk().review(ids, verdict, current_user.email, label or None)
        flash("kept")
    except (InvalidReview, ValueError) as error:
        abort(400, str(error))
    except (AlreadyReviewed, UnknownInteraction):
        flash("taken")
    return redirect(url_for("inbox.inbox"), 303)


def _likely(entries: Sequence[dict[str, Any]], text: str) -> dict[str, Any]:
    """What a message may belong to: a theme outside of the FAQ, and entries."""
    need, faq = here.bot().understand(text).first, {entry["id"]: entry for entry in entries}
    return {"theme": need.theme, "likely": [faq[candidate.id] for candidate in need.ranking[:3]]}


def _groups(messages: Sequence[Interaction]) -> list[list[Interaction]]:
    """The messages, each beside those that it is like; a group begins with its latest."""
    alike = here.bot().alike([message.text for message in messages]) if messages else []
    return [[messages[place] for place in group] for group in alike]


def _titles(verdict: str) -> list[str]:
    """What new themes or new entries are called that somebody has proposed before."""
    return sorted({review.label or "" for _, review in here.desk().proposals() if review.verdict == verdict})
