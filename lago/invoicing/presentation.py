"""How the units of a usage fee split by keys that are there for display alone (01 §3.11)."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from lago.core.fields import plain
from lago.invoicing.models import Fee
from lago.pricing.rounding import exact


@exact
def shown_breakdowns(fee: Fee) -> list[dict[str, Any]]:
    """The rows of the fee by those of the charge's presentation keys that may be shown on invoices (02 §7.1).

    Rows that are equal by these keys are one, with their units added up, in the order of their first.
    """
    keys = _shown_keys(fee)
    units: dict[tuple[tuple[str, str | None], ...], Decimal] = defaultdict(Decimal)
    for row in fee.presentation_breakdowns or () if keys else ():
        split_by = row["presentation_by"]
        units[tuple((key, split_by[key]) for key in keys if key in split_by)] += Decimal(str(row["units"]))
    return [{"presentation_by": dict(texts), "units": plain(total)} for texts, total in units.items() if texts]


def _shown_keys(fee: Fee) -> list[str]:
    keys = fee.charge.properties.get("presentation_group_keys") if fee.charge else None
    return [key["value"] for key in keys or () if key.get("options", {}).get("display_in_invoice")]
