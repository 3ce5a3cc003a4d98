"""The words of printed documents: one table per language, chosen by the document's locale."""

from collections.abc import Mapping

from lago.invoicing.document.texts.en import ENGLISH

_TEXTS: dict[str, Mapping[str, str]] = {"en": ENGLISH}


def texts_of(locale: str) -> Mapping[str, str]:
    """The table of a locale's texts; English where none is written yet."""
    return _TEXTS.get(locale, ENGLISH)
