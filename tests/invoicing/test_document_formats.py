"""Figures, money and dates as documents print them (02 §1.7, 04 §17)."""

from datetime import date
from decimal import Decimal

import pytest

from lago.invoicing.document.formats import Formats
from lago.invoicing.document.locales import LOCALES
from lago.invoicing.document.texts.en import ENGLISH
from lago.invoicing.document.values import Cents, Column, Percent, Phrase, Title

_DAY = date(2025, 7, 4)


def _plain(text: str) -> str:
    """With ordinary spaces, so that a table of expectations can be read."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("currency", "cents", "printed"),
    [
        ("EUR", 123456, "€1,234.56"),
        ("USD", 100, "$1.00"),
        ("GBP", 5, "£0.05"),
        ("EUR", 0, "€0.00"),
        ("EUR", -2500, "-€25.00"),
        ("JPY", 1234567, "¥1,234,567"),
        ("CHF", 123456, "CHF 1,234.56"),
        ("CHF", -100, "-CHF 1.00"),
        ("HUF", 1500, "HUF 1,500"),
        ("KWD", 12345, "KWD 12.345"),
        ("CLF", 12345, "CLF 1.2345"),
        ("MRO", 7, "MRO 1.4"),
        ("EUR", 10**18, "€10,000,000,000,000,000.00"),
    ],
)
def test_charged_amounts_have_the_decimals_of_their_currency(currency: str, cents: int, printed: str) -> None:
    assert _plain(Formats("en", currency).cents(cents)) == printed


@pytest.mark.parametrize(
    ("locale", "symbol", "code", "negative"),
    [
        ("en", "€1,234.50", "CHF 1,234.50", "-€1,234.50"),
        ("fr", "1 234,50 €", "1 234,50 CHF", "-1 234,50 €"),
        ("nb", "€1 234,50", "CHF 1 234,50", "-€1 234,50"),
        ("de", "€1.234,50", "CHF 1.234,50", "-€1.234,50"),
        ("it", "1.234,50 €", "1.234,50 CHF", "-1.234,50 €"),
        ("es", "€1,234.50", "CHF 1,234.50", "-€1,234.50"),
        ("sv", "1 234,50 €", "1 234,50 CHF", "-1 234,50 €"),
        ("pt-BR", "€ 1.234,50", "CHF 1.234,50", "-€ 1.234,50"),
        ("zh-TW", "€1,234.50", "CHF 1,234.50", "-€1,234.50"),
    ],
)
def test_each_locale_places_the_currency_and_the_separators(locale: str, symbol: str, code: str, negative: str) -> None:
    euro, franc = Formats(locale, "EUR"), Formats(locale, "CHF")
    assert [_plain(text) for text in (euro.cents(123450), franc.cents(123450), euro.cents(-123450))] == [
        symbol,
        code,
        negative,
    ]


@pytest.mark.parametrize(
    ("price", "printed"),
    [
        ("0", "€0.00"),
        ("0.5", "€0.50"),
        ("0.0375", "€0.0375"),
        ("0.249009900990099", "€0.24901"),
        ("0.0000012345678", "€0.00000123457"),
        ("7.5", "€7.50"),
        ("750", "€750.00"),
        ("1.23456789", "€1.234568"),
        ("1.2345675", "€1.234568"),
        ("1250.2", "€1,250.20"),
    ],
)
def test_unit_prices_keep_their_decimals(price: str, printed: str) -> None:
    assert Formats("en", "EUR").price(Decimal(price)) == printed


@pytest.mark.parametrize(
    ("units", "printed"),
    [
        ("0", "0"),
        ("0.000", "0"),
        ("1", "1"),
        ("10.0", "10"),
        ("100", "100"),
        ("1234.5", "1,234.5"),
        ("0.1234567", "0.123457"),
        ("0.000000123456789", "0.000000123457"),
        ("33.3333333", "33.333333"),
        ("0.9999999", "1"),
        ("-2.5", "-2.5"),
        ("1E+3", "1,000"),
    ],
)
def test_units_have_no_trailing_zeros(units: str, printed: str) -> None:
    assert Formats("en", "EUR").units(Decimal(units)) == printed


@pytest.mark.parametrize(
    ("amount", "printed"), [("5.0008", "€5.00"), ("0.005", "€0.01"), ("-0.005", "-€0.01"), ("20.1", "€20.10")]
)
def test_amounts_of_tiers_are_rounded_to_the_currency(amount: str, printed: str) -> None:
    assert Formats("en", "EUR").amount(Decimal(amount)) == printed


@pytest.mark.parametrize(
    ("locale", "printed"),
    [
        ("en", "Jul 04, 2025"),
        ("fr", "4 juil. 2025"),
        ("nb", "04. juli 2025"),
        ("de", "04. Jul 2025"),
        ("it", "04 lug 2025"),
        ("es", "4 de jul de 2025"),
        ("sv", "04 jul 2025"),
        ("pt-BR", "04/07/2025"),
        ("zh-TW", "2025年07月04日"),
        ("tlh", "Jul 04, 2025"),
    ],
)
def test_dates_are_those_of_the_locale(locale: str, printed: str) -> None:
    assert Formats(locale, "EUR").date(_DAY) == printed


def test_every_locale_that_names_months_names_twelve() -> None:
    assert {len(locale.months) for locale in LOCALES.values()} <= {0, 12}


@pytest.mark.parametrize(
    ("locale", "rate", "places", "printed"),
    [("en", "20.0", 0, "20%"), ("en", "7.25", 0, "7.25%"), ("en", "15", 2, "15.00%"), ("de", "2.5", 0, "2,5 %")],
)
def test_rates_are_shown_in_percent(locale: str, rate: str, places: int, printed: str) -> None:
    assert _plain(Formats(locale, "EUR").show(Percent(Decimal(rate), places))) == printed


def test_a_phrase_prints_each_value_as_its_kind() -> None:
    phrase = Phrase("total_tax", {"name": "VAT {0}", "rate": Percent(Decimal(19)), "base": Cents(8415)})
    assert Formats("en", "EUR").show(phrase) == "VAT {0} (19% on €84.15)"


def test_a_period_is_said_with_its_dates() -> None:
    phrase = Phrase("fees_of_period", {"start": date(2025, 7, 1), "end": date(2025, 7, 31)})
    assert Formats("en", "EUR").show(phrase) == "Fees from Jul 01, 2025 to Jul 31, 2025"


def test_every_title_and_column_has_its_words() -> None:
    assert {*Title, *Column} <= ENGLISH.keys()
