"""Which taxes apply to what a subscription is billed for (04 §6.2)."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from lago.catalog.models import Charge, Commitment, FixedCharge, Plan, Tax, billing_entity_taxes
from lago.core.db import db
from lago.customers.models import Customer
from lago.pricing import values


class TaxChoice:
    """Chooses the taxes of fees; each billing entity's defaults are read once, if at all."""

    def __init__(self) -> None:
        self._defaults: dict[uuid.UUID, Sequence[Tax]] = {}

    def of(
        self, customer: Customer, plan: Plan, part: Charge | FixedCharge | Commitment | None = None
    ) -> Sequence[Tax]:
        """The first list that is not empty: that of the part of the plan, the plan's, the customer's, its entity's.

        `part`: a charge of usage, a fixed one, or the commitment. Without it: for the subscription fee.
        """
        return (part.taxes if part else []) or plan.taxes or customer.taxes or self._default(customer)

    def _default(self, customer: Customer) -> Sequence[Tax]:
        entity_id = customer.billing_entity_id
        if entity_id not in self._defaults:
            self._defaults[entity_id] = default_taxes(customer)
        return self._defaults[entity_id]


def default_taxes(customer: Customer) -> Sequence[Tax]:
    """The taxes of the customer's billing entity, oldest first."""
    query = (
        select(Tax)
        .join(billing_entity_taxes, billing_entity_taxes.c.tax_id == Tax.id)
        .where(billing_entity_taxes.c.billing_entity_id == customer.billing_entity_id, Tax.deleted_at.is_(None))
        .order_by(Tax.seq)
    )
    return db.session.scalars(query).all()


def for_pricing(taxes: Sequence[Tax]) -> tuple[values.Tax, ...]:
    """The taxes as the arithmetic takes them: rates in percent as the decimals that their doubles print as."""
    return tuple(values.Tax(tax.code, Decimal(repr(tax.rate))) for tax in taxes)
