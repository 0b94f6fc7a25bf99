"""How staff find a request: by words of its number, text, values, entry or theme."""

import json
from typing import Any

from sqlalchemy import String, cast, func, or_

from desk.numbers import id_of
from desk.records import Request

_COLUMNS = Request.__table__.c


def holding(words: str) -> list[Any]:
    """The conditions under which a request holds each of these words; SQLite ignores the case of unaccented letters only."""
    return [_holding(word) for word in words.split()]


def _holding(word: str) -> Any:
    written = {word, word.lower()}
    # A column of JSON holds other letters than those of ASCII as \uXXXX.
    escaped = {json.dumps(one)[1:-1] for one in written}
    texts = [_has(column, one) for column in (_COLUMNS.text, _COLUMNS.faq_id, _COLUMNS.theme) for one in written]
    values = [_has(_COLUMNS.fields, one) for one in escaped]
    number = id_of(word.upper())
    return or_(*texts, *values, *([] if number is None else [_COLUMNS.id == number]))


def _has(column: Any, word: str) -> Any:
    text = cast(column, String)
    return or_(text.contains(word, autoescape=True), func.lower(text).contains(word, autoescape=True))
