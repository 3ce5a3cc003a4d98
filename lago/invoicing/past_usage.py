"""Past usage: what was used by the invoices of a subscription (01 §4.3)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from lago.catalog.models import BillableMetric, Charge
from lago.catalog.queries import billable_metric_by_code
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.fields import MANDATORY
from lago.core.pagination import Page, paginate
from lago.customers.models import Customer
from lago.invoicing.models import Fee, Invoice, InvoiceSubscription
from lago.invoicing.unit_details import shown_in_units
from lago.metering.usage_totals import Breakdown, PeriodUsage, UsageFee
from lago.subscriptions.models import Subscription

ZERO = Decimal(0)


@dataclass(frozen=True)
class PastUsageRequest:
    """Whose usage is asked for, by external ids; `metric_code`: only that of charges on the metric."""

    external_customer_id: str
    external_subscription_id: str
    metric_code: str | None = None


def past_usage(
    organization_id: uuid.UUID, request: PastUsageRequest, page: str | None = None, per_page: str | None = None
) -> Page:
    """A page of periods, the latest first: one for each link of an invoice to the subscription with a usage window.

    Amounts are those of the whole invoice. An unknown customer has no periods. Raises Invalid where no subscription is
    named, NotFound for an unknown metric. As many queries for a full page as for one period.
    """
    if not request.external_subscription_id.strip():
        raise Invalid({"external_subscription_id": [MANDATORY]})
    if request.metric_code and billable_metric_by_code(organization_id, request.metric_code) is None:
        raise NotFound("billable_metric")
    found = paginate(_links(organization_id, request), page, per_page)
    ids = {link.invoice_id for link in found.items}
    invoices, fees = _invoices(ids), _fees(ids, request)
    return replace(
        found, items=[_period(link, invoices[link.invoice_id], fees[link.invoice_id]) for link in found.items]
    )


def _links(organization_id: uuid.UUID, request: PastUsageRequest) -> Select[Any]:
    return (
        select(InvoiceSubscription)
        .join(Subscription, Subscription.id == InvoiceSubscription.subscription_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(
            Customer.organization_id == organization_id, Customer.deleted_at.is_(None),
            Customer.external_id == request.external_customer_id,
            Subscription.external_id == request.external_subscription_id,
            InvoiceSubscription.charges_from_datetime.is_not(None),
        )
        .options(lazyload(InvoiceSubscription.subscription))
        .order_by(
            InvoiceSubscription.charges_from_datetime.desc(), InvoiceSubscription.created_at.desc(),
            InvoiceSubscription.seq.desc(),
        )
    )


def _invoices(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Row[Any]]:
    """Of each invoice its date, its currency, and the cents of all its fees and of their taxes."""
    query = (
        select(
            Invoice.id, Invoice.issuing_date, Invoice.currency,
            func.coalesce(func.sum(Fee.amount_cents), 0).label("amount_cents"),
            func.coalesce(func.sum(Fee.taxes_amount_cents), 0).label("taxes_amount_cents"),
        )
        .outerjoin(Fee, and_(Fee.invoice_id == Invoice.id, Fee.deleted_at.is_(None)))
        .where(Invoice.id.in_(ids))
        .group_by(Invoice.id)
    )
    return {row.id: row for row in db.session.execute(query)}


def _fees(ids: Collection[uuid.UUID], request: PastUsageRequest) -> dict[uuid.UUID, list[Fee]]:
    """The usage fees of each invoice for subscriptions of that external id, in the order of the document."""
    charge = selectinload(Fee.charge)
    query = (
        select(Fee)
        .join(Subscription, Subscription.id == Fee.subscription_id)
        .join(BillableMetric, BillableMetric.id == Fee.billable_metric_id)
        .where(
            Fee.invoice_id.in_(ids), Fee.fee_type == "charge", Fee.deleted_at.is_(None),
            Subscription.external_id == request.external_subscription_id,
        )
        .options(
            lazyload(Fee.subscription), lazyload(Fee.applied_taxes), lazyload(Fee.billable_metric),
            charge.lazyload(Charge.taxes), charge.options(joinedload(Charge.billable_metric)),
        )
        .order_by(func.lower(BillableMetric.name), Fee.seq)
    )
    if request.metric_code:
        query = query.where(BillableMetric.code == request.metric_code)
    fees: dict[uuid.UUID, list[Fee]] = defaultdict(list)
    for fee in db.session.scalars(query):
        if fee.invoice_id:
            fees[fee.invoice_id].append(fee)
    return fees


def _period(link: InvoiceSubscription, invoice: Row[Any], fees: Sequence[Fee]) -> PeriodUsage:
    assert link.charges_from_datetime and link.charges_to_datetime  # both or none
    return PeriodUsage(
        link.charges_from_datetime, link.charges_to_datetime, invoice.issuing_date, invoice.currency,
        tuple(_shown(fee) for fee in fees), int(invoice.amount_cents), int(invoice.taxes_amount_cents), invoice.id,
    )


def _shown(fee: Fee) -> UsageFee:
    """The fee as usage; a true-up costs, but counts nothing."""
    assert fee.charge  # as every fee for usage has one
    if fee.true_up_parent_fee_id:
        return UsageFee(fee.charge, None, fee.grouped_by, ZERO, ZERO, 0, fee.amount_cents, in_units=shown_in_units(fee))
    total = fee.units if fee.total_aggregated_units is None else fee.total_aggregated_units
    return UsageFee(
        fee.charge, fee.charge_filter, fee.grouped_by, fee.units, total, fee.events_count or 0, fee.amount_cents,
        tuple(Breakdown(one["presentation_by"], Decimal(str(one["units"]))) for one in fee.presentation_breakdowns),
        in_units=shown_in_units(fee),
    )
