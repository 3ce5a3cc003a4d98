"""What happens to a customer with prepaid credits in a made-up life, over the API, to whatever there is then."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from tests.builders.organizations import Account
from tests.builders.wallet_stories import NAMES, Action, Body

WITH_NOTE = "voided with a note"
"""What an invoice says of itself whose void does not give back what wallets paid."""


def ask(account: Account, method: str, path: str, body: Body | None = None, **query: Any) -> Any:
    """The answer, also if it is a refusal: a story does not know what there is to be paid or to be voided."""
    headers = {"Authorization": f"Bearer {account.api_key}"}
    answer = account.client.open("/api/v1" + path, method=method, json=body, headers=headers, query_string=query)
    assert answer.status_code in (200, 403, 404, 405, 422), f"{method} {path} {body}: {answer.get_data(as_text=True)}"
    return answer.get_json(silent=True)


def wallets(account: Account) -> list[Body]:
    """All of the customer's wallets, ended ones too, in the order in which they were made."""
    listed = ask(account, "GET", "/wallets", external_customer_id="acme", per_page=100)
    return list(reversed(listed["wallets"]))


def _nth(rows: Sequence[Any], action: Action) -> Any:
    return rows[action.pick % len(rows)] if rows else None


def _use(account: Account, action: Action) -> None:
    codes = [row["code"] for row in wallets(account) if row["status"] == "active"]
    for place, event in enumerate(action.fields["events"]):
        named = {} if event["target"] is None or event["target"] >= len(codes) else {
            "target_wallet_code": codes[event["target"]]
        }
        ask(account, "POST", "/events", {"event": {
            "transaction_id": f"{action.moment.isoformat()} {place}", "code": event["code"],
            "external_subscription_id": action.fields["name"], "properties": {"units": event["units"], **named},
        }})


def _subscribe(account: Account, action: Action) -> None:
    fields = action.fields or {"name": NAMES[0], "plan_code": "plan0"}
    body = {"external_customer_id": "acme", "external_id": fields["name"]}
    others = {name: value for name, value in fields.items() if name != "name"}
    ask(account, "POST", "/subscriptions", {"subscription": {**body, **others}})


def _stop(account: Account, action: Action) -> None:
    ask(account, "DELETE", f"/subscriptions/{action.fields['name']}")


def _make(account: Account, action: Action) -> None:
    code = f"w{len(wallets(account))}"
    ask(account, "POST", "/wallets", {"wallet": {**action.fields, "code": code, "external_customer_id": "acme"}})


def _change(account: Account, action: Action) -> None:
    if one := _active(account, action):
        ask(account, "PUT", f"/wallets/{one['lago_id']}", {"wallet": {"priority": one["priority"], **action.fields}})


def _end(account: Account, action: Action) -> None:
    if one := _active(account, action):
        ask(account, "DELETE", f"/wallets/{one['lago_id']}")


def _active(account: Account, action: Action) -> Any:
    return _nth([row for row in wallets(account) if row["status"] == "active"], action)


def _top_up(account: Account, action: Action) -> None:
    kind = {"grant": "granted_credits", "buy": "paid_credits", "void": "voided_credits"}[action.verb]
    if one := _active(account, action):
        body = {"wallet_id": one["lago_id"], kind: action.fields["credits"], "priority": action.fields["priority"]}
        body |= {"invoice_requires_successful_payment": True} if action.fields["late"] else {}
        ask(account, "POST", "/wallet_transactions", {"wallet_transaction": body})


def _void_one(account: Account, action: Action) -> None:
    if one := _active(account, action):
        rows = ask(account, "GET", f"/wallets/{one['lago_id']}/wallet_transactions", transaction_type="inbound")
        if row := _nth(rows["wallet_transactions"], action):
            credits = {"voided_credits": action.fields["credits"]} if action.fields["credits"] else {}
            body = {"wallet_id": one["lago_id"], "voided_transaction_id": row["lago_id"], **credits}
            ask(account, "POST", "/wallet_transactions", {"wallet_transaction": body})


def _invoices(account: Account, *conditions: Any) -> Sequence[Invoice]:
    """Invoices in the order in which they were made, also those that the API does not list yet."""
    with transaction():
        query = select(Invoice).where(Invoice.organization_id == account.organization.id, *conditions)
        return db.session.scalars(query.order_by(Invoice.seq)).all()


def _pay(account: Account, action: Action) -> None:
    unpaid = _invoices(account, Invoice.status.in_(("finalized", "open")), Invoice.payment_status != "succeeded")
    if one := _nth(unpaid, action):
        if action.fields["by"] == "status" and one.status == "finalized":
            ask(account, "PUT", f"/invoices/{one.id}", {"invoice": {"payment_status": "succeeded"}})
        else:
            owed = one.total_amount_cents - one.total_paid_amount_cents - one.offset_amount_cents
            cents = owed // 2 if action.fields["by"] == "part" and one.invoice_type != "credit" else owed
            body = {"invoice_id": str(one.id), "amount_cents": cents, "reference": "by hand"}
            ask(account, "POST", "/payments", {"payment": body})


def _fail(account: Account, action: Action) -> None:
    if one := _nth(_invoices(account, Invoice.status == "finalized", Invoice.invoice_type == "credit"), action):
        ask(account, "PUT", f"/invoices/{one.id}", {"invoice": {"payment_status": "failed"}})


def _void_invoice(account: Account, action: Action) -> None:
    if one := _nth(_invoices(account, Invoice.status == "finalized"), action):
        if action.fields["noted"]:
            metadata = [{"key": WITH_NOTE, "value": "yes"}]
            ask(account, "PUT", f"/invoices/{one.id}", {"invoice": {"metadata": metadata}})
        ask(account, "POST", f"/invoices/{one.id}/void", {"generate_credit_note": action.fields["noted"]})


def _note(account: Account, action: Action) -> None:
    """A credit note, of which later invoices are paid."""
    kinds = Invoice.invoice_type.in_(("subscription", "progressive_billing"))
    if one := _nth(_invoices(account, Invoice.status == "finalized", kinds), action):
        fees = ask(account, "GET", f"/invoices/{one.id}")["invoice"]["fees"]
        share = action.fields["share"]
        items = [{"fee_id": fee["lago_id"], "amount_cents": fee["amount_cents"] // share} for fee in fees]
        body = {"invoice_id": str(one.id), "items": items}
        estimated = ask(account, "POST", "/credit_notes/estimate", {"credit_note": body})
        if "estimated_credit_note" in estimated:
            cents = estimated["estimated_credit_note"]["max_creditable_amount_cents"]
            body |= {"credit_amount_cents": cents, "reason": "other"}
            ask(account, "POST", "/credit_notes", {"credit_note": body})


def _return(account: Account, action: Action) -> None:
    """Credits that were bought are given back: half of them or all, if they are paid for; else they are not bought."""
    if one := _nth(_invoices(account, Invoice.status == "finalized", Invoice.invoice_type == "credit"), action):
        (fee,) = ask(account, "GET", f"/invoices/{one.id}")["invoice"]["fees"]
        paid = one.payment_status == "succeeded"
        cents = fee["amount_cents"] // (1 + action.pick % 2) if paid else fee["amount_cents"]
        items = [{"fee_id": fee["lago_id"], "amount_cents": cents}]
        body = {"invoice_id": str(one.id), "reason": "other", "items": items}
        body |= {"refund_amount_cents" if paid else "offset_amount_cents": cents}
        ask(account, "POST", "/credit_notes", {"credit_note": body})


def _coupon(account: Account, action: Action) -> None:
    body = {"external_customer_id": "acme", "coupon_code": action.fields["code"]}
    ask(account, "POST", "/applied_coupons", {"applied_coupon": body})


def _draft(account: Account, action: Action) -> None:
    if one := _nth(_invoices(account, Invoice.status == "draft"), action):
        ask(account, "PUT", f"/invoices/{one.id}/{('refresh', 'finalize')[action.pick % 2]}")


VERBS = {
    "use": _use, "subscribe": _subscribe, "stop": _stop, "make": _make, "change": _change, "rule": _change, "end": _end,
    "grant": _top_up, "buy": _top_up, "void": _top_up, "void_one": _void_one, "pay": _pay, "fail": _fail,
    "void_invoice": _void_invoice, "note": _note, "return": _return, "coupon": _coupon, "draft": _draft,
}
