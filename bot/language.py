"""Tells in which language a text is written, where it is long enough to tell."""

import re
from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

SPANISH = "es"
_MOST = 2000  # characters
_WORD = re.compile(r"[^\W\d_]+")
_SHORT, _LONG = 5, 8  # words: below the first nobody can tell, from the second on less certainty will do
_SURE = 0.9
_DOUBT = 0.12  # from this confidence on a long text may be Spanish
_LANGUAGES = (
    Language.SPANISH,
    Language.PORTUGUESE,
    Language.ENGLISH,
    Language.FRENCH,
    Language.GERMAN,
    Language.ITALIAN,
    Language.CATALAN,
)


def language_of(text: str) -> str:
    """The ISO 639-1 code of the text's language; Spanish unless another one is sure."""
    text = text[:_MOST]
    words = len(_WORD.findall(text))
    if words < _SHORT:
        return SPANISH
    found = {value.language: value.value for value in _detector().compute_language_confidence_values(text)}
    best = max(found, key=found.__getitem__)
    if found[Language.SPANISH] >= _DOUBT or (words < _LONG and found[best] < _SURE):
        return SPANISH
    return str(best.iso_code_639_1.name.lower())


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_LANGUAGES).build()
