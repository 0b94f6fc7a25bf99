"""No bytes make the parser of mails raise; `FUZZ_EXAMPLES=1000000 pytest tests/test_triage_fuzz.py` looks for longer."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.message import Mail

CORPUS = [path.read_bytes() for path in sorted((Path(__file__).parent / "mail").glob("*.eml"))]
HEADERS = ["From", "Subject", "Reply-To", "References", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
VALUES = [
    "multipart/mixed; boundary=b",
    "multipart/alternative",
    "text/html; charset=utf-16",
    "text/plain; charset*0*=utf-8''ut; charset*1=f-8; format=flowed; delsp=yes",
    "message/rfc822",
    "multipart/report; boundary=b",
    "base64",
    "quoted-printable",
    "x-uuencode",
    "attachment; filename*1*=%FF; filename*0*=utf-9''%",
    "=?utf-8?b?w7?= =?utf-8?q?=C3?= =?x?q?=ff?= <a@b@c>",
    'Ana, (ruiz <ana@obra.example>, "x',
]
SPICE = [
    b"\x00",
    b"\xff",
    b"\r",
    b"\n\n",
    b"--b\n",
    b"--b--",
    b"=?utf-8?b?w",
    b"boundary=",
    b"charset*0=",
    b"<",
    b"(",
    b"> ",
    b"<!--",
]
QUOTES = [
    "El lun, 3 nov 2025 a las 10:12, ",
    "<ana@obra.example>",
    "escribi\N{LATIN SMALL LETTER O WITH ACUTE}:",
    "De: ",
    "Enviado: ",
]
LINES = st.sampled_from([*VALUES, *QUOTES, *(" " * 300, ">" * 300, "9 " * 99)]) | st.text(max_size=40)

pieces = st.sampled_from(SPICE) | st.binary(max_size=12) | st.sampled_from(CORPUS).map(lambda raw: raw[len(raw) // 2 :][:300])
edits = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 5, 200]), pieces), max_size=8)
values = (st.sampled_from(VALUES) | st.text(max_size=60)).map(lambda value: value.encode("utf-8", "surrogatepass"))
heads = st.lists(st.tuples(st.sampled_from(HEADERS), values), max_size=6)
bodies = st.lists(LINES.map(lambda line: line.encode("utf-8", "surrogatepass")) | st.sampled_from(SPICE), max_size=20)
fuzzed = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


def check(raw: bytes) -> None:
    mail = Mail.from_bytes(raw)
    json.dumps(asdict(mail), ensure_ascii=False).encode()  # no half of a surrogate pair is left
    assert bool(mail.new_text) == bool(mail.full_text)
    assert "\n" not in mail.subject + mail.reply_to + mail.message_id


@fuzzed
@given(raw=st.sampled_from(CORPUS), changes=edits)
def test_no_mutation_of_the_corpus_makes_the_parser_raise(raw: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    spoiled = bytearray(raw)
    for share, length, piece in changes:
        at = int(share * len(spoiled))
        spoiled[at : at + length] = piece
    check(bytes(spoiled))


@fuzzed
@given(head=heads, body=bodies)
def test_no_mail_of_odd_parts_makes_the_parser_raise(head: list[tuple[str, bytes]], body: list[bytes]) -> None:
    lines = [name.encode() + b": " + value for name, value in head]
    check(b"\n".join([*lines, b"", *body]))


@fuzzed
@given(raw=st.binary(max_size=400))
def test_no_bytes_make_the_parser_raise(raw: bytes) -> None:
    check(raw)
