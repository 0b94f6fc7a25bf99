"""The API for the files of customers: kept by the desk, sent with the next ticket of their conversation, shown nowhere."""

from typing import Any

from flask import current_app, render_template, request
from flask_smorest.fields import Upload
from werkzeug.datastructures import FileStorage

from desk import Desk, InvalidAttachment, TooMany, UnknownAttachment
from desk.attachments import LARGEST, MOST, TYPES
from webchat.openapi import Blueprint, Form
from webchat.problems import Problem, response
from webchat.widget import tokens
from webchat.widget.schemas import AttachmentOut

_AROUND = 64 * 1024  # bytes of a request besides the file

api = Blueprint("attachments", __name__, description="Files that go with the next ticket of a conversation.")


class AttachmentIn(Form):
    """A file of the customer."""

    file = Upload(required=True, metadata={"description": f"PNG, JPEG or PDF by its content, at most {LARGEST} bytes."})


@api.before_request
def allow_a_file() -> None:
    """Take more than the little that other requests may bring."""
    request.max_content_length = LARGEST + _AROUND


@api.errorhandler(413)
def too_large(_: object) -> Any:
    """The problem of a body that is too large for any file that is taken."""
    return response(_too_large())


@api.post("/api/conversation/attachments")
@api.doc(security=tokens.BEARER)
@api.arguments(AttachmentIn, location="files")
@api.response(201, AttachmentOut)
def attach(given: dict[str, FileStorage]) -> Any:
    """Keep a file for the next ticket of the conversation."""
    conversation = tokens.held()
    desk: Desk = current_app.config["DESK"]
    content = given["file"].read()
    if len(content) > LARGEST:
        raise _too_large()
    try:
        return desk.attach(conversation, given["file"].filename or "", content)
    except InvalidAttachment:
        detail = f"By its content it is none of {', '.join(TYPES)}."
        raise Problem(415, "attachment-unknown", "Unknown kind of file", detail) from None
    except TooMany:
        detail = f"The conversation has {MOST} that wait for a ticket already."
        raise Problem(409, "attachments-too-many", "Too many files", detail) from None


@api.delete("/api/conversation/attachments/<int:id_>")
@api.doc(security=tokens.BEARER)
@api.response(204)
def take_back(id_: int) -> None:
    """Delete a file that waits for a ticket; one that went with its ticket stays."""
    conversation = tokens.held()
    desk: Desk = current_app.config["DESK"]
    try:
        desk.detach(conversation, id_)
    except UnknownAttachment:
        raise Problem(404, "attachment-sent", "No such file", "None of this id waits in the conversation.") from None


def _too_large() -> Problem:
    said = render_template("widget/too_large.txt", megabytes=LARGEST // 2**20)
    detail = f"At most {LARGEST} bytes are taken."
    return Problem(413, "attachment-too-large", "File too large", detail, limit=LARGEST, message=said)
