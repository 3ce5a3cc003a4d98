"""Which taxes apply to what a subscription is billed for (04 §6.2)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from sqlalchemy import select

from lago.catalog.models import Charge, Plan, Tax, billing_entity_taxes
from lago.core.db import db
from lago.customers.models import Customer
from lago.pricing import values


class TaxChoice:
    """Chooses the taxes of a customer's fees; the billing entity's defaults are read once, if at all."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer

    def of(self, plan: Plan, charge: Charge | None = None) -> Sequence[Tax]:
        """The first list that is not empty: the charge's, the plan's, the customer's, the entity's defaults.

        Without `charge`: for the subscription fee.
        """
        return (charge.taxes if charge else []) or plan.taxes or self._customer.taxes or self._defaults

    @cached_property
    def _defaults(self) -> Sequence[Tax]:
        return default_taxes(self._customer)


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
