"""VIES, the European Commission's register of VAT numbers, asked over HTTP (04 §7)."""

import httpx

from lago.core import config
from lago.pricing.eu_vat import VatNumber

PATIENCE_S = 10


class NoAnswer(Exception):
    """The register, or the country's own behind it, cannot say now; it is to be asked again."""


def is_registered(number: VatNumber) -> bool:
    """Whether the number is a valid one. Raises NoAnswer."""
    question = {"countryCode": number.letters, "vatNumber": number.rest}
    try:
        response = httpx.post(config.settings().vies_url, json=question, timeout=PATIENCE_S)
        answer = response.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NoAnswer(str(error)) from error
    valid = answer.get("valid") if isinstance(answer, dict) else None
    if not isinstance(valid, bool):  # {"actionSucceed": false, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
        raise NoAnswer(str(answer)[:200])
    return valid
