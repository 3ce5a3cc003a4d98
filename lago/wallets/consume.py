"""Which incoming credits outgoing ones use up (05 §1.14)."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.core.errors import Invalid
from lago.wallets.models import WalletConsumption, WalletTransaction

_GRANTED_FIRST = case((WalletTransaction.transaction_status == "granted", 0), else_=1)


def consume(outbounds: Sequence[WalletTransaction]) -> None:
    """Takes the cents of outgoing transactions, that are yet to be stored, of traceable wallets, whose customers are
    locked, from incoming ones: by priority, granted before purchased, the oldest first. One query for all, which reads
    no more than is used.

    Raises Invalid where the credits of a wallet do not reach.
    """
    traced = [one for one in outbounds if one.wallet.traceable]
    needed: Counter[uuid.UUID] = Counter()
    for one in traced:
        needed[one.wallet_id] += one.amount_cents
    sources = _sources(needed) if traced else {}
    for outbound in traced:
        if _draw(outbound, sources.get(outbound.wallet_id, ())):
            raise Invalid({"amount_cents": ["exceeds_available_amount"]})


def consume_from(outbound: WalletTransaction, inbound: WalletTransaction) -> None:
    """The same, from that incoming transaction alone. Raises Invalid where it does not reach."""
    if outbound.wallet.traceable and _draw(outbound, [inbound]):
        raise Invalid({"amount_cents": ["exceeds_remaining_transaction_amount"]})


def _sources(needed: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, list[WalletTransaction]]:
    """What wallets have left of which so many cents are needed, each in its order, as it is under the lock."""
    found: dict[uuid.UUID, list[WalletTransaction]] = defaultdict(list)
    for inbound in db.session.scalars(_open(needed).execution_options(populate_existing=True)):
        found[inbound.wallet_id].append(inbound)
    return found


def _open(needed: Mapping[uuid.UUID, int]) -> Select[WalletTransaction]:
    """Those before which less lies than is needed."""
    row = WalletTransaction
    order = (row.priority, _GRANTED_FIRST, row.created_at, row.seq)
    through = func.sum(row.remaining_amount_cents).over(partition_by=row.wallet_id, order_by=order)
    before = (through - row.remaining_amount_cents).label("before")
    ranked = select(row.id, before).where(row.wallet_id.in_(needed), row.remaining_amount_cents > 0).subquery()
    is_used = ranked.c.before < case(dict(needed), value=row.wallet_id)
    return select(row).join(ranked, ranked.c.id == row.id).where(is_used).order_by(*order).options(lazyload("*"))


def _draw(outbound: WalletTransaction, inbounds: Iterable[WalletTransaction]) -> int:
    """Takes what there is, and returns the cents that are missing."""
    left = outbound.amount_cents
    for inbound in inbounds:
        cents = min(left, inbound.remaining_amount_cents or 0)
        if cents:
            _record(inbound, outbound, cents)
            left -= cents
    return left


def _record(inbound: WalletTransaction, outbound: WalletTransaction, cents: int) -> None:
    assert inbound.remaining_amount_cents is not None
    inbound.remaining_amount_cents -= cents
    db.session.add(
        WalletConsumption(
            organization_id=outbound.organization_id, inbound_id=inbound.id, outbound_id=outbound.id,
            amount_cents=cents,
        )
    )
