"""Trying a change of the FAQ: an entry edited as a proposal, previewed, and tried against what customers wrote."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from bot import faq
from bot.changes import Change, next_entry, place
from bot.revision import plain, refuse
from desk import AlreadyReviewed, ProposedChange
from desk.reviews import NEW_ENTRY
from settings import ROOT
from webchat import here
from webchat.agents import guard
from webchat.agents.accounts import AGENT
from webchat.agents.trials import Busy, Trials
from webchat.incoming import json_object, readable, string, without_halves

pages = guard.for_roles(Blueprint("faq", __name__), AGENT)

NEW = "nueva"
_TEXTS = 500  # recorded messages that a change is tried on
_LONGEST = 20_000
_PREVIEWED = ("prose.js", "nodes.js")  # the widget's own modules: a preview by others could look different


@pages.get("/agente/faq")
def entries() -> str:
    """The entries, those with a proposed change marked, and what the inbox would have as new ones."""
    known = here.bot().faq()
    proposed = {change.entry: change for change in here.desk().proposed() if change.change}
    new = [change for id_, change in proposed.items() if id_ not in {entry["id"] for entry in known}]
    return render_template("agents/faq.html", entries=known, proposed=proposed, new=new, drafts=_drafts())


@pages.get("/agente/faq/<id_>")
def entry(id_: str) -> str:
    """An entry as it is proposed, or as it is, to be changed."""
    latest = _latest(id_)
    change = Change(**latest.change) if latest and latest.change else _as_it_is(id_)
    return _page(change, latest)


@pages.post("/agente/faq/<id_>")
def propose(id_: str) -> ResponseReturnValue:
    """Keep what is proposed; what could not be learned is shown again with the reason."""
    latest, change = _latest(id_), _told(id_)
    try:
        refuse(here.settings().faq_dir, change)
        seen = request.form.get("replaces", "0")
        here.desk().propose(change.entry, asdict(change), current_user.email, int(seen) if seen.isdecimal() else 0)
    except faq.FaqError as error:
        return _page(change, latest, error), 422
    except AlreadyReviewed:
        flash("taken")
        return _page(change, latest), 409
    flash("kept")
    return redirect(url_for("faq.entry", id_=change.entry), 303)


@pages.post("/agente/faq/<id_>/retirar")
def withdraw(id_: str) -> ResponseReturnValue:
    """Withdraw the proposed change."""
    try:
        here.desk().propose(id_, None, current_user.email, _change(id_).id)
        flash("withdrawn")
    except AlreadyReviewed:
        flash("taken")
    return redirect(url_for("faq.entries"), 303)


@pages.post("/agente/faq/<id_>/prueba")
def start(id_: str) -> ResponseReturnValue:
    """Try the proposed change on recorded messages."""
    texts = list(dict.fromkeys(plain(text) for text in here.desk().recorded_texts(_TEXTS)))
    try:
        _trials().start(_change(id_), texts)
    except Busy:
        flash("busy")
    return redirect(url_for("faq.entry", id_=id_, _anchor="prueba"), 303)


@pages.get("/api/agents/trials/<id_>")
def state(id_: str) -> dict[str, Any]:
    """How far the trial of the proposed change is."""
    return _trials().state(_change(id_).id)


@pages.post("/api/agents/trials/<id_>")
def answered(id_: str) -> dict[str, Any]:
    """What a customer would be told with the proposed change."""
    needs = _trials().answered(_change(id_).id, readable(string(json_object(), "text") or ""))
    if needs is None:
        abort(409, "Expected a change that was tried.")
    return {"needs": needs}


@pages.get("/agente/static/widget/<name>")
def previewed(name: str) -> Response:
    """The modules by which the widget shows answers."""
    if name not in _PREVIEWED:
        abort(404)
    return send_from_directory(ROOT / "webchat" / "widget" / "static", name)


def _page(change: Change, latest: ProposedChange | None, error: faq.FaqError | None = None) -> str:
    found = _file(change.entry)
    proposed = latest if latest and latest.change else None
    return render_template(
        "agents/change.html",
        change=change,
        is_new=found is None,
        now=found and found.entries[change.entry],
        sections=dict.fromkeys(_sections().values()),
        messages=[example.text for example in found.examples] if found else [],
        latest=latest,
        proposed=proposed,
        trial=_trials().state(proposed.id) if proposed else None,
        error=error,
    )


def _told(id_: str) -> Change:
    """What the form says."""
    section = _text("section")
    return Change(
        next_entry(_sections(), section) if id_ == NEW else id_,
        _text("question"),
        _text("answer"),
        _lines("added"),
        _lines("removed"),
        section or _sections().get(id_, ""),
    )


def _as_it_is(id_: str) -> Change:
    found = _file(id_)
    if found:
        entry = found.entries[id_]
        return Change(id_, entry.question, entry.answer, section=entry.section)
    if id_ != NEW:
        abort(404)
    label = request.args.get("borrador", "")
    return Change(NEW, label, "", tuple(_drafts().get(label, ())))


def _file(id_: str) -> faq.Faq | None:
    """The file of an entry; None where it has none."""
    path = here.settings().faq_dir / place(id_)
    return faq.read(path) if path.exists() else None


def _sections() -> dict[str, str]:
    """The section of each entry, and of each new one that is proposed, whose number is taken."""
    made = {change.entry: change.change["section"] for change in here.desk().proposed() if change.change}
    return {**made, **{entry["id"]: entry["section"] for entry in here.bot().faq()}}


def _drafts() -> dict[str, list[str]]:
    """The messages which the inbox says need a new entry, by its working title."""
    found: dict[str, list[str]] = {}
    for turn, review in here.desk().proposals():
        if review.verdict == NEW_ENTRY:
            found.setdefault(review.label or "", []).append(plain(turn.text))
    return found


def _latest(id_: str) -> ProposedChange | None:
    return next((change for change in here.desk().proposed() if change.entry == id_), None)


def _change(id_: str) -> ProposedChange:
    latest = _latest(id_)
    if latest is None or latest.change is None:
        abort(404)
    return latest


def _text(name: str) -> str:
    return without_halves(request.form.get(name, "")).replace("\r\n", "\n").strip()[:_LONGEST]


def _lines(name: str) -> tuple[str, ...]:
    lines = (plain(line) for line in _text(name).splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def _trials() -> Trials:
    trials: Trials = current_app.extensions["trials"]
    return trials
