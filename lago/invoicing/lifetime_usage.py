"""What a subscription has used in all (01 §4.5, 03 §7.1): computed while it is active, kept when it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lago.core import clock
from lago.core.db import db
from lago.core.fields import Whole
from lago.core.schemas import InputSchema
from lago.invoicing.lineage import lineage_ids
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.threshold_progress import ThresholdProgress, threshold_progress
from lago.metering.current_usage import UsageRequest, current_usage
from lago.metering.models import LifetimeUsage
from lago.pricing.usage_thresholds import LifetimeFigures
from lago.subscriptions.models import Subscription

_LARGEST = 2**63 - 1
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Lifetime:
    """The record of a subscription with its figures as of `to_datetime`, in cents of the plan's currency."""

    record: LifetimeUsage
    subscription: Subscription
    invoiced_usage_amount_cents: int
    current_usage_amount_cents: int
    to_datetime: datetime

    @property
    def figures(self) -> LifetimeFigures:
        return LifetimeFigures(
            self.record.historical_usage_amount_cents, self.invoiced_usage_amount_cents,
            self.current_usage_amount_cents,
        )

    @property
    def usage_thresholds(self) -> list[ThresholdProgress]:
        """How far it is towards each of its thresholds; there may be none."""
        return threshold_progress(self.subscription, self.figures.total)


class LifetimeUsageInput(InputSchema):
    """The body of the PUT, by the names of the errors."""

    historical_usage_amount_cents = Whole(least=0, required=True)


def lifetime_usage(subscription: Subscription) -> Lifetime | None:
    """What the subscription has used up to now, or up to its end; None if it never began, or another one, on another
    plan, has taken its place."""
    if subscription.status == "active":
        figures = _invoiced(subscription), _current(subscription)
        return Lifetime(_record(subscription), subscription, *figures, clock.now())
    record = _kept(subscription)
    if record is None:
        return None
    figures = record.invoiced_usage_amount_cents, record.current_usage_amount_cents
    return Lifetime(record, subscription, *figures, clock.now())


def lifetime_figures(subscription: Subscription, current: int) -> LifetimeFigures:
    """What an active subscription has used in all; `current` is its usage of the running period."""
    query = select(LifetimeUsage.historical_usage_amount_cents).where(LifetimeUsage.subscription_id == subscription.id)
    return LifetimeFigures(db.session.scalar(query) or 0, _invoiced(subscription), current)


def change_lifetime_usage(lifetime: Lifetime, data: dict[str, Any]) -> None:
    """Takes what a client says was used before: `external_historical_usage_amount_cents`. Raises Invalid."""
    sent = {"historical_usage_amount_cents": data.get("external_historical_usage_amount_cents")}
    values = LifetimeUsageInput().read(sent)
    lifetime.record.historical_usage_amount_cents = values["historical_usage_amount_cents"]


def keep_lifetime_usage(subscription: Subscription) -> None:
    """Stores the figures of an active subscription that is about to end: nothing computes them afterwards.

    A period that closed this very moment is billed by the end itself, so it is still the current one.
    """
    due = subscription.billing_due_at
    with clock.at(clock.now() - _MOMENT if due and due <= clock.now() else clock.now()):
        current = _current(subscription)
    record = _record(subscription)
    record.invoiced_usage_amount_cents = _invoiced(subscription)
    record.current_usage_amount_cents = min(current, _LARGEST)  # an absurd usage can be ended too


def _record(subscription: Subscription) -> LifetimeUsage:
    """The record of the subscription, made here if it is asked for the first time."""
    record = _kept(subscription)
    if record is None:
        new = insert(LifetimeUsage).values(
            organization_id=subscription.organization_id, subscription_id=subscription.id,
            invoiced_usage_amount_cents=_invoiced(subscription),
        )
        db.session.execute(new.on_conflict_do_nothing())
        record = _kept(subscription)
    assert record  # it is there by now
    return record


def _kept(subscription: Subscription) -> LifetimeUsage | None:
    return db.session.scalar(select(LifetimeUsage).where(LifetimeUsage.subscription_id == subscription.id))


def _invoiced(subscription: Subscription) -> int:
    """What invoices say was used, those of earlier plans of the same subscription included; each fee counts once."""
    query = (
        select(func.coalesce(func.sum(Fee.amount_cents), 0))
        .join(Invoice, Invoice.id == Fee.invoice_id)
        .where(
            Fee.subscription_id.in_(lineage_ids(subscription)), Fee.fee_type == "charge", Fee.deleted_at.is_(None),
            Invoice.invoice_type == "subscription", Invoice.status.in_(("draft", "finalized")),
        )
    )
    return int(db.session.scalar(query) or 0)


def _current(subscription: Subscription) -> int:
    return current_usage(subscription, UsageRequest(with_taxes=False)).amount_cents
