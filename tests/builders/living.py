"""A made-up life is lived: over the API, by the sandbox clock."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lago.core import due
from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.organizations.clock import _set
from tests.builders.life_stories import BIRTH, OUTAGE, Action, Body, Story
from tests.builders.organizations import Account
from tests.builders.stories import customer, metric, plan, standard, use


def live(account: Account, life: Story, *, outage: bool = False) -> None:
    """Lives it; with `outage` nobody looks for due work for 40 days, and it is done afterwards as under real time."""
    _move(account, BIRTH)
    _settle_in(account, life)
    before = [action for action in life.actions if action.moment < life.outage_at]
    for action in before:
        _do(account, action)
    _fall_asleep(account, life.outage_at) if outage else _stay_awake(account, life.outage_at)
    for action in life.actions[len(before):]:
        _do(account, action)
    _move(account, life.ends_at)


def _settle_in(account: Account, life: Story) -> None:
    if life.tax_rate:
        tax = {"name": "VAT", "code": "vat", "rate": life.tax_rate, "applied_to_organization": True}
        account.post("/taxes", {"tax": tax})
    calls = metric(account, "calls")
    add_on = {"name": "Seats", "code": "seats", "amount_cents": 100, "amount_currency": "EUR"}
    seats = account.post("/add_ons", {"add_on": add_on})["add_on"]["lago_id"]
    for fields in life.plans:
        row = {"add_on_id": seats, "charge_model": "standard", "units": 2, "properties": {"amount": "3"}}
        fixed = [] if fields["fixed"] is None else [{**row, "pay_in_advance": fields["fixed"]}]
        others = {name: value for name, value in fields.items() if name != "fixed"}
        plan(account, **others, charges=[standard(calls, "0.5")], fixed_charges=fixed)
    customer(account, **life.customer)


def _do(account: Account, action: Action) -> None:
    _move(account, action.moment)
    _VERBS[action.verb](account, action)


def _change(account: Account, action: Action) -> None:
    """Another plan for what runs; else a new start, which may lie some days away."""
    fields, days = dict(action.fields), action.fields.get("start_in", 0)
    fields.pop("start_in", None)
    if days and _status(account, action.name) != "active":
        fields["subscription_at"] = (action.moment + timedelta(days=days)).isoformat()
    body = {"external_customer_id": "acme", "external_id": action.name, **fields}
    _ask(account, "POST", "/subscriptions", {"subscription": body})


def _undo(account: Account, action: Action) -> None:
    _ask(account, "DELETE", f"/subscriptions/{action.name}", {"status": "pending"})


def _end(account: Account, action: Action) -> None:
    _ask(account, "DELETE", f"/subscriptions/{action.name}", action.fields)


def _end_later(account: Account, action: Action) -> None:
    _ask(account, "PUT", f"/subscriptions/{action.name}", {"subscription": action.fields})


def _use(account: Account, action: Action) -> None:
    for _ in range(3):
        use(account, "calls", action.name)


def _refresh(account: Account, action: Action) -> None:
    for row in account.get("/invoices", status="draft")["invoices"]:
        account.put(f"/invoices/{row['lago_id']}/refresh")


def _pay(account: Account, action: Action) -> None:
    """Nobody can pay over the API yet: what is due of every second invoice is paid, of the others half."""
    with transaction():
        query = select(Invoice).where(
            Invoice.organization_id == account.organization.id, Invoice.status == "finalized",
            Invoice.total_paid_amount_cents == 0, Invoice.total_amount_cents > 0,
        )
        for number, invoice in enumerate(db.session.scalars(query.order_by(Invoice.seq))):
            left = max(0, invoice.total_amount_cents - invoice.offset_amount_cents)
            invoice.total_paid_amount_cents = left // (1 + number % 2)
            invoice.payment_status = "pending" if number % 2 else "succeeded"


_VERBS = {
    "subscribe": _change, "change": _change, "undo": _undo, "end": _end, "end_later": _end_later, "use": _use,
    "pay": _pay, "refresh": _refresh,
}


def _move(account: Account, moment: datetime) -> None:
    """Moves the clock; nothing on the way may fail."""
    answer = _ask(account, "PUT", "/test_clock", {"test_clock": {"now": moment.isoformat()}})
    assert "test_clock" in answer, answer


def _status(account: Account, name: str) -> str | None:
    answer = _ask(account, "GET", f"/subscriptions/{name}")
    return answer["subscription"]["status"] if "subscription" in answer else None


def _ask(account: Account, method: str, path: str, body: Body | None = None) -> Any:
    """The answer, also if it is a refusal: a story does not know what there is to end or to undo."""
    headers = {"Authorization": f"Bearer {account.api_key}"}
    answer = account.client.open("/api/v1" + path, method=method, json=body, headers=headers)
    assert answer.status_code in (200, 404, 422), f"{method} {path} {body}: {answer.get_data(as_text=True)}"
    return answer.get_json()


def _stay_awake(account: Account, since: datetime) -> None:
    for days in range(0, OUTAGE.days + 1, 4):
        _move(account, since + timedelta(days=days))


def _fall_asleep(account: Account, since: datetime) -> None:
    """The clock goes on without anyone at work; then all is caught up, as workers do it under real time."""
    _move(account, since)
    over, organization_id = since + OUTAGE, account.organization.id
    _set(organization_id, None)
    with transaction():
        ids = db.session.scalars(select(Customer.id).where(Customer.organization_id == organization_id)).all()
    due.perform_all(over, ids)
    _set(organization_id, over)
    _move(account, over)
