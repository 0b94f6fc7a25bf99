"""Turns the bytes and headers of mails into clean text, whatever charset they claim."""

import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header

import html_text

_MOST = 500_000  # bytes; beyond that are embedded pictures, not words
# So browsers read them too: what mail programs label with these names is Windows-1252, which has more letters.
_CALLED = dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1"), "cp1252")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\xa0\ufeff\ud800-\udfff]")


def decode(raw: bytes, charset: str) -> str:
    """The text of these bytes: in the charset they claim where that fits them, else as UTF-8 or Windows-1252."""
    raw, charset = raw[:_MOST], _CALLED.get(charset.lower(), charset)
    # Any bytes fit Latin-1, but only UTF-8 looks like UTF-8: beyond ASCII it is the better witness than the claim.
    for candidate in (charset, "utf-8") if raw.isascii() else ("utf-8", charset):
        try:
            return raw.decode(candidate)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def unwrapped(text: str, *, delsp: bool) -> str:
    """The paragraphs of a text that was sent as format=flowed (RFC 3676); what it quotes stays as it is."""
    lines: list[str] = []
    goes_on = False
    for line in re.sub(r"\r\n?", "\n", text).split("\n"):
        quoted = line.startswith(">")
        line = line.removeprefix(" ")  # stuffed in front of From, > and blanks
        flows = line.endswith(" ") and line != "-- " and not quoted
        shown = line[:-1] if flows and delsp else line
        if goes_on and not quoted and line != "-- ":
            lines[-1] += shown
        else:
            lines.append(shown)
        goes_on = flows
    return "\n".join(lines)


def clean(text: str) -> str:
    """The text with composed accents, plain line ends and blanks, and nothing unprintable."""
    plain = _UNPRINTABLE.sub(" ", re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text)))
    return "\n".join(line.rstrip() for line in plain.split("\n")).strip()


def header(value: str) -> str:
    """The text of a header, on one line; encoded words that cannot be decoded stay as they are."""
    plain = decode(value.encode("utf-8", "surrogateescape"), "utf-8")
    try:
        chunks = decode_header(plain)
    except HeaderParseError:
        chunks = [(plain, None)]
    return " ".join(clean("".join(_chunk(*chunk) for chunk in chunks)).split())


def _chunk(value: bytes | str, charset: str | None) -> str:
    if isinstance(value, str):
        return value
    return decode(value, charset or "raw-unicode-escape")  # what `decode_header` makes of words that are not encoded


def from_html(html: str) -> str:
    """The text that a page shows, a line for each of its blocks."""
    tree = html_text.parse_html(clean(html))
    body = tree.find("body")
    return str(html_text.extract_text(tree if body is None else body))
