"""The incident switch for administrators: what all mouths say and hold back while something is broken."""

from datetime import datetime, timedelta, timezone

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from desk import InvalidIncident
from webchat import here
from webchat.agents import guard
from webchat.agents.accounts import ADMIN
from webchat.agents.times import zone

pages = guard.for_roles(Blueprint("incident", __name__), ADMIN)

_USUAL = timedelta(hours=2)


@pages.get("/agente/incidencia")
def incident() -> str:
    """What is going on, and the form that begins or changes it."""
    now = here.desk().incident()
    until = (now.until if now else datetime.now(timezone.utc) + _USUAL).astimezone(zone())
    return render_template("agents/incident.html", incident=now, entries=here.bot().faq(), until=until.strftime("%Y-%m-%dT%H:%M"))


@pages.post("/agente/incidencia")
def begin() -> ResponseReturnValue:
    """Begin the incident, in the place of any other."""
    known = {entry["id"] for entry in here.bot().faq()}
    try:
        until = datetime.fromisoformat(request.form.get("until", "")).replace(tzinfo=zone())
        here.desk().begin_incident(
            request.form.get("text", ""),
            until=until,
            suspended=[id_ for id_ in request.form.getlist("suspended") if id_ in known],
            instead=request.form.get("instead", "").strip(),
        )
    except (InvalidIncident, ValueError) as error:
        abort(400, str(error))
    flash("begun")
    return redirect(url_for("incident.incident"), 303)


@pages.post("/agente/incidencia/fin")
def end() -> ResponseReturnValue:
    """End the incident."""
    here.desk().end_incident()
    flash("ended")
    return redirect(url_for("incident.incident"), 303)
