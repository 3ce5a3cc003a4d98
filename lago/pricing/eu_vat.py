"""Which tax of the European Union's detection a customer has, by country, postcode and VAT number (04 §7)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

REVERSE_CHARGE = "lago_eu_reverse_charge"
EXEMPT = "lago_eu_tax_exempt"
PREFIX = "lago_eu"
"""What the codes of all of these taxes begin with."""

_ALWAYS = date.min

# Standard rates in percent, each since the day on which it came into force.
_RATES: Mapping[str, tuple[tuple[date, float], ...]] = {
    "AT": ((_ALWAYS, 20),), "BE": ((_ALWAYS, 21),), "BG": ((_ALWAYS, 20),), "CY": ((_ALWAYS, 19),),
    "CZ": ((_ALWAYS, 21),), "DE": ((_ALWAYS, 19),), "DK": ((_ALWAYS, 25),),
    "EE": ((_ALWAYS, 20), (date(2024, 1, 1), 22), (date(2025, 7, 1), 24)), "ES": ((_ALWAYS, 21),),
    "FI": ((_ALWAYS, 24), (date(2024, 9, 1), 25.5)), "FR": ((_ALWAYS, 20),), "GR": ((_ALWAYS, 24),),
    "HR": ((_ALWAYS, 25),), "HU": ((_ALWAYS, 27),), "IE": ((_ALWAYS, 23),), "IT": ((_ALWAYS, 22),),
    "LT": ((_ALWAYS, 21),), "LU": ((_ALWAYS, 17),), "LV": ((_ALWAYS, 21),), "MT": ((_ALWAYS, 18),),
    "NL": ((_ALWAYS, 21),), "PL": ((_ALWAYS, 23),), "PT": ((_ALWAYS, 23),),
    "RO": ((_ALWAYS, 19), (date(2025, 8, 1), 21)), "SE": ((_ALWAYS, 25),), "SI": ((_ALWAYS, 22),),
    "SK": ((_ALWAYS, 20), (date(2025, 1, 1), 23)),
}

COUNTRIES = frozenset(_RATES)


@dataclass(frozen=True)
class SpecialPlace:
    """A part of a country with a rate of its own, known by its postcodes."""

    name: str
    postcodes: str
    rate: float


_SPECIAL_PLACES: Mapping[str, tuple[SpecialPlace, ...]] = {
    "AT": (SpecialPlace("jungholz", r"6691", 19), SpecialPlace("mittelberg", r"699[123]", 19)),
    "DE": (SpecialPlace("busingen_am_hochrhein", r"78266", 0), SpecialPlace("heligoland", r"27498", 0)),
    "ES": (
        SpecialPlace("canary_islands", r"35\d{3}|38\d{3}", 0),
        SpecialPlace("ceuta", r"5100[1-5]|5107[01]|51081", 0),
        SpecialPlace("melilla", r"5200[0-6]|5207[01]|52081", 0),
    ),
    "FI": (SpecialPlace("aland_islands", r"22\d{3,}", 0),),
    "FR": (
        SpecialPlace("guadeloupe", r"971\d{2,}", 8.5), SpecialPlace("martinique", r"972\d{2,}", 8.5),
        SpecialPlace("guyane", r"973\d{2,}", 0), SpecialPlace("reunion", r"974\d{2,}", 8.5),
        SpecialPlace("mayotte", r"976\d{2,}", 0),
    ),
    "GR": (SpecialPlace("mount_athos", r"63086", 0),),
    "IT": (SpecialPlace("campione_d_italia", r"22061", 0), SpecialPlace("livigno", r"23041", 0)),
    "PT": (SpecialPlace("madeira", r"9[0-4]\d{2,}", 22), SpecialPlace("azores", r"9[5-9]\d{2,}", 18)),
}

# What follows the country's letters in a VAT number. Greece uses EL for itself.
_VAT_NUMBERS: Mapping[str, str] = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z]\d{7}[0-9A-Z]|\d{8}[A-Z]", "FI": r"\d{8}",
    "FR": r"[0-9A-HJ-NP-Z]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[0-9A-Z+*]\d{5}[A-W]|\d{7}[A-W][A-I]", "IT": r"\d{11}", "LT": r"\d{9}|\d{12}", "LU": r"\d{8}",
    "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"[0-9A-Z+*]{10}\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}",
    "SE": r"\d{10}01", "SI": r"\d{8}", "SK": r"\d{10}",
}


@dataclass(frozen=True)
class GeneratedTax:
    """A tax that the detection uses; `rate` in percent."""

    code: str
    name: str
    rate: float
    description: str


@dataclass(frozen=True)
class Place:
    """Where a customer is, as far as it is known; `zipcode` as it was typed."""

    country: str | None = None
    zipcode: str | None = None


@dataclass(frozen=True)
class Decision:
    """The code of the tax, or that the VAT number has to be asked for first."""

    code: str | None
    ask: bool = False


@dataclass(frozen=True)
class VatNumber:
    """A VAT number of the right form: the country's ISO code, its letters in the number, and the rest."""

    country: str
    letters: str
    rest: str


def generated_taxes(day: date) -> Iterator[GeneratedTax]:
    """All taxes that the detection may choose, with the rates in force on that day."""
    for country in sorted(COUNTRIES):
        yield GeneratedTax(_standard(country), f"{country} Standard", _rate(country, day), "Standard VAT rate")
        for one in _SPECIAL_PLACES.get(country, ()):
            words = one.name.replace("_", " ").title()
            yield GeneratedTax(
                _exceptional(country, one), f"{country} {words} Standard", one.rate, f"VAT rate of {words}"
            )
    yield GeneratedTax(REVERSE_CHARGE, "Reverse Charge", 0.0, "The customer owes the VAT")
    yield GeneratedTax(EXEMPT, "Tax Exempt", 0.0, "Customers outside of the European Union")


def vat_number(text: str | None) -> VatNumber | None:
    """The VAT number that a text is, blanks, dots and dashes aside; None if it has not the form of one."""
    plain = re.sub(r"[\s.\-]", "", text or "").upper()
    pattern = _VAT_NUMBERS.get(plain[:2])
    if pattern is None or not re.fullmatch(pattern, plain[2:]):
        return None
    return VatNumber("GR" if plain[:2] == "EL" else plain[:2], plain[:2], plain[2:])


def decide(place: Place, number: str | None, entity_country: str) -> Decision:
    """What can be said without asking anyone (04 §7: rules 1 to 5). `number`: what the customer gave as VAT number."""
    known = vat_number(number)
    special = _exception_at(place.country, re.sub(r"\s", "", place.zipcode or ""))
    if special and (place.country != "FR" or known):
        return Decision(special)
    if known:
        return Decision(None, ask=True)
    return Decision(without_number(place, entity_country))


def with_answer(place: Place, number: VatNumber, *, valid: bool, entity_country: str) -> str:
    """The code once it is known whether the number is registered (04 §7: V1 to V3)."""
    if not valid:
        return without_number(place, entity_country)
    if number.country != entity_country:
        return REVERSE_CHARGE
    return _exception_at(entity_country, place.zipcode or "") or _standard(entity_country)


def without_number(place: Place, entity_country: str) -> str:
    """By the country alone (04 §7: rules 3 to 5)."""
    if not place.country:
        return _standard(entity_country)
    return _standard(place.country) if place.country in COUNTRIES else EXEMPT


def _exception_at(country: str | None, zipcode: str) -> str | None:
    for one in _SPECIAL_PLACES.get(country or "", ()):
        if re.search(one.postcodes, zipcode):
            return _exceptional(country or "", one)
    return None


def _standard(country: str) -> str:
    return f"{PREFIX}_{country.lower()}_standard"


def _exceptional(country: str, one: SpecialPlace) -> str:
    return f"{PREFIX}_{country.lower()}_exception_{one.name}"


def _rate(country: str, day: date) -> float:
    return [float(rate) for since, rate in _RATES[country] if since <= day][-1]
