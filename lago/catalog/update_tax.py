"""Changes of a tax (04 §6.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.create_tax import assign, check_code
from lago.catalog.inputs import TaxInput
from lago.catalog.models import Tax
from lago.core.db import unique
from lago.core.outbox import enqueue


def update_tax(tax: Tax, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names; drafts follow. Raises Invalid."""
    values = TaxInput().read(data, partial=True)
    if values.get("code", tax.code) != tax.code:
        check_code(tax.organization_id, values["code"])
    with unique("uq_taxes_code", "code"):
        assign(tax, values)
    enqueue("invoicing.flag_drafts", organization_id=tax.organization_id, tax_id=tax.id)
