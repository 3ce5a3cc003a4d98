"""Dunning campaigns as they are written (05 §2.6)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from lago.core.code_fields import CurrencyCode, is_email
from lago.core.errors import Invalid
from lago.core.fields import INVALID, LONGEST_CODE, MANDATORY, Filled, Text, Whole
from lago.core.schemas import InputSchema

LONGEST_WAIT_DAYS = 3650
MOST_ATTEMPTS = 1000
MOST_COPIES = 50
DUPLICATED = "duplicated_currency"
INVALID_EMAIL = "invalid_email_format"


class DunningCampaignInput(InputSchema):
    """A campaign; `thresholds` are read one by one."""

    name = Filled(required=True, most=255)
    code = Filled(required=True, most=LONGEST_CODE)
    description = Text(allow_none=True)
    bcc_emails = fields.List(Text(strip=True))
    days_between_attempts = Whole(least=1, most=LONGEST_WAIT_DAYS)
    max_attempts = Whole(least=1, most=MOST_ATTEMPTS)
    thresholds = fields.List(fields.Raw(allow_none=True))

    def read(self, data: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """The values, with each threshold's currency and cents. Raises Invalid; what is wrong with a threshold is
        under `thresholds.<place>.<name>`."""
        values = super().read(data, partial=partial)
        if problems := _problems(values, partial):
            raise Invalid(problems)
        if "thresholds" in values:
            values["thresholds"] = read_thresholds(values["thresholds"])
        return values


class ThresholdInput(InputSchema):
    """From which overdue balance on the campaign asks, in a currency."""

    currency = CurrencyCode(required=True)
    amount_cents = Whole(least=0, required=True)


def read_thresholds(given: list[Any]) -> dict[str, int]:
    """Cents by currency, in the order given. Raises Invalid."""
    found: dict[str, int] = {}
    problems: dict[str, list[str]] = {}
    for place, row in enumerate(given):
        try:
            values = ThresholdInput().read(row if isinstance(row, dict) else {})
        except Invalid as error:
            details: Any = error.details
            problems |= {f"thresholds.{place}.{name}": codes for name, codes in details.items()}
            continue
        if values["currency"] in found:
            problems[f"thresholds.{place}.currency"] = [DUPLICATED]
        found[values["currency"]] = values["amount_cents"]
    if problems:
        raise Invalid(problems)
    return found


def _problems(values: Mapping[str, Any], partial: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    copies = values.get("bcc_emails", [])
    if not all(map(is_email, copies)):
        found["bcc_emails"] = [INVALID_EMAIL]
    elif len(copies) > MOST_COPIES:
        found["bcc_emails"] = [INVALID]
    if not values.get("thresholds") and not (partial and "thresholds" not in values):
        found["thresholds"] = [MANDATORY]
    return found
