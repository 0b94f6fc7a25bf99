"""Customers' requests for agents: the list, and each with all that was said and sent; taken, answered, done."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from desk import Desk, InvalidRequest, Request, UnknownRequest
from webchat.agents import guard
from webchat.agents.accounts import AGENT

pages = guard.for_roles(Blueprint("requests", __name__), AGENT)


@pages.get("/agente/solicitudes")
def listing() -> str:
    """The requests that nobody has done yet, or all of them; urgent ones first."""
    every = request.args.get("todas") is not None
    found = _desk().requests() if every else _desk().requests("open", "taken")
    return render_template("agents/requests.html", requests=found, every=every)


@pages.get("/agente/solicitud/<number>")
def request_page(number: str) -> str:
    """A request: what was asked, said and sent."""
    found = _found(number)
    return render_template(
        "agents/request.html",
        request_=found,
        turns=_desk().turns(found.conversation),
        deliveries=_desk().deliveries(number),
    )


@pages.post("/agente/solicitud/<number>/estado")
def change_status(number: str) -> ResponseReturnValue:
    """Take the request, have it done, or open it again."""
    _found(number)
    try:
        _desk().change_status(number, request.form.get("estado", ""))
    except InvalidRequest as error:
        abort(400, str(error))
    return _back(number)


@pages.post("/agente/solicitud/<number>/respuesta")
def answer(number: str) -> ResponseReturnValue:
    """Send the customer an answer."""
    _found(number)
    try:
        _desk().reply(number, request.form.get("texto", "").replace("\r\n", "\n"))
    except InvalidRequest as error:
        abort(400, str(error))
    flash("sent")
    return _back(number)


@pages.post("/agente/solicitud/<number>/mal")
def misjudged(number: str) -> ResponseReturnValue:
    """Put what the assistant understood wrong into the inbox of the unknown."""
    turns = _desk().turns(_found(number).conversation)
    if not turns:
        flash("nothing-to-review")
        return _back(number)
    _desk().misjudged((next((turn for turn in reversed(turns) if turn.faq_ids), turns[-1])).id, current_user.email)
    flash("misjudged")
    return _back(number)


def _found(number: str) -> Request:
    try:
        return _desk().request(number)
    except UnknownRequest:
        abort(404)


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for("requests.request_page", number=number), 303)


def _desk() -> Desk:
    desk: Desk = current_app.config["DESK"]
    return desk
