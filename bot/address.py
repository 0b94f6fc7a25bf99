"""Asks at an address of the assistant over connections that stay open."""

from collections import deque
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from urllib3.util import wait_for_read

_CONNECTIONS = 10  # kept open: as many as the web process has threads


class Gone(Exception):
    """Nobody is at the address, or not until the answer was told; the text says what happened."""


class Address:
    """One address of the assistant, and the connections to it that are kept open, for any number of threads.

    urllib3 does as much; what it runs through besides is a tenth of all that the web adds to a turn.
    """

    def __init__(self, url: str) -> None:
        """No connection so far."""
        self.url = url
        self._parts = urlsplit(url)
        self._idle: deque[HTTPConnection] = deque(maxlen=_CONNECTIONS)

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float) -> tuple[int, bytes]:
        """The status and the body of the answer; nothing is asked twice.

        Raises:
            Gone: nobody is there, or not until the answer was told.
            TimeoutError: the answer took too long.
        """
        try:
            connection = self._connection(timeout)
        except OSError as error:
            raise Gone(type(error).__name__) from error
        try:
            connection.request(method, self._parts.path + path, body, headers)
            response = connection.getresponse()
            answer = response.status, response.read()
        except TimeoutError:
            raise
        except (OSError, HTTPException) as error:
            raise Gone(type(error).__name__) from error
        self._idle.append(connection)
        return answer

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
