"""Sends mails over SMTP."""

import json
import smtplib
import ssl
from contextlib import closing, suppress
from email import message_from_string, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from desk.errors import MailRejected, MailUnavailable
from desk.records import Delivery
from settings import Settings

_PORTS = {"smtp": smtplib.SMTP_PORT, "smtps": smtplib.SMTP_SSL_PORT}


def domain_of(address: str) -> str:
    """The domain of an address, with or without a display name."""
    return parseaddr(address)[1].rpartition("@")[2]


class Mailer:
    """The mail server at `settings.smtp_url`: brings mails to customers, and tickets to the help desk at `care_address`."""

    def __init__(self, settings: Settings) -> None:
        """Read the settings; nothing is opened before a mail is sent.

        Raises:
            ValueError: `smtp_url` is none.
        """
        self._url = urlsplit(settings.smtp_url)
        self._timeout = settings.smtp_timeout
        self._sender = settings.mail_from
        self._care = settings.care_address
        self._folder = settings.attachments_dir
        if self._url.scheme not in _PORTS or not self._url.hostname:
            got = f"{self._url.scheme}://" if self._url.scheme else "no scheme"
            raise ValueError(f"SMTP_URL: expected smtp://[user:password@]host:port or smtps://…, got {got}")

    def send(self, delivery: Delivery) -> None:
        """Send the mail that is owed.

        Raises:
            MailUnavailable: the server cannot be reached, lets us not in, or says to come back later.
            MailRejected: the server refuses this mail, or an attachment is missing.
        """
        message = self.message(delivery)
        try:
            with closing(self._connect()) as server:
                self._log_in(server)
                server.send_message(message)
                with suppress(smtplib.SMTPException):  # it has the mail: how it says goodbye changes nothing
                    server.quit()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*next(iter(error.recipients.values()))) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise MailUnavailable(f"expected the server at SMTP_URL to take the mail, got {reason}") from error

    def message(self, delivery: Delivery) -> EmailMessage:
        """The mail of this delivery, the same at each attempt."""
        payload = delivery.payload
        if "message" in payload:
            return cast(EmailMessage, message_from_string(payload["message"], policy=policy.default))
        message = EmailMessage()
        message["Subject"] = payload["subject"]
        message["From"] = self._sender
        message["To"] = payload.get("to", self._care)
        if reply_to := payload.get("reply_to", self._care):
            message["Reply-To"] = reply_to
        message["Date"] = format_datetime(delivery.created_at)
        message["Message-ID"] = delivery.message_id
        if not payload.get("written"):  # by a person
            message["Auto-Submitted"] = "auto-generated"
        message.set_content(payload["body"], cte="quoted-printable")  # not every server takes 8 bits
        if "ticket" in payload:
            self._add_ticket(message, payload)
        return message

    def _add_ticket(self, message: EmailMessage, payload: dict[str, Any]) -> None:
        ticket = payload["ticket"]
        message["X-Ventanilla-Ticket"] = ticket["number"]
        if ticket.get("urgent"):
            message["X-Priority"] = "1"
        attached = json.dumps(ticket, ensure_ascii=False, indent=2).encode()
        message.add_attachment(attached, maintype="application", subtype="json", filename="ticket.json")
        for file in payload["attachments"]:
            maintype, _, subtype = file["type"].partition("/")
            try:
                content = (self._folder / file["file"]).read_bytes()
            except FileNotFoundError as error:
                name = file["file"]
                raise MailRejected(f"expected {name} in ATTACHMENTS_DIR, found none: restore it, then requeue") from error
            message.add_attachment(content, maintype=maintype, subtype=subtype, filename=file["name"])

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "", self._url.port or _PORTS[self._url.scheme]
        # The name in EHLO: left out, it is looked up in the DNS, which may take long on a machine without network.
        name = domain_of(self._sender)
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, name, timeout=self._timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, name, timeout=self._timeout)

    def _log_in(self, server: smtplib.SMTP) -> None:
        if not self._url.username:
            return
        if self._url.scheme == "smtp":
            server.starttls(context=ssl.create_default_context())
        server.login(unquote(self._url.username), unquote(self._url.password or ""))


def _refusal(code: int, text: bytes | str) -> MailRejected | MailUnavailable:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if code >= 500:
        return MailRejected(f"expected 250, got {code} {said}: see CARE_ADDRESS and MAIL_FROM, then requeue")
    return MailUnavailable(f"expected 250, got {code} {said}")
