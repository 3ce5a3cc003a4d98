"""What the plan before an upgrade was paid for units in advance, for days that the new plan bills too (02 §8.4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from lago.catalog.models import FixedCharge
from lago.core.db import db
from lago.core.fields import iso_milliseconds
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.models import Fee, Invoice
from lago.pricing.fixed_charges import BilledTime

_FROM, _TO, _AT = "fixed_charges_from_datetime", "fixed_charges_to_datetime", "timestamp"


@dataclass(frozen=True)
class PaidBefore:
    """A fee of the plan before: the moment at which it was made, and the end of the time that it is for."""

    amount_cents: int
    timestamp: datetime
    ends: datetime


Asked = tuple[BilledSubscription, FixedCharge, BilledTime]


def paid_by_predecessor(asked: Sequence[Asked]) -> list[PaidBefore | None]:
    """For each fixed charge of a line the latest fee of the plan before that holds its time; None unless the line is
    the first after an upgrade, and both plans have the add-on in advance and by days. One query at most."""
    upgraded = {
        one.history.neighbours.previous.id
        for one, fixed_charge, _ in asked
        if one.history.neighbours.previous and fixed_charge.prorated and fixed_charge.pay_in_advance and _opens(one)
    }
    found = db.session.execute(_fees(upgraded)).all() if upgraded else []
    return [_latest(found, *one) if found and _opens(one[0]) else None for one in asked]


def _opens(billed: BilledSubscription) -> bool:
    """Whether it is the first line of a subscription that began by an upgrade."""
    return billed.reason == "subscription_starting" and billed.history.neighbours.follows_upgrade(billed.subscription)


def _latest(
    fees: Sequence[Row[Any]], billed: BilledSubscription, fixed_charge: FixedCharge, time: BilledTime
) -> PaidBefore | None:
    previous = billed.history.neighbours.previous
    if previous is None or not (fixed_charge.prorated and fixed_charge.pay_in_advance):
        return None
    starts, ends = iso_milliseconds(time.starts), iso_milliseconds(time.ends)
    for fee in fees:
        same = (fee.subscription_id, fee.add_on_id) == (previous.id, fixed_charge.add_on_id)
        if same and fee.starts <= starts and fee.ends >= ends:
            return PaidBefore(fee.amount_cents, datetime.fromisoformat(fee.made), datetime.fromisoformat(fee.ends))
    return None


def _fees(subscription_ids: set[uuid.UUID]) -> Select[Any]:
    """The fees of these subscriptions for units in advance and by days, the latest first."""
    texts = {"starts": _FROM, "ends": _TO, "made": _AT}
    return (
        select(
            Fee.subscription_id, FixedCharge.add_on_id, Fee.amount_cents,
            *(Fee.properties[name].astext.label(label) for label, name in texts.items()),
        )
        .join(FixedCharge, FixedCharge.id == Fee.fixed_charge_id)
        .join(Invoice, Invoice.id == Fee.invoice_id)
        .where(
            Fee.subscription_id.in_(subscription_ids), Fee.fee_type == "fixed_charge", Fee.pay_in_advance,
            Fee.deleted_at.is_(None), FixedCharge.prorated, Invoice.status != "voided",
        )
        .order_by(Fee.created_at.desc(), Fee.seq.desc())
    )
