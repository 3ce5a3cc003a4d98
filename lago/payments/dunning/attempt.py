"""The next attempt of a customer's campaign: asks for what is overdue, currency by currency (05 §2.6)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.payments.dunning.look import LEAST, PARTNER, applied_campaign_of
from lago.payments.models import CustomerDunning, DunningCampaign
from lago.payments.requests.add import add_request


def attempt(customer_ids: Sequence[uuid.UUID]) -> None:
    """Looks at customers whose moment has come, and are locked: makes the payment requests that their campaigns want,
    and says when to look next."""
    rows = _rows(customer_ids)
    customers = _customers(customer_ids)
    campaigns = _campaigns(customers.values())
    late = _late_invoices(customer_ids)
    for row in rows:
        customer = customers[row.customer_id]
        row.due_at = None
        if (campaign := campaigns.get(applied_campaign_of(customer))) and is_dunned(customer):
            _attempt(row, customer, campaign, late[customer.id])
    db.session.flush()


def is_dunned(customer: Customer) -> bool:
    """Whether campaigns may apply to the customer at all."""
    gone = customer.deleted_at is not None
    return not gone and not customer.exclude_from_dunning_campaign and customer.account_type != PARTNER


def totals_of(invoices: Iterable[Invoice]) -> dict[str, int]:
    """Cents by currency: of the totals, not of what is due (05 §2.11)."""
    totals: dict[str, int] = defaultdict(int)
    for invoice in invoices:
        totals[invoice.currency] += invoice.total_amount_cents
    return totals


def _attempt(
    row: CustomerDunning, customer: Customer, campaign: DunningCampaign, late: Sequence[Invoice]
) -> None:
    """One attempt, unless it is too early or nothing reaches its threshold."""
    between = timedelta(days=campaign.days_between_attempts)
    if row.last_attempt_at is not None and clock.now() <= row.last_attempt_at + between:
        row.due_at = row.last_attempt_at + between + LEAST
        return
    if not (selected := _open(row, campaign, late)):
        return
    row.attempts = {**row.attempts, **{one: row.attempts.get(one, 0) + 1 for one in selected}}
    row.last_attempt_at = clock.now()
    row.due_at = clock.now() + between + LEAST if _open(row, campaign, late) else None
    ready = [invoice for invoice in late if invoice.ready_for_payment_processing]
    for currency in [one for one in _reached(campaign, ready) if one in selected]:
        _ask(customer, campaign, [invoice for invoice in ready if invoice.currency == currency])
    if all(count >= campaign.max_attempts for count in row.attempts.values()):
        announce("dunning_campaign.finished", row)


def _open(row: CustomerDunning, campaign: DunningCampaign, late: Iterable[Invoice]) -> list[str]:
    """The currencies that can be asked for: enough is overdue, and attempts are left."""
    return [one for one in _reached(campaign, late) if row.attempts.get(one, 0) < campaign.max_attempts]


def _reached(campaign: DunningCampaign, invoices: Iterable[Invoice]) -> list[str]:
    """The currencies in which the invoices reach the campaign's threshold, in the order of the thresholds."""
    totals = totals_of(invoices)
    return [one.currency for one in campaign.thresholds if one.currency in totals
            and one.amount_cents <= totals[one.currency]]


def _ask(customer: Customer, campaign: DunningCampaign, invoices: Sequence[Invoice]) -> None:
    """One payment request for each billing entity."""
    by_entity: dict[uuid.UUID, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_entity[invoice.billing_entity_id].append(invoice)
    for of_entity in by_entity.values():
        add_request(customer, of_entity, email=customer.email, campaign=campaign)


def _rows(customer_ids: Sequence[uuid.UUID]) -> Sequence[CustomerDunning]:
    """Locked: changes of campaigns, which lock no customers, clear them."""
    query = select(CustomerDunning).where(CustomerDunning.customer_id.in_(customer_ids))
    query = query.order_by(CustomerDunning.customer_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _customers(customer_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Customer]:
    query = select(Customer).where(Customer.id.in_(customer_ids)).execution_options(populate_existing=True)
    return {customer.id: customer for customer in db.session.scalars(query)}


def _campaigns(customers: Iterable[Customer]) -> Mapping[uuid.UUID | None, DunningCampaign]:
    """The campaigns that apply to the customers, by id."""
    wanted = {applied_campaign_of(customer) for customer in customers}
    query = select(DunningCampaign).where(DunningCampaign.id.in_(wanted), DunningCampaign.deleted_at.is_(None))
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {campaign.id: campaign for campaign in found}


def _late_invoices(customer_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Invoice]]:
    """What counts for dunning, by customer, the oldest first."""
    query = select(Invoice).where(
        Invoice.customer_id.in_(customer_ids), Invoice.payment_overdue, Invoice.self_billed.is_(False)
    )
    found: dict[uuid.UUID, list[Invoice]] = defaultdict(list)
    for invoice in db.session.scalars(query.order_by(Invoice.issuing_date, Invoice.seq)):
        found[invoice.customer_id].append(invoice)
    return found
