"""Asks at an address of the assistant over connections that stay open."""

from collections import deque
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from socket import socket
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser
from urllib3.util import wait_for_read

_CONNECTIONS = 10  # kept open: as many as the web process has threads
_READ = 64 * 1024  # bytes at a time


class Gone(Exception):
    """Nobody is at the address, or not until the answer was told; the text says what happened."""


class Answer:
    """An answer as the parser calls it out, part by part."""

    def __init__(self) -> None:
        """Nothing so far."""
        self.body = b""
        self.complete = False
        self.last = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, of which one says whether the connection is closed after the answer."""
        self.last = self.last or (name.lower(), value.lower()) == (b"connection", b"close")

    def on_body(self, part: bytes) -> None:
        """A part of the body came."""
        self.body += part

    def on_message_complete(self) -> None:
        """All of it came."""
        self.complete = True


class Address:
    """One address of the assistant, and the connections to it that are kept open, for any number of threads.

    urllib3 does as much; what it and http.client run through besides is a sixth of all that the web adds to a turn.
    """

    def __init__(self, url: str) -> None:
        """No connection so far."""
        self.url = url
        self._parts = urlsplit(url)
        self._host = self._parts.netloc.rpartition("@")[2]
        self._idle: deque[HTTPConnection] = deque(maxlen=_CONNECTIONS)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float) -> tuple[int, bytes]:
        """The status and the body of the answer; nothing is asked twice.

        Raises:
            Gone: nobody is there, or not until the answer was told.
            TimeoutError: the answer took too long.
        """
        question = self._question(method, path, body or b"", headers)
        try:
            connection = self._connection(timeout)
        except OSError as error:
            raise Gone(type(error).__name__) from error
        try:
            status, answer = _asked(connection.sock, question)
        except TimeoutError:
            raise
        except (OSError, HttpParserError) as error:
            raise Gone(type(error).__name__) from error
        if answer.last:
            connection.close()
        else:
            self._idle.append(connection)
        return status, answer.body

    def _question(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        fields = {"Host": self._host, **headers, "Content-Length": len(body)}
        told = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{method} {self._parts.path}{path} HTTP/1.1\r\n{told}\r\n".encode("latin-1") + body

    def _connection(self, timeout: float) -> HTTPConnection:
        """The one that was used last, or a new one where there is none that is still open."""
        with suppress(IndexError):
            while connection := self._idle.pop():
                if connection.sock and not wait_for_read(connection.sock, 0):  # else it was closed from there
                    connection.sock.settimeout(timeout)
                    return connection
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=timeout)
        connection.connect()
        return connection


def _asked(sock: socket, question: bytes) -> tuple[int, Answer]:
    answer = Answer()
    parser = HttpResponseParser(answer)
    sock.sendall(question)
    while not answer.complete:
        part = sock.recv(_READ)
        if not part:
            raise ConnectionResetError
        parser.feed_data(part)
    return parser.get_status_code(), answer
