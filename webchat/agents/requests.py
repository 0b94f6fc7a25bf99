"""Customers' requests and mails for agents: the list, and each with all that was said and sent; taken, answered, done."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from desk import InvalidRequest, Request, UnknownAttachment, UnknownRequest
from desk.numbers import is_of_mail
from webchat import here
from webchat.agents import guard
from webchat.agents.accounts import AGENT

Found = TypeVar("Found")

_A_PAGE = 100

pages = guard.for_roles(Blueprint("requests", __name__), AGENT)


@pages.get("/agente/solicitudes")
def listing() -> ResponseReturnValue:
    """A page of the requests that nobody has done yet, or of all of them, that hold the words looked for; urgent ones first."""
    every, words = request.args.get("todas") is not None, request.args.get("q", "")
    if _is_mail(words.strip()):
        return redirect(url_for("requests.request_page", number=words.strip()))
    page = max(1, request.args.get("pagina", 1, int))
    statuses = () if every else ("open", "taken")
    found = here.desk().requests(*statuses, words=words, skip=(page - 1) * _A_PAGE, most=_A_PAGE + 1)
    shown, more = found[:_A_PAGE], len(found) > _A_PAGE
    return render_template("agents/requests.html", requests=shown, every=every, words=words, page=page, more=more)


@pages.get("/agente/solicitud/<number>")
def request_page(number: str) -> str:
    """A request, or a mail of the mailbox by its own number: what was asked, said and sent."""
    if is_of_mail(number):
        mail = _known(here.desk().mail, number)
        shown = {"turns": here.desk().turns(number), "deliveries": here.desk().deliveries(number)}
        return render_template("agents/mail.html", mail=mail, **shown)
    found = _found(number)
    return render_template(
        "agents/request.html",
        request_=found,
        turns=here.desk().turns(found.conversation),
        deliveries=here.desk().deliveries(number),
        attachments=here.desk().attachments_of(number),
    )


@pages.get("/agente/solicitud/<number>/adjunto/<int:attachment_id>")
def attachment(number: str, attachment_id: int) -> Response:
    """A customer's file, to be saved: no browser shows it, whatever it holds."""
    try:
        kept, path = here.desk().file_of(number, attachment_id)
    except (UnknownRequest, UnknownAttachment):
        abort(404)
    return send_file(path, "application/octet-stream", as_attachment=True, download_name=kept.name)


@pages.post("/agente/solicitud/<number>/estado")
def change_status(number: str) -> ResponseReturnValue:
    """Take the request, have it done, or open it again."""
    _found(number)
    try:
        here.desk().change_status(number, request.form.get("estado", ""))
    except InvalidRequest as error:
        abort(400, str(error))
    return _back(number)


@pages.post("/agente/solicitud/<number>/respuesta")
def answer(number: str) -> ResponseReturnValue:
    """Send the customer an answer."""
    _found(number)
    try:
        here.desk().reply(number, request.form.get("texto", "").replace("\r\n", "\n"))
    except InvalidRequest as error:
        abort(400, str(error))
    flash("sent")
    return _back(number)


@pages.post("/agente/solicitud/<number>/mal")
def misjudged(number: str) -> ResponseReturnValue:
    """Put what the assistant understood wrong into the inbox of the unknown."""
    turns = here.desk().turns(number if is_of_mail(number) else _found(number).conversation)
    if not turns:
        flash("nothing-to-review")
        return _back(number)
    here.desk().misjudged((next((turn for turn in reversed(turns) if turn.faq_ids), turns[-1])).id, current_user.email)
    flash("misjudged")
    return _back(number)


def _found(number: str) -> Request:
    return _known(here.desk().request, number)


def _known(find: Callable[[str], Found], number: str) -> Found:
    try:
        return find(number)
    except UnknownRequest:
        abort(404)


def _is_mail(words: str) -> bool:
    try:
        return is_of_mail(words) and bool(here.desk().mail(words))
    except UnknownRequest:
        return False


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for("requests.request_page", number=number), 303)
