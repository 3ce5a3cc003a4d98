"""Reads of fees for the API (02 §7.3). Deleted ones are hidden."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import INVALID, INVALID_DATE, parse_moment
from lago.customers.models import Customer
from lago.invoicing.filters import Query
from lago.invoicing.models import Fee, Invoice
from lago.subscriptions.models import Subscription

FEE_TYPES = ("charge", "add_on", "subscription", "credit", "commitment", "fixed_charge")
PAYMENT_STATUSES = ("pending", "succeeded", "failed", "refunded")

_MOMENTS = {name: getattr(Fee, name) for name in ("created_at", "succeeded_at", "failed_at", "refunded_at")}


def fee_by_id(organization_id: uuid.UUID, fee_id: uuid.UUID | None) -> Fee | None:
    return db.session.scalar(visible_fees(organization_id).where(Fee.id == fee_id))


def list_fees(organization_id: uuid.UUID, query: Query) -> Select[Any]:
    """The organization's fees as the URL asks for them, in the order in which they were made. Raises Invalid."""
    found = visible_fees(organization_id).where(*_of_kinds(query), *_of_times(query))
    for name, column in (("event_transaction_id", Fee.event_transaction_id), ("currency", Fee.currency)):
        if value := query.get(name):
            found = found.where(column == (value.upper() if name == "currency" else value))
    if code := query.get("billable_metric_code"):
        metrics = select(BillableMetric.id).where(
            BillableMetric.organization_id == organization_id, BillableMetric.code == code
        )
        found = found.where(Fee.billable_metric_id.in_(metrics))
    subscriptions = list(_of_subscriptions(query))
    if subscriptions:
        of_these = select(Subscription.id).join(Subscription.customer).where(
            Subscription.organization_id == organization_id, *subscriptions
        )
        found = found.where(Fee.subscription_id.in_(of_these))
    return found.order_by(Fee.created_at, Fee.seq)


def self_billed_invoices(fees: Collection[Fee]) -> set[uuid.UUID]:
    """Those of the fees' invoices that are written by their customers."""
    wanted = {fee.invoice_id for fee in fees if fee.invoice_id}
    query = select(Invoice.id).where(Invoice.id.in_(wanted), Invoice.self_billed)
    return set(db.session.scalars(query)) if wanted else set()


def true_ups_of(fees: Collection[Fee]) -> dict[uuid.UUID, uuid.UUID]:
    """The ids of the true-ups of fees, by those of the fees that they hang on."""
    parent = Fee.true_up_parent_fee_id
    query = select(parent, Fee.id).where(parent.in_([fee.id for fee in fees]), Fee.deleted_at.is_(None))
    return {parent_id: fee_id for parent_id, fee_id in db.session.execute(query)}


def visible_fees(organization_id: uuid.UUID) -> Select[Any]:
    """Without purchases of credits whose invoice is not shown before it is paid (05 §1.9)."""
    is_open = exists().where(Invoice.id == Fee.invoice_id, Invoice.status == "open")
    shown = or_(Fee.fee_type != "credit", ~is_open)
    return select(Fee).where(Fee.organization_id == organization_id, Fee.deleted_at.is_(None), shown)


def _of_kinds(query: Query) -> Iterable[ColumnElement[bool]]:
    for name, column, known in (
        ("fee_type", Fee.fee_type, FEE_TYPES), ("payment_status", Fee.payment_status, PAYMENT_STATUSES),
    ):
        if value := query.get(name):
            if value not in known:
                raise Invalid({name: [INVALID]})
            yield column == value


def _of_times(query: Query) -> Iterable[ColumnElement[bool]]:
    for name, column in _MOMENTS.items():
        for end, compare in (("from", column.__ge__), ("to", column.__le__)):
            if text := query.get(f"{name}_{end}"):
                moment = parse_moment(text)
                if moment is None:
                    raise Invalid({f"{name}_{end}": [INVALID_DATE]})
                yield compare(moment)


def _of_subscriptions(query: Query) -> Iterable[ColumnElement[bool]]:
    for name, column in (
        ("external_subscription_id", Subscription.external_id), ("external_customer_id", Customer.external_id),
    ):
        if value := query.get(name):
            yield column == value
