"""Turns the bytes of a mail into a `Mail`: what its writer newly says, and what tells a person's mail from a machine's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parseaddr

from triage import parts
from triage.policy import words
from triage.quotes import left_out, new_text, without_numbers
from triage.text import clean, decode, header

TICKET = "x-ventanilla-ticket"
_KEPT = (
    "auto-submitted",
    "authentication-results",
    "in-reply-to",
    "list-id",
    "list-unsubscribe",
    "precedence",
    "references",
    "return-path",
    "x-autoreply",
    "x-autorespond",
    TICKET,
)
_ID = re.compile(r"<[^<>\s]+>")
_HEAD = 400  # characters in which an automatic reply says that it is one
_MACHINES = ("mailer-daemon", "postmaster")
REPLY_MARK = re.compile(r"^(?:(?:re|rv|fwd?|aw|res|enc)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_FORWARD_MARK = re.compile(r"^(?:rv|fwd?|enc)(?:\[\d+\])?\s*:", re.IGNORECASE)
_NO_SUBJECT = ("", "sin asunto", "no subject")


@dataclass(frozen=True)
class Mail:
    """A mail as triage reads it; what it does not have is empty.

    `name` is what the sender is called in From, `reply_to` is where a reply goes, `references` are the mails before it in its
    thread, oldest first. `only_quotes` says that the new text is the full text, for all of it looks quoted. `headers` are
    those that the decision needs, by lower-case name. `auto` says why the mail is not written by a person, `returned` is the
    Message-ID of the mail of which it tells that it cannot be delivered, `broken` says what of it could not be read.
    """

    message_id: str = ""
    sender: str = ""
    name: str = ""
    reply_to: str = ""
    subject: str = ""
    new_text: str = ""
    full_text: str = ""
    only_quotes: bool = False
    attachments: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    auto: str | None = None
    returned: str = ""
    broken: str | None = None

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Mail":
        """The mail in these bytes; it never raises, whatever they are."""
        try:
            return _read(message_from_bytes(raw))
        except Exception as error:  # noqa: BLE001 - the standard parser fails in any way, and no mail may stop a mailbox
            text = clean(decode(raw, "utf-8"))
            return cls(new_text=text, full_text=text, broken=f"{type(error).__name__}: {error}")

    @property
    def quoted_text(self) -> str:
        """What of the full text is not new."""
        return left_out(self.full_text, self.new_text)

    @property
    def bare_subject(self) -> str:
        """The subject without the marks of replies and forwards."""
        return REPLY_MARK.sub("", self.subject)

    @property
    def said(self) -> str:
        """What the writer says: the subject where it says something and is no forwarded mail's, then the new text."""
        text = without_numbers(self.new_text)
        if self.new_text and _FORWARD_MARK.match(self.subject):
            return text
        if " ".join(re.findall(r"\w+", self.bare_subject.lower())) in _NO_SUBJECT:
            return text
        return f"{self.bare_subject}\n{text}"


def _read(message: Message) -> Mail:
    text = parts.text(message)
    sender = _address(message, "from")
    subject = header(_raw(message, "subject"))
    headers = {name: header(_raw(message, name)) for name in _KEPT if name in message}
    if len(getaddresses(message.get_all("from", []))) != 1:
        headers.pop("authentication-results", None)  # it does not say of which of them it speaks
    said, only_quotes = new_text(text)
    thread = f"{headers.get('references', '')} {headers.get('in-reply-to', '')}"
    return Mail(
        message_id=header(_raw(message, "message-id")),
        sender=sender,
        name=header(parseaddr(_raw(message, "from"))[0]),
        reply_to=_address(message, "reply-to") or sender,
        subject=subject,
        new_text=said,
        full_text=text,
        only_quotes=only_quotes,
        attachments=parts.attachments(message),
        headers=headers,
        references=tuple(dict.fromkeys(_ID.findall(thread))),
        auto=_automatic(headers, sender, message.get_content_type()) or _says_so(subject, said),
        returned=_returned(message, sender, text),
        broken=parts.damage(message) or (None if sender else "no address in From"),
    )


def _raw(message: Message, name: str) -> str:
    # `message[name]` would wrap a header with bytes beyond ASCII in an object that hides them.
    return next((value for key, value in message.raw_items() if key.lower() == name), "")


def _address(message: Message, name: str) -> str:
    # The words of a name are decoded only afterwards: they may hold a comma.
    return header(parseaddr(_raw(message, name))[1])


def _automatic(headers: Mapping[str, str], sender: str, content_type: str) -> str | None:
    """The first sign of a machine, after RFC 3834 and what lists and mail servers write."""
    submitted, precedence = headers.get("auto-submitted", ""), headers.get("precedence", "")
    path = headers.get("return-path")
    signs = {
        f"Auto-Submitted is {submitted!r}": re.split(r"[;\s(]", submitted.lower())[0] not in ("", "no"),
        f"Precedence is {precedence!r}": precedence.lower() in ("bulk", "list", "junk", "auto_reply"),
        f"List-Id is {headers.get('list-id')!r}": "list-id" in headers,
        "it can be unsubscribed from": "list-unsubscribe" in headers,
        "X-Autoreply or X-Autorespond is there": not headers.keys().isdisjoint(("x-autoreply", "x-autorespond")),
        "the return path is null": path is not None and path.replace(" ", "") in ("", "<>"),
        "it is a report, such as of delivery": content_type == "multipart/report",
        f"the mail server itself writes ({sender!r})": _is_machine(sender) or _is_machine(path or ""),
    }
    return next((sign for sign, present in signs.items() if present), None)


def _returned(message: Message, sender: str, text: str) -> str:
    if message.get_content_type() == "multipart/report":
        return header(parts.undelivered(message))
    return parts.given_back(text) if _is_machine(sender) else ""


def _says_so(subject: str, text: str) -> str | None:
    if words().begins("asunto_automatico", subject):
        return f"the subject is that of an automatic reply: {subject[:60]!r}"
    said = words().find("texto_automatico", text[:_HEAD])
    return said and f"it says {said!r}"


def _is_machine(address: str) -> bool:
    return parseaddr(address)[1].partition("@")[0].lower() in _MACHINES
