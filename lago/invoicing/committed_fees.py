"""The fees of subscriptions by their kinds and windows, as minimum commitments count them (02 §9)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Row, Select, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from lago.catalog.models import Charge, FixedCharge
from lago.core.db import db
from lago.core.given_rows import given_rows
from lago.invoicing.fee_columns import as_text
from lago.invoicing.models import Fee


class Kind(StrEnum):
    """What a fee is for. EVENT: made with its event, or by itself without an invoice; RENEWAL: of units in advance."""

    SUBSCRIPTION = "subscription"
    USAGE = "usage"
    EVENT = "event"
    RENEWAL = "renewal"
    FIXED = "fixed"
    FIXED_AHEAD = "fixed_ahead"


COUNTED = ("subscription", "charge", "fixed_charge")

Window = tuple[datetime | None, datetime | None]

_BOUNDS = tuple(f"{part}{end}_datetime" for part in ("", "charges_", "fixed_charges_") for end in ("from", "to"))


@dataclass(frozen=True)
class CountedFee:
    """Fees of one kind and with the same windows, added up, before coupons and taxes.

    The windows are those of the line that they were made with: `time` that of the subscription fee, `usage`, and
    `fixed`. `own`: they are of the line that is being made.
    """

    kind: Kind
    own: bool
    amount_cents: int
    precise_amount_cents: Decimal
    time: Window
    usage: Window
    fixed: Window


def own_fees(fees: Iterable[Fee]) -> list[CountedFee]:
    """The fees that are being made for a line."""
    return [_own(fee) for fee in fees if fee.fee_type in COUNTED]


def stored_fees(since: Mapping[uuid.UUID, datetime]) -> dict[uuid.UUID, list[CountedFee]]:
    """The fees of subscriptions that were made from these moments on, by the ids of the subscriptions. One query."""
    found: dict[uuid.UUID, list[CountedFee]] = defaultdict(list)
    for row in db.session.execute(_sums(since)):
        found[row.subscription_id].append(_stored(row))
    return found


def previous_starts(own: Mapping[uuid.UUID, datetime]) -> dict[uuid.UUID, datetime]:
    """From when on the latest subscription fee of each subscription was that is not for later than its own line, which
    begins at the moment given; those without one are left out. One query."""
    given = [(key, as_text(starts)) for key, starts in own.items()]
    line = given_rows("line", {"subscription_id": Uuid, "starts": Text}, given)
    starts = Fee.properties["from_datetime"].astext
    query = (
        select(Fee.subscription_id, starts)
        .join(line, line.c.subscription_id == Fee.subscription_id)
        .where(Fee.fee_type == "subscription", Fee.deleted_at.is_(None), starts <= line.c.starts)
        .ext(distinct_on(Fee.subscription_id))
        .order_by(Fee.subscription_id, starts.desc())
    )
    return {row[0]: datetime.fromisoformat(row[1]) for row in db.session.execute(query)}


def _sums(since: Mapping[uuid.UUID, datetime]) -> Select[Any]:
    line = given_rows("line", {"subscription_id": Uuid, "since": DateTime(timezone=True)}, since.items())
    kind = (
        Fee.subscription_id, Fee.fee_type, Fee.pay_in_advance.label("flag"),
        func.coalesce(Charge.pay_in_advance, FixedCharge.pay_in_advance, False).label("in_advance"),
        *(Fee.properties[name].astext.label(name) for name in _BOUNDS),
    )
    return (
        select(
            *kind, func.sum(Fee.amount_cents).label("cents"), func.sum(Fee.precise_amount_cents).label("precise")
        )
        .join(line, line.c.subscription_id == Fee.subscription_id)
        .outerjoin(Charge, Charge.id == Fee.charge_id)
        .outerjoin(FixedCharge, FixedCharge.id == Fee.fixed_charge_id)
        .where(Fee.fee_type.in_(COUNTED), Fee.deleted_at.is_(None), Fee.created_at >= line.c.since)
        .group_by(Fee.subscription_id, Fee.fee_type, "flag", "in_advance", *_BOUNDS)
    )


def _stored(row: Row[Any]) -> CountedFee:
    return CountedFee(
        _kind(row.fee_type, row.in_advance, row.flag), False, int(row.cents), row.precise, *_windows(row._mapping)
    )


def _own(fee: Fee) -> CountedFee:
    source = fee.charge or fee.fixed_charge
    in_advance = source.pay_in_advance if source else False
    kind = _kind(fee.fee_type, in_advance, fee.pay_in_advance)
    return CountedFee(kind, True, fee.amount_cents, fee.precise_amount_cents, *_windows(fee.properties))


def _kind(fee_type: str, in_advance: bool, flag: bool) -> Kind:
    if fee_type == "subscription":
        return Kind.SUBSCRIPTION
    if fee_type == "fixed_charge":
        return Kind.FIXED_AHEAD if in_advance else Kind.FIXED
    if not in_advance:
        return Kind.USAGE
    return Kind.EVENT if flag else Kind.RENEWAL


def _windows(texts: Mapping[Any, Any]) -> tuple[Window, Window, Window]:
    time_from, time_to, usage_from, usage_to, fixed_from, fixed_to = (
        datetime.fromisoformat(texts[name]) if texts.get(name) else None for name in _BOUNDS
    )
    return (time_from, time_to), (usage_from, usage_to), (fixed_from, fixed_to)
