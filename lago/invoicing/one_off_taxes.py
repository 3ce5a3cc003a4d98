"""Which taxes apply to the lines of a one-off invoice (04 §6.2)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.catalog.models import Tax
from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import Fee
from lago.subscriptions.taxes import default_taxes

GIVEN = "tax_codes"
"""In the properties of a fee: the codes that the request named for it."""


def chosen_for_lines(customer: Customer, fees: Sequence[Fee]) -> list[Sequence[Tax]]:
    """Of each line: the taxes of the request that are known, else the add-on's, the customer's, those of the
    customer's billing entity."""
    known = _known(customer.organization_id, {code for fee in fees for code in fee.properties.get(GIVEN, [])})
    usual = customer.taxes or default_taxes(customer)
    return [_given(fee, known) or (fee.add_on.taxes if fee.add_on else []) or usual for fee in fees]


def _given(fee: Fee, known: dict[str, Tax]) -> list[Tax]:
    codes = dict.fromkeys(fee.properties.get(GIVEN, []))
    return [known[code] for code in codes if code in known]


def _known(organization_id: uuid.UUID, codes: set[str]) -> dict[str, Tax]:
    if not codes:
        return {}
    query = select(Tax).where(Tax.organization_id == organization_id, Tax.deleted_at.is_(None), Tax.code.in_(codes))
    return {tax.code: tax for tax in db.session.scalars(query)}
