"""The look at a subscription whose usage has changed: usage thresholds, then alerts (03 §7.3, §8)."""

import uuid
from datetime import datetime

from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.invoicing.bill_thresholds import bill_thresholds
from lago.invoicing.evaluate_alerts import evaluate_alerts
from lago.metering.current_usage import UsageRequest, current_usage
from lago.metering.watch import begin_look
from lago.organizations.models import Organization
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import customers_named, subscription_by_external_id

LEASE_S = 60


def watch_usage(organization_id: uuid.UUID, external_subscription_id: str) -> None:
    """Holds the usage of the active subscription of that external id, as of now, against its thresholds and alerts;
    there need not be one.

    Opens transactions of its own. Doing it twice, or twice at a time, is the same as doing it once: what was reached
    is kept in the transaction that tells of it.
    """
    _look(organization_id, external_subscription_id, only_thresholds=False)


def check_thresholds(organization_id: uuid.UUID, external_subscription_id: str) -> None:
    """The same for thresholds alone: where there is no new event, alerts keep the values that they have seen, whether
    or not thresholds apply."""
    _look(organization_id, external_subscription_id, only_thresholds=True)


def _look(organization_id: uuid.UUID, external_subscription_id: str, *, only_thresholds: bool) -> None:
    owner = (organization_id, external_subscription_id)
    with transaction():
        begin_look(*owner, only_thresholds=only_thresholds)
    db.session.expunge_all()  # what was read before the locks are given may be out of date
    with transaction(), clock.of(_clock_of(organization_id)):
        lock(*customers_named(*owner))
        subscription = subscription_by_external_id(*owner)
        if subscription is not None:
            _look_at(subscription, only_thresholds=only_thresholds)


def _clock_of(organization_id: uuid.UUID) -> datetime | None:
    """Where a sandbox clock stands by now: it may have moved on since the look was asked for, and what fell due on the
    way is done."""
    return db.session.get_one(Organization, organization_id).clock_now


def _look_at(subscription: Subscription, *, only_thresholds: bool) -> None:
    """What the current usage of an active subscription brings about; it is computed once."""
    usage = current_usage(subscription, UsageRequest(with_taxes=False))
    bill_thresholds(subscription, usage)
    if not only_thresholds:
        evaluate_alerts(subscription, usage)
