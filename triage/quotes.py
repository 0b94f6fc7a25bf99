"""Tells what a writer added to a mail from what the mail quotes, with quotequail's tables of quote headers."""

import re
from collections.abc import Iterator
from itertools import takewhile

from quotequail import _internal, _patterns
from quotequail._enums import Position

from triage.policy import words

_MOST_LINES = 1000  # quotequail's own limit: what comes later counts as quoted
_LONGEST = 200  # characters; no line of a quote header is longer, and its patterns are slow on such
_WRAPPED = 3  # lines over which mail programs wrap a long name and address
_BLOCK = 12  # lines in which the headers of a quoted mail stand, blank ones included
_SPANISH = re.compile(r"^E[ln] .*(?:\d[:./-]\d|\d{4}|@).* escribi[óo]:$")
_SAME_LINE = re.compile(r"^\s*E[ln] [^<]*\d{4}[^<]*<[^\s<>@]+@[^\s<>]+> ?escribi[óo]:\s")  # Yahoo's app goes on with the quote
_PHONE = re.compile(
    r"^(?:(?:Enviado desde|Enviado do meu|Sent from|Obtener Outlook para|Get Outlook for) (?!.*\b(?:no|pero)\b)[^,;?]{1,60}"
    r"|(?:Enviado con|Sent with) .{0,30}Proton ?Mail.{0,30})$",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(?:\W*\b(?:tel(?:[eé]fono)?s?|tfn?os?|tlf|m[oó]vil|mobile|cel(?:ular)?|whatsapp|fax|phone|[tmf])\b\W{0,3}"
    r"[\d(+][\d ()./-]{5,}\d(?:\W{0,3}\b(?:ext|int)\W{0,3}\d{1,6})?)+\W*",
    re.IGNORECASE,
)

# quotequail (pinned: these tables are private) has neither "escribio:" nor Yahoo's "En …" nor Outlook's "Enviado:", and takes
# any "El … escribió:" for a header; one without a time, year or address is the writer's own sentence. Its pattern with an
# address takes seconds on a line made for that.
_REPLIES = _patterns.COMPILED_PATTERN_MAP["reply"]
_REPLIES[:] = [_SPANISH, *(pattern for pattern in _REPLIES if not re.search("escribi|@", pattern.pattern))]
_patterns.HEADER_MAP["enviado"] = "date"


def new_text(text: str) -> tuple[str, bool]:
    """What the writer added, without quotes and signatures; or the whole text and True where nothing would be left."""
    own = "\n".join(_own(text.split("\n")[:_MOST_LINES]))
    said = _without_footer(own).strip() or own.strip()
    return (said, False) if said or not text else (text, True)


def left_out(text: str, said: str) -> str:
    """The lines of a text that its writer did not newly say: quotes, signatures and notices."""
    rest, own = [], iter(said.split("\n"))
    awaited = next(own, None)
    for line in text.split("\n"):
        if awaited is not None and line.strip() == awaited.strip():
            awaited = next(own, None)
        else:
            rest.append(line)
    return "\n".join(rest).strip()


def without_numbers(text: str) -> str:
    """The text without the lines of a signature that only tell telephone numbers, which ask for nothing."""
    return "\n".join(line for line in text.split("\n") if len(line) > _LONGEST or not _NUMBERS.fullmatch(line))


def _without_footer(text: str) -> str:
    """The text without what a company adds to every mail: from where a legal notice begins to the end of its paragraph."""
    first, *others = re.split(r"(\n{2,})", text)
    return "".join([_without_notice(first, 1), *(_without_notice(paragraph, 0) for paragraph in others)])


def _without_notice(paragraph: str, least: int) -> str:
    lines = paragraph.split("\n")
    starts = (n for n in range(least, len(lines)) if n == 0 or lines[n].lstrip("*_ ")[:1].isupper())
    # A notice may be wrapped within its first words.
    first = next((n for n in starts if words().begins("pie", " ".join(lines[n : n + 2]).lstrip("*_ "))), None)
    return paragraph if first is None else "\n".join(lines[:first])


def _own(lines: list[str]) -> Iterator[str]:
    n = 0
    while n < len(lines) and lines[n].rstrip() != "--":
        if len(lines[n]) <= _LONGEST and _SAME_LINE.match(lines[n]):
            return
        end = _after_header(lines, n)
        if end is not None and not _is_quoted(lines[end:]):
            return
        if end is None and not lines[n].startswith(">") and not _PHONE.match(lines[n]):
            yield lines[n]
        n = end or n + 1


def _is_quoted(lines: list[str]) -> bool:
    return next((line for line in lines if line), "").startswith(">")


def _after_header(lines: list[str], n: int) -> int | None:
    """The line after the quote header that begins at this one."""
    if lines[n].startswith(">"):
        return None
    window = list(takewhile(lambda line: 0 < len(line) <= _LONGEST, lines[n : n + _WRAPPED]))
    if not window:
        return None
    found = _internal.find_pattern_on_line(window, 0, _WRAPPED, Position.End)
    # The writer's own "En 2 días no …" joined with the header below it looks like one header.
    if found and not any(_after_header(lines, below) for below in range(n + 1, n + found[0] + 1)):
        return n + found[0] + 1
    return _after_block(lines, n)


def _after_block(lines: list[str], n: int) -> int | None:
    """The line after a block such as De/Enviado/Para/Asunto that begins at this one."""
    name = _patterns.HEADER_RE.match(lines[n])
    if not name or _patterns.HEADER_MAP.get(name[1].strip().lower()) != "from":
        return None
    headers, length = _internal.extract_headers(lines[n : n + _BLOCK], _WRAPPED)
    return n + length if len(headers.keys() & {"to", "date", "subject"}) > 1 else None
