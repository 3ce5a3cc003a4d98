"""How each locale of the documents writes numbers, money and dates (04 §17). A locale more is an entry more."""

from dataclasses import dataclass

_SPACE = "\u00a0"


@dataclass(frozen=True)
class Locale:
    """`date` knows the gaps day, month (number), name (of the month), year; the money patterns sign, mark, number."""

    decimal: str
    thousands: str
    date: str
    months: tuple[str, ...] = ()
    symbol_money: str = "{sign}{mark}{number}"
    code_money: str = "{sign}{mark}" + _SPACE + "{number}"
    percent: str = "{number}%"


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_AFTER = "{sign}{number}" + _SPACE + "{mark}"
_SPACED_PERCENT = "{number}" + _SPACE + "%"

LOCALES: dict[str, Locale] = {
    "en": Locale(".", ",", "{name} {day:02}, {year}", _words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")),
    "fr": Locale(
        ",",
        _SPACE,
        "{day} {name} {year}",
        _words("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
        symbol_money=_AFTER,
        code_money=_AFTER,
        percent=_SPACED_PERCENT,
    ),
    "nb": Locale(
        ",",
        _SPACE,
        "{day:02}. {name} {year}",
        _words("jan feb mars april mai juni juli aug sep okt nov des"),
        percent=_SPACED_PERCENT,
    ),
    "de": Locale(
        ",",
        ".",
        "{day:02}. {name} {year}",
        _words("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
        percent=_SPACED_PERCENT,
    ),
    "it": Locale(
        ",",
        ".",
        "{day:02} {name} {year}",
        _words("gen feb mar apr mag giu lug ago set ott nov dic"),
        symbol_money=_AFTER,
        code_money=_AFTER,
    ),
    "es": Locale(
        ".",
        ",",
        "{day} de {name} de {year}",
        _words("ene feb mar abr may jun jul ago sep oct nov dic"),
        percent=_SPACED_PERCENT,
    ),
    "sv": Locale(
        ",",
        _SPACE,
        "{day:02} {name} {year}",
        _words("jan feb mar apr maj jun jul aug sep okt nov dec"),
        symbol_money=_AFTER,
        code_money=_AFTER,
        percent=_SPACED_PERCENT,
    ),
    "pt-BR": Locale(
        ",",
        ".",
        "{day:02}/{month:02}/{year}",
        symbol_money="{sign}{mark}" + _SPACE + "{number}",
    ),
    "zh-TW": Locale(".", ",", "{year}年{month:02}月{day:02}日"),
}

DEFAULT = "en"


def locale_of(code: str) -> Locale:
    """The locale of a code; English for a code without a table."""
    return LOCALES.get(code, LOCALES[DEFAULT])
