"""What happens to invoices: they are paid or not, voided, credited, and made by hand."""

from typing import Any

from lago.demo.deeds import World, deed

DUE = "status[]=finalized&payment_status[]=pending"


@deed
def collect(world: World) -> None:
    """Who pays does so: the prompt all, some a half, and the late what is old by now."""
    for invoice in list(world.calls.every("invoices", DUE)):
        buyer = world.buyers[invoice["customer"]["external_id"]]
        due = invoice["total_due_amount_cents"]
        if due and (buyer.pays == "prompt" or buyer.pays == "late" and invoice["payment_overdue"]):
            _pay(world, invoice, due)
        elif buyer.pays == "partly" and not invoice["total_paid_amount_cents"] and due > 1:
            _pay(world, invoice, due // 2)


def _pay(world: World, invoice: dict[str, Any], cents: int) -> None:
    body = {"invoice_id": invoice["lago_id"], "amount_cents": cents, "reference": f"Wire {invoice['number']}"}
    world.calls.post("/payments", {"payment": body})


@deed
def fail_payment(world: World, customer: str) -> None:
    invoice = _newest(world, customer, DUE)
    world.calls.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "failed"}})


@deed
def void(world: World, customer: str) -> None:
    invoice = _newest(world, customer, DUE)
    world.calls.post(f"/invoices/{invoice['lago_id']}/void", {})


@deed
def one_off(world: World, customer: str, add_on: str, units: int) -> None:
    fees = [{"add_on_code": add_on, "units": str(units)}]
    body = {"external_customer_id": customer, "currency": world.buyers[customer].currency, "fees": fees}
    world.calls.post("/invoices", {"invoice": body})


@deed
def credit(world: World, customer: str, share: float, reason: str, note: str) -> None:
    """Gives that share of a fee back, for later invoices."""
    invoice = _newest(world, customer, "status[]=finalized")
    _note(world, invoice, share, "credit", reason, note)


@deed
def refund(world: World, customer: str, share: float, reason: str, note: str) -> None:
    """Pays that share of a fee back, of what was paid."""
    invoice = _newest(world, customer, "status[]=finalized&payment_status[]=succeeded")
    _note(world, invoice, share, "refund", reason, note)


def _note(world: World, invoice: dict[str, Any], share: float, kind: str, reason: str, words: str) -> None:
    fees = world.calls.get(f"/invoices/{invoice['lago_id']}")["invoice"]["fees"]
    fee = max(fees, key=lambda fee: fee["amount_cents"])
    items = [{"fee_id": fee["lago_id"], "amount_cents": int(fee["amount_cents"] * share)}]
    asked = {"invoice_id": invoice["lago_id"], "items": items}
    estimate = world.calls.post("/credit_notes/estimate", {"credit_note": asked})["estimated_credit_note"]
    cents = estimate[f"max_{kind}able_amount_cents"]
    body = {**asked, f"{kind}_amount_cents": cents, "reason": reason, "description": words}
    world.calls.post("/credit_notes", {"credit_note": body})


def _newest(world: World, customer: str, filters: str) -> dict[str, Any]:
    """The newest invoice of the customer for a subscription, with an amount on it."""
    query = f"{filters}&invoice_type[]=subscription&external_customer_id={customer}"
    return next(row for row in world.calls.every("invoices", query) if row["total_amount_cents"])
