"""What comes in and goes out of the chat's API, checked and described."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length, Regexp

from webchat.incoming import readable, without_halves
from webchat.openapi import Form

_ID = Regexp(r"[A-Za-z0-9_-]{1,64}\Z", error="Expected up to 64 letters, digits, _ or -.")
_OWN = {"description": "Made by the client, different for each message of a conversation."}


class Plain(fields.String):
    """A text without the halves of characters that JSON can carry and nothing behind us can."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return without_halves(super()._deserialize(value, *args, **kwargs))


class Readable(Plain):
    """A text with something to read in it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return readable(super()._deserialize(value, *args, **kwargs))


class MessageIn(Form):
    """A text or a button of the customer; the same `id` is the same message and is taken once."""

    text = Readable(allow_none=True, metadata={"description": "What the customer writes."})
    button = Plain(allow_none=True, metadata={"description": "The payload of a button of this conversation."})
    conversation = Plain(allow_none=True, metadata={"description": "The token of the last reply; none begins a conversation."})
    id = fields.String(allow_none=True, validate=_ID, metadata=_OWN)
    start = fields.String(allow_none=True, metadata={"description": "The FAQ entry whose action the text begins, as links do."})
    again = fields.Boolean(load_default=False, metadata={"description": "Whether it may have come before, with the same id."})

    @validates_schema
    def either_text_or_button(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two and not both."""
        if (data.get("text") is None) == (data.get("button") is None):
            raise ValidationError("Expected either 'text' or 'button'.", "message")


class ButtonOut(Form):
    """A choice offered to the customer."""

    title = fields.String(required=True)
    payload = fields.String(required=True, metadata={"description": "Comes back as `button`, in this conversation alone."})
    attaches = fields.Boolean(required=True, metadata={"description": "Says that a file is attached: upload one, then send it."})


class MessageOut(Form):
    """One message of the assistant."""

    text = fields.String(required=True, metadata={"description": "Plain; a line that begins with • is the item of a list."})
    faq = fields.String(required=True, allow_none=True, metadata={"description": "The FAQ number of an approved answer."})
    buttons = fields.List(fields.Nested(ButtonOut), required=True)
    asks = fields.String(required=True, allow_none=True, metadata={"description": "The field that it asks for, such as email."})


class Replies(Form):
    """The assistant's replies, and the token that continues the conversation."""

    conversation = fields.String(required=True)
    messages = fields.List(fields.Nested(MessageOut), required=True)


class TurnOut(Form):
    """What the customer sent, with what we do not keep of it named, such as [correo], and what was replied."""

    id = fields.String(required=True, allow_none=True, metadata=_OWN)
    at = fields.AwareDateTime(required=True)
    text = fields.String(required=True)
    messages = fields.List(fields.Nested(MessageOut), required=True)
    helpful = fields.Boolean(required=True, allow_none=True)


class History(Form):
    """A conversation, oldest turn first."""

    turns = fields.List(fields.Nested(TurnOut), required=True)


class AttachmentOut(Form):
    """A file as it was kept."""

    id = fields.Integer(required=True, metadata={"description": "By it the file is taken back while no ticket has it."})
    name = fields.String(required=True, metadata={"description": "Made safe, and ending as the content demands."})
    type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "In bytes."})


class Feedback(Form):
    """Whether the replies to a message helped."""

    id = fields.String(required=True, validate=_ID, metadata=_OWN)
    helpful = fields.Boolean(required=True)
    reason = Plain(load_default=None, allow_none=True, validate=Length(max=500), metadata={"description": "Why not."})
