"""What stories of progressive billing start from, and what they look at."""

from typing import Any

from lago.core.db import db
from lago.invoicing.models import CreditNote
from tests.builders.organizations import Account
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

FIXED = [{"amount_cents": 5000}, {"amount_cents": 20000}]
BOTH = [*FIXED, {"amount_cents": 10000, "recurring": True}]
NO_FEES = {"amount_cents": 0}


def start(account: Account, thresholds: list[Any], *charges: Any, grace: int = 0, **fields: Any) -> dict[str, Any]:
    """`acme` from 1 January 2024: no subscription fee, and one EUR for each unit of `api`."""
    account.at("2024-01-01T00:00:00Z")
    api = metric(account, "api", "sum_agg", field_name="total")
    fields = {**NO_FEES, **fields}
    plan(account, charges=[standard(api, "1"), *charges], usage_thresholds=thresholds, **fields)
    customer(account, billing_configuration={"invoice_grace_period": grace})
    subscribe(account)
    return api


def taxed(account: Account) -> None:
    """20 % on everything."""
    account.post("/taxes", {"tax": {"name": "vat", "code": "vat", "rate": "20", "applied_to_organization": True}})


def used(account: Account, day: int, *units: int, code: str = "api", month: int = 1) -> None:
    """So many units on a day, each by an event; the clock moves on by a second."""
    account.at(f"2024-{month:02}-{day:02}T00:00:00Z")
    for one in units:
        use(account, code, properties={"total": one})
    account.at(f"2024-{month:02}-{day:02}T00:00:01Z")


def progressive(account: Account) -> list[dict[str, Any]]:
    """The progressive invoices, oldest first."""
    return [row for row in invoices(account) if row["invoice_type"] == "progressive_billing"]


def periodic(account: Account) -> list[dict[str, Any]]:
    """The invoices of the subscription's periods and ends, oldest first."""
    return [row for row in invoices(account) if row["invoice_type"] == "subscription"]


def amounts(invoice: dict[str, Any]) -> tuple[int, ...]:
    """Fees, what was billed before, taxes and total."""
    names = ("fees", "progressive_billing_credit", "taxes", "total")
    return tuple(invoice[f"{name}_amount_cents"] for name in names)


def reached(invoice: dict[str, Any]) -> list[tuple[int, int]]:
    """The thresholds that it was made for, and the lifetime usage that had reached them."""
    rows = invoice["applied_usage_thresholds"]
    return [(row["usage_threshold"]["amount_cents"], row["lifetime_usage_amount_cents"]) for row in rows]


def notes(account: Account) -> list[CreditNote]:
    """All credit notes, the oldest first."""
    db.session.rollback()
    query = db.session.query(CreditNote).filter(CreditNote.organization_id == account.organization.id)
    return query.order_by(CreditNote.seq).all()


def lifetime(account: Account) -> dict[str, Any]:
    """What `acme` has used in all."""
    return account.get("/subscriptions/acme/lifetime_usage")["lifetime_usage"]
