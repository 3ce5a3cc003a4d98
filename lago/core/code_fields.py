"""Fields of well-known codes: countries, currencies, time zones, languages, e-mail addresses (06 §1.2, §3.1)."""

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

import pycountry
from marshmallow import ValidationError

from lago.core.fields import INVALID, Text
from lago.pricing.currencies import CURRENCIES

COUNTRIES = tuple(sorted(country.alpha_2 for country in pycountry.countries))
LOCALES = ("en", "fr", "nb", "de", "it", "es", "sv", "pt-BR", "zh-TW")

_EMAIL = re.compile(r"[^@\s,<>()\[\]\\\"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"))


def is_email(address: str) -> bool:
    """Whether the text is one e-mail address."""
    return bool(_EMAIL.fullmatch(address)) and len(address) <= 255


class Country(Text):
    """ISO 3166 alpha-2, upper-cased; blank is null."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        code = str(value).strip().upper()
        if code and code not in COUNTRIES:
            raise ValidationError("not_a_valid_country_code")
        return code or None


class CurrencyCode(Text):
    """One of the accepted ISO 4217 codes, upper-cased."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        code = str(value).strip().upper()
        if code not in CURRENCIES:
            raise ValidationError(INVALID)
        return code


class Zone(Text):
    """An IANA time zone; blank is null."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = str(value).strip()
        if name and name not in _zones():
            raise ValidationError("invalid_timezone")
        return name or None


class Locale(Text):
    """A language that documents can be in; blank is null."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = str(value).strip()
        if name and name not in LOCALES:
            raise ValidationError("not_a_valid_language_code")
        return name or None


class Email(Text):
    """One address, or with `several` more of them between commas. Look-alike dashes and invisible characters go."""

    def __init__(self, *, several: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.several = several

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        visible = "".join(c for c in str(value).translate(_DASHES) if unicodedata.category(c) not in ("Cf", "Cc"))
        addresses = [part.strip() for part in visible.split(",")] if self.several else [visible.strip()]
        if addresses == [""]:
            return None
        if not all(map(is_email, addresses)):
            raise ValidationError("invalid_email_format")
        return ",".join(addresses)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
