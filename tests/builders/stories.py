"""What a billing story starts from: metrics, plans, subscriptions and usage, made over the API."""

from typing import Any

from tests.builders.organizations import Account

_transactions = iter(range(10**9))


def metric(owner: Account, code: str, aggregation_type: str = "count_agg", **fields: Any) -> dict[str, Any]:
    """A billable metric."""
    fields = {"name": code, "code": code, "aggregation_type": aggregation_type, **fields}
    return owner.post("/billable_metrics", {"billable_metric": fields})["billable_metric"]


def standard(billable_metric: dict[str, Any], amount: str) -> dict[str, Any]:
    """A charge of `amount` for each unit."""
    return {
        "billable_metric_id": billable_metric["lago_id"], "charge_model": "standard", "properties": {"amount": amount}
    }


def plan(owner: Account, code: str = "pro", **fields: Any) -> dict[str, Any]:
    """A monthly plan in EUR, in arrears, of 49.00 unless said otherwise."""
    fields = {
        "name": code, "code": code, "interval": "monthly", "amount_cents": 4900, "amount_currency": "EUR",
        "pay_in_advance": False, **fields,
    }
    return owner.post("/plans", {"plan": fields})["plan"]


def subscribe(owner: Account, customer: str = "acme", plan_code: str = "pro", **fields: Any) -> dict[str, Any]:
    """A subscription whose external id is the customer's; an unknown customer is made."""
    fields = {"external_customer_id": customer, "plan_code": plan_code, "external_id": customer, **fields}
    return owner.post("/subscriptions", {"subscription": fields})["subscription"]


def customer(owner: Account, external_id: str = "acme", **fields: Any) -> dict[str, Any]:
    """A customer, with the given fields."""
    return owner.post("/customers", {"customer": {"external_id": external_id, **fields}})["customer"]


def use(owner: Account, code: str, subscription: str = "acme", **fields: Any) -> None:
    """One event."""
    event = {
        "transaction_id": f"t{next(_transactions)}", "external_subscription_id": subscription, "code": code, **fields
    }
    owner.post("/events", {"event": event})


def invoices(owner: Account, customer_id: str = "acme") -> list[dict[str, Any]]:
    """All invoices of a customer in full, oldest first."""
    listed = owner.get("/invoices", external_customer_id=customer_id)["invoices"]
    return [owner.get(f"/invoices/{row['lago_id']}")["invoice"] for row in reversed(listed)]


def fee(invoice: dict[str, Any], kind: str) -> dict[str, Any]:
    """The one fee of that kind."""
    (found,) = [row for row in invoice["fees"] if row["item"]["type"] == kind]
    return found
