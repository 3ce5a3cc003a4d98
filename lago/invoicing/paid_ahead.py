"""What subscriptions have paid of fixed charges for periods that are running (02 §8.4, §8.5)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, select

from lago.catalog.models import FixedCharge
from lago.core.db import db
from lago.core.fields import iso_milliseconds
from lago.invoicing.models import Fee, Invoice
from lago.pricing.fixed_charges import BilledTime
from lago.pricing.windows import MOST_BETWEEN_ZONES
from lago.subscriptions.models import Subscription

PERIOD_END = "fixed_charges_to_datetime"


@dataclass(frozen=True)
class Ahead:
    """A fixed charge of a subscription in a period for which it is paid in advance.

    `before`: only by invoices before the one with that `seq`: a draft that is made anew (02 §8.4).
    """

    subscription: Subscription
    fixed_charge: FixedCharge
    time: BilledTime
    before: int | None = None


@dataclass(frozen=True)
class PaidFee:
    """A fee of a fixed charge in advance; `ends`: the end of its period."""

    subscription_id: uuid.UUID | None
    fixed_charge_id: uuid.UUID | None
    ends: datetime
    units: Decimal
    amount_cents: int
    invoice_seq: int

    @property
    def counts(self) -> bool:
        """Whether anything was paid by it; a fee of nothing leaves the period open."""
        return bool(self.units or self.amount_cents)

    def is_for(self, ahead: Ahead) -> bool:
        """Whether it is for the same period, of the fixed charge or of the one that it overrides.

        The ends are compared, which a change of the customer's zone may have moved by some hours: then the units are
        paid all the same.
        """
        ids = (ahead.fixed_charge.id, ahead.fixed_charge.parent_id)
        return (
            self.subscription_id == ahead.subscription.id and self.fixed_charge_id in ids
            and (ahead.before is None or self.invoice_seq < ahead.before)
            and abs(self.ends - ahead.time.ends) < MOST_BETWEEN_ZONES
        )


def paid_ahead(asked: Sequence[Ahead]) -> list[list[PaidFee]]:
    """The fees for each of the periods, but for those of voided invoices. One query."""
    if not asked:
        return []
    fees = [
        PaidFee(row[0], row[1], datetime.fromisoformat(row[2]), row[3], row[4], row[5])
        for row in db.session.execute(_fees(asked))
    ]
    return [[fee for fee in fees if fee.is_for(ahead)] for ahead in asked]


def _fees(asked: Sequence[Ahead]) -> Select[uuid.UUID | None, uuid.UUID | None, str, Decimal, int, int]:
    ids = {identifier for one in asked for identifier in (one.fixed_charge.id, one.fixed_charge.parent_id)}
    ends = [one.time.ends for one in asked]
    ending = Fee.properties[PERIOD_END].astext
    return (
        select(Fee.subscription_id, Fee.fixed_charge_id, ending, Fee.units, Fee.amount_cents, Invoice.seq)
        .join(Invoice, Invoice.id == Fee.invoice_id)
        .where(
            Fee.subscription_id.in_({one.subscription.id for one in asked}),
            Fee.fixed_charge_id.in_(ids), Fee.fee_type == "fixed_charge", Fee.pay_in_advance,
            Fee.deleted_at.is_(None), Invoice.status != "voided",
            ending.between(
                iso_milliseconds(min(ends) - MOST_BETWEEN_ZONES), iso_milliseconds(max(ends) + MOST_BETWEEN_ZONES)
            ),
        )
    )
