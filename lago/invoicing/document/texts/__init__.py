"""The words of printed documents and of mail: one table per language, chosen by the document's locale."""

from collections.abc import Mapping

from lago.invoicing.document.texts.de import GERMAN
from lago.invoicing.document.texts.en import ENGLISH
from lago.invoicing.document.texts.es import SPANISH
from lago.invoicing.document.texts.fr import FRENCH
from lago.invoicing.document.texts.it import ITALIAN
from lago.invoicing.document.texts.nb import NORWEGIAN
from lago.invoicing.document.texts.pt_BR import PORTUGUESE
from lago.invoicing.document.texts.sv import SWEDISH
from lago.invoicing.document.texts.zh_TW import CHINESE

TEXTS: dict[str, Mapping[str, str]] = {
    "en": ENGLISH, "fr": FRENCH, "nb": NORWEGIAN, "de": GERMAN, "it": ITALIAN, "es": SPANISH, "sv": SWEDISH,
    "pt-BR": PORTUGUESE, "zh-TW": CHINESE,
}


def texts_of(locale: str) -> Mapping[str, str]:
    """The table of a locale's texts; English for a code without a table."""
    return TEXTS.get(locale, ENGLISH)
