"""Dunning campaigns, whom they apply to, and what customers are asked for by them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.organizations.models import Organization
from lago.organizations.queries import default_billing_entity
from lago.payments.dunning.apply import apply_to_customer, apply_to_entity
from lago.payments.dunning.create import create_campaign
from lago.payments.models import CustomerDunning, DunningCampaign
from tests.builders.organizations import Account


@contextmanager
def as_of(owner: Account) -> Iterator[Organization]:
    """A unit of work of the organization, by its clock."""
    with transaction():
        organization = db.session.get_one(Organization, owner.organization.id, populate_existing=True)
        with clock.of(organization.clock_now):
            yield organization


def a_campaign(owner: Account, code: str = "firm", *, eur: int = 5000, **fields: Any) -> DunningCampaign:
    """Every 7 days, three times, from 50.00 EUR on, unless said otherwise."""
    values = {
        "name": code, "code": code, "max_attempts": 3, "days_between_attempts": 7,
        "thresholds": [{"currency": "EUR", "amount_cents": eur}], **fields,
    }
    with as_of(owner) as organization:
        return create_campaign(organization.id, values)


def for_all(owner: Account, campaign: DunningCampaign | None) -> None:
    """Makes it the campaign of the default billing entity."""
    with as_of(owner) as organization:
        apply_to_entity(default_billing_entity(organization.id), campaign)


def for_one(
    owner: Account, campaign: DunningCampaign | None, name: str = "acme", *, excluded: bool = False
) -> None:
    """Makes it a customer's own."""
    with as_of(owner):
        apply_to_customer(the_customer(owner, name), campaign, excluded=excluded)


def the_customer(owner: Account, name: str = "acme") -> Customer:
    found = customer_by_external_id(owner.organization.id, name)
    assert found is not None
    return found


def state(owner: Account, name: str = "acme") -> CustomerDunning | None:
    """Where the customer's dunning stands."""
    query = select(CustomerDunning).where(CustomerDunning.customer_id == the_customer(owner, name).id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def attempts(owner: Account, name: str = "acme") -> dict[str, int]:
    """How often the customer was asked, by currency."""
    found = state(owner, name)
    return dict(found.attempts) if found else {}


def asked(owner: Account, **filters: Any) -> list[tuple[str, int, int]]:
    """The payment requests, the oldest first: when, how much, for how many invoices."""
    rows = owner.get("/payment_requests", **filters)["payment_requests"]
    return [(row["created_at"], row["amount_cents"], len(row["invoices"])) for row in reversed(rows)]
