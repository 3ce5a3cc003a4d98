"""Payments recorded over the API, and invoices that wait for them."""

from typing import Any

from tests.builders.organizations import Account
from tests.builders.stories import customer, invoices, plan, subscribe


def an_invoice_of_100(owner: Account, name: str = "acme", **of_customer: Any) -> dict[str, Any]:
    """100.00 EUR, finalized on 1 January 2025."""
    owner.at("2025-01-01T10:00:00Z")
    if name == "acme":
        plan(owner, amount_cents=10000, pay_in_advance=True, interval="yearly")
    customer(owner, name, **of_customer)
    subscribe(owner, name)
    (invoice,) = invoices(owner, name)
    return invoice


def payment_of(invoice: dict[str, Any], cents: Any, **fields: Any) -> dict[str, Any]:
    """The body that records a payment."""
    return {"payment": {"invoice_id": invoice["lago_id"], "amount_cents": cents, "reference": "wire", **fields}}


def pay(owner: Account, invoice: dict[str, Any], cents: Any, **fields: Any) -> dict[str, Any]:
    """Records a payment."""
    payment: dict[str, Any] = owner.post("/payments", payment_of(invoice, cents, **fields))["payment"]
    return payment


def again(owner: Account, invoice: dict[str, Any]) -> dict[str, Any]:
    """The invoice as it now is."""
    shown: dict[str, Any] = owner.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    return shown


def offset(owner: Account, invoice: dict[str, Any], cents: int) -> dict[str, Any]:
    """A credit note that takes so much off what is due of the invoice, all of it of its first fee."""
    items = [{"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": cents}]
    note = {"invoice_id": invoice["lago_id"], "items": items, "offset_amount_cents": cents}
    made: dict[str, Any] = owner.post("/credit_notes", {"credit_note": note})["credit_note"]
    return made
