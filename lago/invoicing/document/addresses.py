"""Postal addresses as the country of the address writes them."""

import gettext
import re
from collections.abc import Mapping
from functools import cache

import pycountry

_ZIP_FIRST = ("{zipcode} {city}", "{state}")
_ZIP_LAST = ("{city}, {state} {zipcode}",)
_ZIP_BELOW = ("{city}", "{state}", "{zipcode}")
_CITY_LINES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("US", "CA", "JP", "KR", "CN", "TW", "PH"), _ZIP_LAST),
    **dict.fromkeys(("AU", "NZ", "SG", "IN", "ID", "ZA", "HK"), ("{city} {state} {zipcode}",)),
    **dict.fromkeys(("GB", "IE", "JE", "GG", "IM"), _ZIP_BELOW),
    **dict.fromkeys(("IT", "ES"), ("{zipcode} {city} ({state})",)),
    "BR": ("{city} - {state}", "{zipcode}"),
    "MX": ("{zipcode} {city}, {state}",),
}
"""How the lines between street and country read; a country that is not listed writes the postcode first."""

_LANGUAGES_OF_COUNTRY_NAMES = {"nb": "nb_NO", "pt-BR": "pt_BR", "zh-TW": "zh_TW"}


def address_lines(address: Mapping[str, str | None], locale: str) -> tuple[str, ...]:
    """The lines from the street to the country's name in the language of `locale`; none if nothing is known.

    `address` has address_line1, address_line2, zipcode, city, state, and country as an ISO 3166 code of two letters.
    """
    known = {name: address[name] or "" for name in ("zipcode", "city", "state")}
    country = address["country"]
    patterns = _CITY_LINES.get(country or "", _ZIP_FIRST)
    lines = (
        address["address_line1"],
        address["address_line2"],
        *(_tidied(pattern.format(**known)) for pattern in patterns),
        country_name(country, locale) if country else None,
    )
    return tuple(line for line in lines if line)


@cache
def country_name(code: str, locale: str) -> str:
    """The usual name of a country; its code if there is no such country."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    language = _LANGUAGES_OF_COUNTRY_NAMES.get(locale, locale)
    names = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
    return names.gettext(getattr(country, "common_name", country.name))


def _tidied(line: str) -> str:
    """Without the marks that stood around what is not known."""
    return re.sub(r"\s+", " ", line.replace("()", "")).strip(" ,-")
