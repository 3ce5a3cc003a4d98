"""Fees that stand by themselves and were reported paid, collected on invoices that are paid already (02 §6.4)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Uuid, func, literal, or_, select, tuple_, update

from lago.catalog.models import Charge
from lago.core import clock
from lago.core.db import db
from lago.core.fields import iso_milliseconds
from lago.core.given_rows import given_rows
from lago.core.outbox import enqueue
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.finalize import finalize
from lago.invoicing.history import History
from lago.invoicing.make import compose, entity_of
from lago.invoicing.models import ADVANCE_CHARGES, IN_ADVANCE_CHARGE_PERIODIC, Fee, FeeTax, Invoice, InvoiceTax
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice

Group = Sequence[BilledSubscription]
"""What is billed together: one or more subscriptions of a customer."""

Owner = tuple[uuid.UUID, str]
"""A customer and an external subscription id, under which one subscription may follow another."""

_OWNER = tuple_(Subscription.customer_id, Subscription.external_id)
_TAX = (
    FeeTax.organization_id, FeeTax.tax_id, FeeTax.tax_name, FeeTax.tax_code, FeeTax.tax_rate, FeeTax.tax_description
)


def regroup_paid_fees(groups: Sequence[Group]) -> list[Invoice]:
    """Collects what was paid up to now of the subscriptions that are being billed, and of those before them under the
    same external ids. Their customers are locked.

    One invoice for each purchase order number, also currency and billing entity, of a group; none where nothing was
    paid, or where no plan of the group asks for it. Fees stay locked to the commit, so that nobody reports them unpaid
    meanwhile. As many statements for many groups as for one.
    """
    regrouping = _regrouping(groups)
    if not regrouping:
        return []
    paid = _paid(regrouping)
    invoices = [_invoice(*one) for one in _by_invoice(_subscriptions_with(paid), regrouping)]
    if invoices:
        db.session.add_all(invoices)
        db.session.flush()
        _attach(invoices, paid)
        _add_up(invoices)
        _finalize(invoices)
    return invoices


def _regrouping(groups: Sequence[Group]) -> list[Group]:
    """The groups of which any plan has a charge that asks for it; then all their fees are taken (02 §6.4-2)."""
    asking = (
        Charge.pay_in_advance, ~Charge.invoiceable, Charge.regroup_paid_fees == "invoice", Charge.deleted_at.is_(None)
    )
    query = (
        select(Subscription.customer_id, Subscription.external_id)
        .join(Charge, Charge.plan_id == Subscription.plan_id)
        .where(*_of(groups), *asking)
    )
    found = {(row[0], row[1]) for row in db.session.execute(query.distinct())} if groups else set()
    return [group for group in groups if not found.isdisjoint(_owners(group))]


def _of(groups: Sequence[Group]) -> tuple[ColumnElement[bool], ...]:
    """The subscriptions under the external ids of the groups that have begun."""
    owners = [owner for group in groups for owner in _owners(group)]
    return _OWNER.in_(owners), Subscription.status.in_(("active", "terminated"))


def _owners(group: Group) -> list[Owner]:
    return [(one.subscription.customer_id, one.subscription.external_id) for one in group]


def _paid(groups: Sequence[Group]) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the fees that are taken, joined to their subscriptions.

    Those for a period that is not over yet are left for its end, unless a subscription of the group has ended or is
    to be followed by another one.
    """
    ends, now = Fee.properties["charges_to_datetime"].astext, clock.now()
    followed = _followed(groups)
    changing = [owner for group in groups if _is_changing(group, followed) for owner in _owners(group)]
    return (
        Fee.subscription_id == Subscription.id, *_of(groups), Fee.invoice_id.is_(None), Fee.deleted_at.is_(None),
        Fee.payment_status == literal("succeeded", literal_execute=True),  # said in full, as in the index
        Fee.succeeded_at <= now, or_(ends.is_(None), ends <= iso_milliseconds(now), _OWNER.in_(changing)),
    )


def _is_changing(group: Group, followed: Collection[uuid.UUID | None]) -> bool:
    return any(one.subscription.status != "active" or one.subscription.id in followed for one in group)


def _followed(groups: Sequence[Group]) -> Collection[uuid.UUID | None]:
    """Those of the subscriptions after which another one is to come."""
    billed = [one.subscription for group in groups for one in group]
    query = select(Subscription.previous_subscription_id).where(
        Subscription.customer_id.in_({one.customer_id for one in billed}),
        Subscription.previous_subscription_id.in_([one.id for one in billed]),
        Subscription.status.in_(("pending", "incomplete")),
    )
    return set(db.session.scalars(query))


def _subscriptions_with(paid: Sequence[ColumnElement[bool]]) -> Sequence[Subscription]:
    """Those that have such fees, oldest first. The fees are locked."""
    fees = select(Fee.subscription_id).where(*paid).with_for_update(of=Fee).subquery()
    ids = db.session.scalars(select(fees.c.subscription_id).distinct()).all()
    if not ids:
        return []
    return db.session.scalars(select(Subscription).where(Subscription.id.in_(ids)).order_by(Subscription.seq)).all()


def _by_invoice(
    subscriptions: Sequence[Subscription], groups: Sequence[Group]
) -> Iterator[tuple[list[Subscription], Group]]:
    """The subscriptions that share an invoice, and the group that they are of."""
    group_of = {owner: number for number, group in enumerate(groups) for owner in _owners(group)}
    shared: dict[tuple[Any, ...], list[Subscription]] = defaultdict(list)
    for one in subscriptions:
        number = group_of[one.customer_id, one.external_id]
        order = one.purchase_order_number or ""
        shared[number, order, one.plan.amount_currency, entity_of(one).id].append(one)
    for key, some in shared.items():
        yield some, groups[key[0]]


def _invoice(subscriptions: Sequence[Subscription], group: Group) -> Invoice:
    """An invoice for these subscriptions, without fees and amounts yet. It shows the usage window that is being billed
    of the latest started one, for the subscription fee too (02 §6.4-3)."""
    latest = max(group, key=lambda one: (one.subscription.started_at or clock.now(), one.subscription.seq)).windows
    starts, ends = latest.charges_from_datetime, latest.charges_to_datetime
    shown = Windows(clock.now(), starts, ends, starts, ends)
    lines = [BilledSubscription(one, shown, IN_ADVANCE_CHARGE_PERIODIC, History()) for one in subscriptions]
    invoice = compose(lines, [], clock.now(), TaxChoice())
    invoice.invoice_type = ADVANCE_CHARGES
    return invoice


def _attach(invoices: Sequence[Invoice], paid: Sequence[ColumnElement[bool]]) -> None:
    """Puts the fees on the invoices of their subscriptions."""
    lines = [(line.subscription_id, invoice.id) for invoice in invoices for line in invoice.invoice_subscriptions]
    target = given_rows("target", {"subscription_id": Uuid, "invoice_id": Uuid}, lines)
    statement = update(Fee).where(*paid, Fee.subscription_id == target.c.subscription_id)
    statement = statement.values(invoice_id=target.c.invoice_id)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _add_up(invoices: Sequence[Invoice]) -> None:
    """Amounts and taxes are what the fees carry: nothing is computed anew (04 §5)."""
    by_id = {invoice.id: invoice for invoice in invoices}
    of_these, cents = Fee.invoice_id.in_(by_id), func.sum(Fee.amount_cents)
    sums = select(Fee.invoice_id, cents, func.sum(Fee.taxes_amount_cents)).where(of_these).group_by(Fee.invoice_id)
    for invoice_id, amount, taxes in db.session.execute(sums):
        _put_amounts(by_id[invoice_id], int(amount), int(taxes))
    query = select(Fee.invoice_id, *_TAX, func.sum(FeeTax.amount_cents).label("amount_cents"), cents.label("base"))
    query = query.join(FeeTax, FeeTax.fee_id == Fee.id).where(of_these).group_by(Fee.invoice_id, *_TAX)
    for row in db.session.execute(query.order_by(func.min(FeeTax.seq))):
        copied = {name.key: row._mapping[name.key] for name in _TAX}
        tax = InvoiceTax(**copied, amount_cents=int(row.amount_cents), fees_amount_cents=int(row.base))
        by_id[row.invoice_id].applied_taxes.append(tax)


def _put_amounts(invoice: Invoice, fees: int, taxes: int) -> None:
    invoice.fees_amount_cents = invoice.sub_total_excluding_taxes_amount_cents = fees
    invoice.taxes_amount_cents = taxes
    invoice.sub_total_including_taxes_amount_cents = invoice.total_amount_cents = fees + taxes
    invoice.total_paid_amount_cents = fees + taxes


def _finalize(invoices: Sequence[Invoice]) -> None:
    """They are born paid, and the payment is recorded (04 §1.3, 05 §2.2)."""
    finalize(invoices)
    for invoice in invoices:
        db.session.expire(invoice, ["fees"])  # they were put on it behind its back
        if invoice.total_amount_cents:
            enqueue("payments.record_regrouped", organization_id=invoice.organization_id, invoice_id=invoice.id)
