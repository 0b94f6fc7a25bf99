"""Tells in which language a text is written, where it is long enough to tell."""

from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

SPANISH = "es"
_LEAST_WORDS = 8
_MOST = 2000  # characters
_DOUBT = 0.12  # from this confidence on it may be Spanish
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
    if len(text.split()) < _LEAST_WORDS:
        return SPANISH
    found = {value.language: value.value for value in _detector().compute_language_confidence_values(text[:_MOST])}
    if found[Language.SPANISH] >= _DOUBT:
        return SPANISH
    return str(max(found, key=found.__getitem__).iso_code_639_1.name.lower())


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_LANGUAGES).build()
