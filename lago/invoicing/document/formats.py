"""Numbers, money, dates and phrases as a document prints them (02 §1.7, 04 §17)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from lago.invoicing.document.locales import locale_of
from lago.invoicing.document.texts import texts_of
from lago.invoicing.document.values import Amount, Cents, Percent, Phrase, Price, Value
from lago.pricing.currencies import CURRENCIES, Currency
from lago.pricing.pricing_units import LIKE_A_UNIT
from lago.pricing.rounding import divide, round_to

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SHOWN_DECIMALS = 6
_SIX_DIGITS = Context(prec=6, rounding=ROUND_HALF_UP)


def shown_decimal(value: Decimal) -> Decimal:
    """Units and unit prices: 6 significant digits below 1, else 6 decimals, halves away from zero (02 §1.7)."""
    if abs(value) < 1:
        return _SIX_DIGITS.plus(value)
    return round_to(value, _SHOWN_DECIMALS)


@dataclass(frozen=True)
class Formats:
    """The formats of one document: its locale and its currency."""

    locale: str
    currency: str

    def say(self, key: str, **values: Value | int) -> str:
        """Our text of a key in the words of the locale, its gaps filled."""
        printed = {name: self.show(value) for name, value in values.items()}
        return texts_of(self.locale)[key].format(**printed)

    def show(self, value: Value | Phrase | int | None) -> str:
        """Any value as its kind is printed; nothing for None. A `str` is somebody else's text: as it is."""
        return "" if value is None else _PRINTERS[type(value)](self, value)

    def cents(self, cents: int, unit: str | None = None) -> str:
        """A charged amount: `€1,234.50`; in a pricing unit `CR 1,234.50`."""
        subunit = self._known(unit).subunit
        return self.amount(divide(Decimal(cents), Decimal(subunit)), unit)

    def amount(self, amount: Decimal, unit: str | None = None) -> str:
        """Major units with the decimals of the currency, or of the pricing unit."""
        places = self._known(unit).exponent
        return self._money(round_to(amount, places), places, unit)

    def price(self, price: Decimal, unit: str | None = None) -> str:
        """A unit price in major units with all its decimals, at least those of the currency (02 §1.7)."""
        return self._money(shown_decimal(price), self._known(unit).exponent, unit)

    def units(self, units: Decimal) -> str:
        """A quantity without trailing zeros: `1,234.5`."""
        return self._number(shown_decimal(units), 0)

    def percent(self, rate: Decimal, places: int = 0) -> str:
        """A rate in percent: `20%`, with two places `15.00%`."""
        return locale_of(self.locale).percent.format(number=self._number(rate, places))

    def date(self, day: date) -> str:
        locale = locale_of(self.locale)
        name = locale.months[day.month - 1] if locale.months else ""
        return locale.date.format(day=day.day, month=day.month, name=name, year=day.year)

    def _known(self, unit: str | None) -> Currency:
        return CURRENCIES[LIKE_A_UNIT if unit else self.currency]

    def _money(self, amount: Decimal, decimals: int, unit: str | None) -> str:
        locale = locale_of(self.locale)
        symbol = None if unit else _SYMBOLS.get(self.currency)
        pattern = locale.symbol_money if symbol else locale.code_money
        mark, sign = symbol or unit or self.currency, "-" if amount < 0 else ""
        return pattern.format(sign=sign, mark=mark, number=self._number(abs(amount), decimals))

    def _number(self, number: Decimal, decimals: int) -> str:
        """Grouped in thousands, with at least `decimals` decimals and no further trailing zeros."""
        locale = locale_of(self.locale)
        whole, _, fraction = f"{number:,f}".partition(".")
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        return whole.replace(",", locale.thousands) + (locale.decimal + fraction if fraction else "")


_PRINTERS: dict[type, Callable[[Formats, Any], str]] = {
    str: lambda formats, text: text,
    int: lambda formats, count: formats.units(Decimal(count)),
    Decimal: Formats.units,
    date: Formats.date,
    Cents: lambda formats, cents: formats.cents(cents.value, cents.unit),
    Price: lambda formats, price: formats.price(price.value, price.unit),
    Amount: lambda formats, amount: formats.amount(amount.value, amount.unit),
    Percent: lambda formats, rate: formats.percent(rate.value, rate.places),
    Phrase: lambda formats, phrase: formats.say(phrase.key, **phrase.values),
}
