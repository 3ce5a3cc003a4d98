"""One organization with a row of everything that a path can name, all of it marked by one word."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from lago.audit.models import ActivityLog, ApiLog, SecurityLog
from lago.catalog.models import Feature
from lago.core import clock
from lago.core.crypto import hash_password
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.invoicing.models import Invoice
from lago.metering.models import Event
from lago.organizations.models import ApiKey, Membership, User
from lago.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.builders.alerts import an_alert
from tests.builders.catalog import (
    a_filter,
    a_metric,
    a_plan,
    a_pricing_unit,
    a_tax,
    an_add_on,
    fixed_charge,
    standard_charge,
)
from tests.builders.coupons import a_percentage, apply
from tests.builders.custom_sections import a_section
from tests.builders.customers import a_customer
from tests.builders.dunning import a_campaign
from tests.builders.features import a_feature, give
from tests.builders.organizations import Account
from tests.builders.payments import pay
from tests.builders.webhooks import endpoint_at
from tests.guards.people_world import add_people
from tests.guards.wallet_world import add_wallet

MARK = "zebra"
PASSWORD = "a long password"


@dataclass
class World:
    """`names`: per first segment of an API path, and per endpoint of a page, what its parameters may be."""

    owner: Account
    names: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_names: dict[str, Any] = field(default_factory=dict)


def populate(owner: Account) -> World:
    """Fills a sandbox organization: a customer is subscribed, used something and has been billed with a PDF."""
    owner.at("2024-01-01T00:00:00Z")
    endpoint = endpoint_at(owner, f"http://127.0.0.1:9/{MARK}")
    tax = a_tax(owner, MARK)
    owner.post("/billing_entities", {"billing_entity": {"code": MARK, "name": MARK}})
    metric = a_metric(owner, MARK, filters=[{"key": MARK, "values": [MARK]}])
    charge = standard_charge(metric, filters=[a_filter(**{MARK: [MARK]})])
    fixed = fixed_charge(an_add_on(owner, MARK))
    parts = {"charges": [charge], "fixed_charges": [fixed], "tax_codes": [tax["code"]], "metadata": {MARK: MARK}}
    plan = a_plan(owner, MARK, **parts)
    a_customer(owner, MARK, name=MARK, currency="EUR")
    a_feature(owner, MARK, privileges=[{"code": MARK}, {"code": f"{MARK}-spare"}])
    give(owner, MARK, **{MARK: {MARK: MARK}})
    subscription = {"external_customer_id": MARK, "external_id": MARK, "plan_code": MARK, "name": MARK}
    owner.post("/subscriptions", {"subscription": subscription})
    an_alert(owner, 1, path=f"/subscriptions/{MARK}/alerts", code=MARK, name=MARK)
    owner.post("/events", {"event": {"transaction_id": MARK, "external_subscription_id": MARK, "code": MARK}})
    owner.at("2024-02-02T00:00:00Z")
    invoice = owner.get(f"/invoices/{owner.get('/invoices')['invoices'][0]['lago_id']}")["invoice"]
    coupon = a_percentage(owner, 1, MARK, frequency="forever")
    applied = apply(owner, MARK, MARK)
    payment = pay(owner, invoice, 1, reference=MARK)
    prepaid = add_wallet(owner, MARK)
    names = {
        **_names(invoice, endpoint, plan["charges"][0]), "drafts": {"lago_id": _draft(owner)},
        "credit_notes": {"lago_id": _credit_note(owner, invoice), "key": MARK},
        "payment_requests": {"lago_id": _payment_request(owner, invoice)},
        "payment_receipts": {"lago_id": owner.get("/payment_receipts")["payment_receipts"][0]["lago_id"]},
        "payments": {"lago_id": payment["lago_id"]},
        **_logs(owner),
        "activity_logs": {"activity_id": _activity_about(invoice["lago_id"])},
        "failed invoices": {"lago_id": _early_invoice(owner, "failed", "failed")},
        "unwanted invoices": {"lago_id": _early_invoice(owner, "unwanted")},
    }
    names |= prepaid.paths
    names["customers"] |= {"code": MARK, "key": MARK, "alert_code": MARK}
    names["customers"]["lago_id"] = applied["lago_id"]
    note_id = names["credit_notes"]["lago_id"]
    owner.at("2024-02-02T00:00:00Z")  # its file is made
    pages = {"note_id": note_id, "add_on_id": owner.get(f"/add_ons/{MARK}")["add_on"]["lago_id"]}
    pages |= {"charge_code": plan["charges"][0]["code"], "fixed_charge_code": MARK}
    pages |= {"payment_request_id": names["payment_requests"]["lago_id"], "fee_id": names["fees"]["lago_id"]}
    pages |= {"coupon_id": coupon["lago_id"], "applied_id": applied["lago_id"], "payment_id": payment["lago_id"]}
    return World(owner, names, {**_page_names(owner, invoice), **pages, **prepaid.pages})


def _draft(owner: Account) -> str:
    """An invoice that is not finalized yet."""
    a_plan(owner, "early", pay_in_advance=True)
    a_customer(owner, "draft", billing_configuration={"invoice_grace_period": 3})
    subscription = {"external_customer_id": "draft", "external_id": "draft", "plan_code": "early"}
    owner.post("/subscriptions", {"subscription": subscription})
    draft_id: str = owner.get("/invoices", external_customer_id="draft")["invoices"][0]["lago_id"]
    return draft_id


def _early_invoice(owner: Account, name: str, status: str = "finalized") -> str:
    """An invoice of a customer of its own."""
    subscription = {"external_customer_id": name, "external_id": name, "plan_code": "early"}
    owner.post("/subscriptions", {"subscription": subscription})
    invoice_id: str = owner.get("/invoices", external_customer_id=name)["invoices"][0]["lago_id"]
    with transaction():
        db.session.get_one(Invoice, invoice_id).status = status
    return invoice_id


def _credit_note(owner: Account, invoice: dict[str, Any]) -> str:
    """What is given back of a fee of the invoice, with something kept on it."""
    fee = next(fee for fee in invoice["fees"] if fee["amount_cents"])
    wanted = {"invoice_id": invoice["lago_id"], "items": [{"fee_id": fee["lago_id"], "amount_cents": 1}]}
    note = {**wanted, "credit_amount_cents": 1, "metadata": {MARK: MARK}}
    note_id: str = owner.post("/credit_notes", {"credit_note": note})["credit_note"]["lago_id"]
    return note_id


def _payment_request(owner: Account, invoice: dict[str, Any]) -> str:
    """One for the invoice, which is overdue by now."""
    wanted = {"external_customer_id": MARK, "lago_invoice_ids": [invoice["lago_id"]], "email": f"{MARK}@example.com"}
    request_id: str = owner.post("/payment_requests", {"payment_request": wanted})["payment_request"]["lago_id"]
    return request_id


def _logs(owner: Account) -> dict[str, dict[str, Any]]:
    return {
        "api_logs": {"request_id": owner.get("/api_logs", per_page=1)["api_logs"][0]["request_id"]},
        "security_logs": {"log_id": owner.get("/security_logs", to_date="2100-01-01")["security_logs"][0]["log_id"]},
    }


def _activity_about(resource_id: str) -> Any:
    """A line of the activity log."""
    return db.session.scalar(select(ActivityLog.id).where(ActivityLog.resource_id == resource_id).limit(1))


def _failed_work(owner: Account) -> int:
    """The number of a piece of background work that failed for good."""
    with transaction():
        row = OutboxRow(
            organization_id=owner.organization.id, queue="default", name="webhooks.dispatch", args={},
            last_error=MARK, attempts=8, failing_since=clock.real_now(), failed_at=clock.real_now(),
        )
        db.session.add(row)
    return row.id


def _names(
    invoice: dict[str, Any], endpoint: dict[str, Any], charge: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    of_charge = {"charge_code": charge["code"], "filter_id": charge["filters"][0]["lago_id"]}
    of_feature = {"feature_code": MARK, "privilege_code": MARK}
    return {
        "add_ons": {"code": MARK},
        "billable_metrics": {"code": MARK},
        "billing_entities": {"code": MARK},
        "coupons": {"code": MARK},
        "customers": {"external_id": MARK},
        "events": {"transaction_id": MARK},
        "features": {"code": MARK, "privilege_code": f"{MARK}-spare"},
        "fees": {"lago_id": invoice["fees"][0]["lago_id"]},
        "invoices": {"lago_id": invoice["lago_id"]},
        "plans": {"code": MARK, "fixed_charge_code": MARK, "key": MARK, **of_charge, **of_feature},
        "subscriptions": {"external_id": MARK, "code": MARK, "fixed_charge_code": MARK, **of_charge, **of_feature},
        "taxes": {"code": MARK},
        "webhook_endpoints": {"endpoint_id": endpoint["lago_id"]},
    }


def _page_names(owner: Account, invoice: dict[str, Any]) -> dict[str, Any]:
    own = owner.organization.id
    delivery = select(WebhookDelivery.id).where(WebhookDelivery.organization_id == own).limit(1)
    return {
        "activity_id": _activity_about(invoice["lago_id"]),
        "api_log_id": db.session.scalar(select(ApiLog.id).where(ApiLog.organization_id == own).limit(1)),
        "security_log_id": db.session.scalar(select(SecurityLog.id).where(SecurityLog.organization_id == own).limit(1)),
        "endpoint_id": db.session.scalar(select(WebhookEndpoint.id).where(WebhookEndpoint.organization_id == own)),
        "alert_id": owner.get(f"/subscriptions/{MARK}/alerts/{MARK}")["alert"]["lago_id"],
        "campaign_id": a_campaign(owner, MARK, name=MARK).id,
        "customer_id": owner.get(f"/customers/{MARK}")["customer"]["lago_id"],
        "kind": "customer", "object_id": owner.get(f"/customers/{MARK}")["customer"]["lago_id"],
        "subscription_id": owner.get(f"/subscriptions/{MARK}")["subscription"]["lago_id"],
        "delivery_id": db.session.scalar(delivery),
        "entity_id": owner.get(f"/billing_entities/{MARK}")["billing_entity"]["lago_id"],
        "feature_id": db.session.scalar(select(Feature.id).where(Feature.organization_id == own)),
        "invoice_id": invoice["lago_id"],
        "metric_id": owner.get(f"/billable_metrics/{MARK}")["billable_metric"]["lago_id"],
        "section_id": a_section(owner, MARK).id,
        "tax_id": owner.get(f"/taxes/{MARK}")["tax"]["lago_id"],
        "plan_id": owner.get(f"/plans/{MARK}")["plan"]["lago_id"],
        "row_id": _failed_work(owner),
        "unit_id": a_pricing_unit(owner, MARK).id,
        "key_id": db.session.scalar(select(ApiKey.id).where(ApiKey.organization_id == own)),
        **add_people(owner.organization, MARK),
        "slug": owner.organization.slug,
        "seq": db.session.scalar(select(Event.seq).where(Event.organization_id == own)),
    }


def visitor(app: Flask, account: Account) -> Any:
    """A browser in which an admin of the organization is signed in."""
    email = f"{uuid.uuid4()}@example.com"
    (organization_id,) = inspect(account.organization).identity  # readable when a rollback has made it unreadable
    with transaction():
        user = User(email=email, password_hash=hash_password(PASSWORD))
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(organization_id=organization_id, user_id=user.id, roles=["admin"]))
    browser = app.test_client()
    browser.get("/sign_in")
    answer = browser.post("/sign_in", data={"email": email, "password": PASSWORD, "csrf_token": csrf_token(browser)})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return browser


def csrf_token(browser: Any) -> str:
    """The token that the browser's forms carry."""
    with browser.session_transaction() as session:
        token: str = session.setdefault("csrf", "token")
        return token
