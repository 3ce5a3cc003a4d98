"""Usage as it grows within a period: what it comes to by moments of it, all in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lago.catalog.models import Charge
from lago.metering.aggregations import UsageWindow
from lago.metering.buckets import buckets_of
from lago.metering.measure import measure
from lago.metering.usage import WHOLE, measurements_of, priced, usage_window
from lago.pricing.proration import days
from lago.pricing.rounding import exact
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class UsageSum:
    """Units and cents of a charge, all its buckets and groups together."""

    units: Decimal
    amount_cents: int


def usage_until(
    subscription: Subscription, windows: Windows, asked: Sequence[tuple[Charge, datetime]]
) -> list[UsageSum]:
    """For each charge and moment what its usage from the beginning of the charge window to then comes to, the moment
    included, were the window to end there: as an invoice in arrears would bill it.

    In the order in which they are asked for. Two queries at most.
    """
    window = usage_window(subscription, windows)
    buckets = {charge.id: buckets_of(charge) for charge, _ in asked}
    together = [bucket for some in buckets.values() for bucket in some]
    whole = dict(zip(map(id, together), measurements_of(subscription, together, window, WHOLE, False), strict=True))
    cuts = [
        (place, bucket, replace(whole[id(bucket)], window=_until(window, ends), presentation_keys=()))
        for place, (charge, ends) in enumerate(asked) for bucket in buckets[charge.id]
    ]
    groups = measure(subscription.organization_id, subscription.external_id, [one for _, _, one in cuts])
    found = [
        (place, priced(subscription, bucket, group, None))
        for (place, bucket, _), some in zip(cuts, groups, strict=True) for group in some
    ]
    return _sums(len(asked), [(place, one.price.units, one.amounts.amount_cents) for place, one in found])


@exact
def _sums(count: int, parts: Sequence[tuple[int, Decimal, int]]) -> list[UsageSum]:
    sums = [UsageSum(Decimal(0), 0)] * count
    for place, units, cents in parts:
        sums[place] = UsageSum(sums[place].units + units, sums[place].amount_cents + cents)
    return sums


def _until(window: UsageWindow, ends: datetime) -> UsageWindow:
    """The window as far as that moment; of the same whole period."""
    ends = min(max(ends, window.starts), window.ends)
    return replace(window, ends=ends, days=days(window.starts, ends, window.zone))
