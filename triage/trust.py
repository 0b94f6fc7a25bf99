"""Tells whether a mail was really sent from the address that it bears, by the word of the customer's own mail server."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'\\.|["();]|[^\\"();]+', re.DOTALL)


def vouched(results: str, authserv_id: str, sender: str) -> bool:
    """Whether an Authentication-Results header (RFC 8601) of this server says that DMARC passed for the sender's domain.

    What cannot be read whole says nothing, and neither does a header of any other server: anybody can write one.
    """
    statements = list(_statements(results))
    if not authserv_id or not statements or statements[0].split()[:1] != [authserv_id.lower()]:
        return False
    said = [statement for statement in statements if re.match(r"dmarc\s*[=/]", statement)]
    passed = len(said) == 1 and re.match(r"dmarc\s*=\s*pass(?:\s|$)", said[0])
    domain = sender.lower().rpartition("@")[2]
    return bool(domain and passed and re.findall(r"\bheader\.from\s*=\s*(\S+)", said[0]) == [domain])


def _statements(results: str) -> Iterator[str]:
    """What stands between semicolons, in small letters, without comments and quoted words, in which anything may be said."""
    statement, depth, quoted = "", 0, False
    for match in _TOKEN.finditer(results):
        piece = match[0]
        if piece == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif piece in "()":
            depth += 1 if piece == "(" else -1
        elif piece == ";" and not depth:
            yield statement.lower().strip()
            statement = ""
        elif not depth:
            statement += piece
    if depth or quoted:
        yield "dmarc=unreadable"
    yield statement.lower().strip()
