"""The words of documents: every language says all that English says, with the same gaps."""

from datetime import date
from string import Formatter

import pytest

from lago.invoicing.document.formats import Formats
from lago.invoicing.document.locales import LOCALES
from lago.invoicing.document.texts import TEXTS, texts_of
from lago.invoicing.document.texts.en import ENGLISH

# The same in both languages, or so short that they may be.
ALIKE = {"total_coupon", "part_conversion"}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_there_is_a_table_for_each_locale_of_the_reference() -> None:
    assert set(TEXTS) == set(LOCALES) == {"en", "fr", "nb", "de", "it", "es", "sv", "pt-BR", "zh-TW"}


@pytest.mark.parametrize("locale", sorted(TEXTS))
def test_a_language_has_all_texts_with_their_gaps(locale: str) -> None:
    assert {key: gaps(text) for key, text in TEXTS[locale].items()} == {
        key: gaps(text) for key, text in ENGLISH.items()
    }
    assert all(text.strip() for text in TEXTS[locale].values())


@pytest.mark.parametrize("locale", sorted(set(TEXTS) - {"en"}))
def test_sentences_are_translated(locale: str) -> None:
    sentences = {key: text for key, text in ENGLISH.items() if " " in text and key not in ALIKE}
    assert [key for key, text in sentences.items() if TEXTS[locale][key] == text] == []


def test_an_unknown_locale_is_english() -> None:
    assert texts_of("xx") is ENGLISH


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "Due Jul 04, 2025"), ("fr", "À payer avant le 4 juil. 2025"), ("de", "Fällig am 04. Jul 2025"),
        ("nb", "Forfaller 04. juli 2025"), ("it", "Scadenza 04 lug 2025"), ("es", "Vence el 4 de jul de 2025"),
        ("sv", "Förfaller 04 jul 2025"), ("pt-BR", "Vence em 04/07/2025"), ("zh-TW", "到期日 2025年07月04日"),
    ],
)
def test_a_date_stands_in_the_words_of_its_language(locale: str, said: str) -> None:
    assert Formats(locale, "EUR").say("due_on", date=date(2025, 7, 4)) == said
