"""Reads of customers. Deleted ones are not found."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, column, exists, func, or_, select, table

from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.metadata_filter import metadata_conditions
from lago.customers.browse import customer_matches
from lago.customers.models import Customer, CustomerMetadata, ViesCheck
from lago.organizations.models import BillingEntity

_BILLED = [table(name, column("customer_id")) for name in ("subscriptions", "invoices", "wallets")]  # of higher slices
_COUPONS = table("applied_coupons", column("customer_id"), column("amount_currency"))


def customer_by_external_id(organization_id: uuid.UUID, external_id: str, *, lock: bool = False) -> Customer | None:
    """The customer of that external id; with `lock` nobody else changes it until the transaction ends."""
    query = _kept(organization_id).where(Customer.external_id == external_id)
    if lock:
        query = query.with_for_update(of=Customer, key_share=True).execution_options(populate_existing=True)
    return db.session.scalar(query)


def next_sequential_id(organization_id: uuid.UUID) -> int:
    """The number after the highest that any customer has had, deleted ones too."""
    highest = select(func.max(Customer.sequential_id)).where(Customer.organization_id == organization_id)
    return (db.session.scalar(highest) or 0) + 1


def has_been_billed(customer: Customer) -> bool:
    """Whether there is a subscription, an invoice, a wallet or a fixed-amount coupon: then the account type is fixed
    (06 §3.1)."""
    rows = [exists().where(t.c.customer_id == customer.id) for t in _BILLED]
    coupon = exists().where(_COUPONS.c.customer_id == customer.id, _COUPONS.c.amount_currency.is_not(None))
    return bool(db.session.scalar(select(or_(*rows, coupon))))


def awaited_checks(customer_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the customers whose VAT numbers are being asked for (04 §7)."""
    query = select(ViesCheck.customer_id).where(
        ViesCheck.customer_id.in_(customer_ids), ViesCheck.status == "pending"
    )
    return set(db.session.scalars(query))


def customers(organization_id: uuid.UUID, filters: Mapping[str, Any]) -> Select[Customer]:
    """Customers, newest first, narrowed by `filters` (the values of `CustomerFilters`).

    Raises NotFound for an unknown code of a billing entity.
    """
    query = _kept(organization_id).order_by(Customer.created_at.desc(), Customer.seq.desc())
    if codes := filters.get("billing_entity_codes"):
        query = query.where(Customer.billing_entity_id.in_(_billing_entities(organization_id, codes)))
    return query.where(*_conditions(filters))


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    equal = {"external_id": Customer.external_id, "customer_type": Customer.customer_type}
    among = {
        "account_type": Customer.account_type, "currencies": Customer.currency, "countries": Customer.country,
        "states": Customer.state, "zipcodes": Customer.zipcode,
    }
    present = {
        "has_customer_type": Customer.customer_type,
        "has_tax_identification_number": func.nullif(Customer.tax_identification_number, ""),
    }
    conditions = [field == filters[name] for name, field in equal.items() if filters.get(name)]
    conditions += [field.in_(filters[name]) for name, field in among.items() if filters.get(name)]
    conditions += [field.is_not(None) == filters[name] for name, field in present.items() if name in filters]
    conditions += metadata_conditions(Customer.id, CustomerMetadata.customer_id, filters.get("metadata", {}))
    if filters.get("search_term"):
        conditions.append(customer_matches(filters["search_term"]))
    return conditions


def _billing_entities(organization_id: uuid.UUID, codes: Sequence[str]) -> Sequence[uuid.UUID]:
    query = select(BillingEntity.id).where(
        BillingEntity.organization_id == organization_id, BillingEntity.code.in_(codes),
        BillingEntity.archived_at.is_(None),
    )
    found = db.session.scalars(query).all()
    if len(found) < len(set(codes)):
        raise NotFound("billing_entity")
    return found


def _kept(organization_id: uuid.UUID) -> Select[Customer]:
    return select(Customer).where(Customer.organization_id == organization_id, Customer.deleted_at.is_(None))
