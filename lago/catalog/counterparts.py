"""Which charge, filter and fixed charge of a plan stands for which of the plan that it overrides (03 §1.5)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lago.catalog.charge_filters import identity
from lago.catalog.models import Charge, ChargeFilter, FixedCharge, Plan


@dataclass(frozen=True)
class Bucket:
    """A charge, and one of its filters or None for what no filter matches, by their ids."""

    charge_id: uuid.UUID
    charge_filter_id: uuid.UUID | None


def copied_buckets(plan: Plan, child: Plan) -> Iterator[tuple[Bucket, Bucket]]:
    """Each bucket of the plan's charges with that of the child's copies; filters are alike by their values."""
    for charge, copy in copied_charges(plan, child):
        yield Bucket(charge.id, None), Bucket(copy.id, None)
        for one, other in like_filters(charge.filters, copy.filters):
            yield Bucket(charge.id, one.id), Bucket(copy.id, other.id)


def copied_charges(plan: Plan, child: Plan) -> Iterator[tuple[Charge, Charge]]:
    """Each charge of the plan that the child has a copy of, with that."""
    copies = {copy.parent_id: copy for copy in child.charges}
    return ((charge, copies[charge.id]) for charge in plan.charges if charge.id in copies)


def copied_fixed_charges(plan: Plan, child: Plan) -> Iterator[tuple[FixedCharge, FixedCharge]]:
    """The same of fixed charges."""
    copies = {copy.parent_id: copy for copy in child.fixed_charges}
    return ((one, copies[one.id]) for one in plan.fixed_charges if one.id in copies)


def like_filters(
    ours: Iterable[ChargeFilter], theirs: Iterable[ChargeFilter]
) -> Iterator[tuple[ChargeFilter, ChargeFilter]]:
    """The filters of two charges that have the same values; each is taken once."""
    left: dict[object, list[ChargeFilter]] = defaultdict(list)
    for other in theirs:
        left[identity(other.values)].append(other)
    for one in ours:
        if same := left[identity(one.values)]:
            yield one, same.pop(0)
