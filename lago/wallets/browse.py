"""What the pages show of wallets."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Float, Integer, Select, case, cast, extract, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.metering.models import Alert
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletConsumption, WalletTransaction

DAY_S = 86400


@dataclass(frozen=True)
class WalletFilter:
    """None: not filtered by it. `search`: a part of the wallet's name or code, or of what names the customer."""

    search: str | None = None
    currency: str | None = None
    status: str | None = None
    customer_id: uuid.UUID | None = None


@dataclass(frozen=True)
class LedgerFilter:
    """None: not filtered by it. `kind`: a transaction's `transaction_status`."""

    kind: str | None = None
    status: str | None = None


def browse_wallets(organization_id: uuid.UUID, chosen: WalletFilter) -> Select[Wallet]:
    """The organization's wallets, the newest first, each with its customer; of one customer in the order in which they
    pay (05 §1.11), ended ones last."""
    query = (
        select(Wallet)
        .join(Wallet.customer)
        .options(contains_eager(Wallet.customer).lazyload("*"), lazyload("*"))
        .where(Wallet.organization_id == organization_id)
    )
    if chosen.search:
        named = (column.icontains(chosen.search, autoescape=True) for column in (Wallet.name, Wallet.code))
        query = query.where(or_(*named, customer_matches(chosen.search)))
    for column, value in ((Wallet.currency, chosen.currency), (Wallet.status, chosen.status)):
        query = query.where(column == value) if value else query
    if chosen.customer_id:
        query = query.where(Wallet.customer_id == chosen.customer_id)
        return query.order_by(Wallet.status, Wallet.priority, Wallet.created_at, Wallet.seq)
    return query.order_by(Wallet.created_at.desc(), Wallet.seq.desc())


def wallets_by_id(wallet_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Wallet]:
    """These wallets with their customers."""
    query = select(Wallet).join(Wallet.customer).options(
        contains_eager(Wallet.customer).lazyload("*"), lazyload("*")
    )
    return {wallet.id: wallet for wallet in db.session.scalars(query.where(Wallet.id.in_(wallet_ids)))}


def find_wallet(organization_id: uuid.UUID, wallet_id: uuid.UUID) -> Wallet | None:
    """A wallet of the organization, active or not."""
    query = select(Wallet).where(Wallet.organization_id == organization_id, Wallet.id == wallet_id)
    return db.session.scalar(query)


def find_rule(wallet: Wallet, rule_id: uuid.UUID) -> RecurringTransactionRule | None:
    """An active rule of the wallet."""
    return next((rule for rule in wallet.rules if rule.id == rule_id), None)


def currencies_of_wallets(organization_id: uuid.UUID) -> list[str]:
    """The currencies of the organization's wallets, in alphabetical order."""
    query = select(Wallet.currency).where(Wallet.organization_id == organization_id)
    return list(db.session.scalars(query.distinct().order_by(Wallet.currency)))


def ledger_of(wallet: Wallet, chosen: LedgerFilter) -> Select[WalletTransaction]:
    """The transactions of a wallet, the newest first."""
    query = select(WalletTransaction).options(lazyload("*")).where(WalletTransaction.wallet_id == wallet.id)
    for column, value in (
        (WalletTransaction.transaction_status, chosen.kind), (WalletTransaction.status, chosen.status),
    ):
        query = query.where(column == value) if value else query
    return query.order_by(WalletTransaction.created_at.desc(), WalletTransaction.seq.desc())


def find_wallet_transaction(wallet: Wallet, transaction_id: uuid.UUID) -> WalletTransaction | None:
    """A transaction of the wallet."""
    query = select(WalletTransaction).where(
        WalletTransaction.wallet_id == wallet.id, WalletTransaction.id == transaction_id
    )
    return db.session.scalar(query)


def counterparts_of(transaction: WalletTransaction) -> Select[WalletConsumption]:
    """What has used up incoming credits, or what an outgoing transaction was taken from (05 §1.14), the latest first.

    Each comes with the transaction on the other side.
    """
    inbound = transaction.transaction_type == "inbound"
    own, other = WalletConsumption.inbound_id, WalletConsumption.outbound
    if not inbound:
        own, other = WalletConsumption.outbound_id, WalletConsumption.inbound
    return (
        select(WalletConsumption)
        .join(other)
        .options(contains_eager(other).lazyload("*"))
        .where(own == transaction.id)
        .order_by(WalletConsumption.created_at.desc(), WalletConsumption.seq.desc())
    )


def pending_cents(wallet: Wallet) -> int:
    """What has been ordered and is not paid yet."""
    query = select(func.coalesce(func.sum(WalletTransaction.amount_cents), 0)).where(
        WalletTransaction.wallet_id == wallet.id, WalletTransaction.status == "pending"
    )
    return int(db.session.scalar(query) or 0)


def taken_for(invoice_id: uuid.UUID) -> list[WalletTransaction]:
    """What wallets have paid of an invoice, in the order in which it was taken, each with its wallet."""
    query = (
        select(WalletTransaction)
        .join(WalletTransaction.wallet)
        .options(contains_eager(WalletTransaction.wallet).lazyload("*"), lazyload("*"))
        .where(WalletTransaction.invoice_id == invoice_id, WalletTransaction.transaction_status == "invoiced")
        .order_by(WalletTransaction.seq)
    )
    return list(db.session.scalars(query))


def bought_by(invoice_id: uuid.UUID) -> WalletTransaction | None:
    """The purchase of credits that an invoice is about, with its wallet."""
    query = (
        select(WalletTransaction)
        .join(WalletTransaction.wallet)
        .options(contains_eager(WalletTransaction.wallet).lazyload("*"), lazyload("*"))
        .where(WalletTransaction.invoice_id == invoice_id, WalletTransaction.transaction_status == "purchased")
    )
    return db.session.scalars(query).first()


def balance_course(wallet: Wallet, first: date, days: int) -> list[tuple[int, int]]:
    """The balance in cents after each step in which it moved: the number of the step, and that balance, ascending.

    A step is `days` days of UTC, the first one (0) begins with `first`, and has all that was before, too. One
    statement, which reads the ledger of the wallet once.
    """
    since = datetime.combine(first, time.min, UTC)
    seconds = cast(extract("epoch", WalletTransaction.settled_at - since), Float)
    step = func.greatest(cast(func.floor(seconds / (days * DAY_S)), Integer), 0).label("step")
    moved = func.sum(signed_cents())
    query = (
        select(step, func.sum(moved).over(order_by=step))
        .where(WalletTransaction.wallet_id == wallet.id, WalletTransaction.status == "settled")
        .group_by(step)
        .order_by(step)
    )
    return [(int(number), int(balance)) for number, balance in db.session.execute(query)]


def signed_cents() -> ColumnElement[int]:
    """What a transaction adds to the balance, or takes from it."""
    incoming = WalletTransaction.transaction_type == "inbound"
    return case((incoming, WalletTransaction.amount_cents), else_=-WalletTransaction.amount_cents)


def course_steps(begun: date, today: date, least: int, most: int) -> tuple[date, int, int]:
    """How the days from `begun` to `today` are cut into steps: the first day, days of a step, and number of steps.

    No fewer than `least` days are shown, and no more than `most` steps; the last one ends today.
    """
    length = max((today - begun).days + 1, least)
    days = -(-length // most)
    count = -(-length // days)
    return today - timedelta(days=days * count - 1), days, count


def alerts_on(wallet: Wallet) -> list[Alert]:
    """The alerts on the wallet's balances, the oldest first (05 §1.16)."""
    query = select(Alert).where(Alert.wallet_id == wallet.id, Alert.deleted_at.is_(None)).order_by(Alert.seq)
    return list(db.session.scalars(query))


def find_wallet_alert(wallet: Wallet, alert_id: uuid.UUID) -> Alert | None:
    """An alert on the wallet's balances."""
    return next((alert for alert in alerts_on(wallet) if alert.id == alert_id), None)
