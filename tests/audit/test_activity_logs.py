"""The activity log: who did what to which object, and what it changed (06 §6)."""

from datetime import timedelta

import pytest
from lago_python_client.models.activity_log import ActivityLogResponse
from sqlalchemy import select

from lago.audit.activity_types import ACTIVITY_TYPES
from lago.audit.browse import activities_of, activities_since, last_activity
from lago.audit.models import ActivityLog
from lago.audit.note_activity import Occasion
from lago.core import clock
from lago.core.db import db, transaction
from lago.core.ids import as_uuid, first_id_of, new_id
from lago.organizations.keys import create_key
from lago.scheduler import forget_old_logs
from lago.webhooks.activities import ACTIVITIES
from lago.webhooks.dispatch import Announcement, dispatch
from tests.builders.catalog import a_metric, a_plan, a_tax, standard_charge
from tests.builders.coupons import a_coupon, apply
from tests.builders.customers import a_customer
from tests.builders.organizations import Account
from tests.builders.payments import an_invoice_of_100, pay
from tests.builders.wallets import wallet
from tests.builders.webhooks import endpoint_at, receiver, work

NOT_BUILT = {
    "billing_entities.deleted",  # there is no way to delete one
    "invoice.failed", "credit_note.refund_failure", "wallet_transaction.payment_failure",  # of providers
    "subscription.canceled", "subscription.incomplete",  # of payments that a start waits for
}


def listed(account, **filters):
    work()
    return account.get("/activity_logs", **filters)["activity_logs"]


def types(account, **filters):
    return [line["activity_type"] for line in reversed(listed(account, **filters))]


def changes_of(account, activity_type):
    [*_, line] = listed(account, **{"activity_types[]": activity_type})[:1]
    return line["activity_object_changes"]


def test_every_type_of_the_reference_has_its_line():
    assert {one.activity_type for one in ACTIVITIES.values()} == ACTIVITY_TYPES - NOT_BUILT


def test_a_line_has_who_what_and_the_object(owner):
    made = a_metric(owner)
    (line,) = listed(owner)
    assert ActivityLogResponse.parse_obj(line).activity_id == line["activity_id"]
    assert line["activity_object"].items() <= made.items()
    assert (line["activity_type"], line["activity_source"]) == ("billable_metric.created", "api")
    assert (line["resource_type"], line["resource_id"]) == ("BillableMetric", made["lago_id"])
    unknown = ("activity_object_changes", "user_email", "external_customer_id", "external_subscription_id")
    assert [line[name] for name in unknown] == [None] * 4
    assert owner.get(f"/activity_logs/{line['activity_id']}") == {"activity_log": line}


def test_what_an_update_changed(owner):
    a_tax(owner)
    metric = a_metric(owner)
    plan = a_plan(owner, "basic", amount_cents=1000, charges=[standard_charge(metric, "1")])
    charge = {**plan["charges"][0], "id": plan["charges"][0]["lago_id"], "properties": {"amount": "2"}}
    body = {
        "name": plan["name"], "amount_cents": 2000, "tax_codes": ["vat"],
        "charges": [charge, standard_charge(metric, "3", code="new", pay_in_advance=True)],
        "usage_thresholds": [{"amount_cents": 500}], "minimum_commitment": {"amount_cents": 70},
    }
    owner.put("/plans/basic", {"plan": body})
    changes = changes_of(owner, "plan.updated")
    made = changes.pop("charges.new")
    assert (made[0], made[1]["properties"], made[1]["pay_in_advance"]) == (None, {"amount": "3"}, True)
    assert changes == {
        "amount_cents": [1000, 2000],
        "tax_codes": [[], ["vat"]],
        f"charges.{charge['code']}.properties": [{"amount": "1"}, {"amount": "2"}],
        "usage_thresholds": [[], [{"amount_cents": 500, "threshold_display_name": None, "recurring": False}]],
        "minimum_commitment": [None, {"amount_cents": 70, "invoice_display_name": None}],
    }
    owner.put("/plans/basic", {"plan": {"name": plan["name"]}})
    assert changes_of(owner, "plan.updated") == {}


def test_what_changed_of_customers_coupons_and_billing_entities(owner):
    a_tax(owner)
    a_customer(owner, "acme", name="Acme", country="FR", metadata=[{"key": "old", "value": "1"}])
    a_customer(owner, "acme", name="ACME", tax_codes=["vat"], metadata=[{"key": "new", "value": "2"}])
    assert changes_of(owner, "customer.updated") == {
        "name": ["Acme", "ACME"], "tax_codes": [[], ["vat"]], "metadata": [["old"], ["new"]],
    }
    a_coupon(owner, expiration="no_expiration")
    owner.put("/coupons/welcome", {"coupon": {"expiration": "time_limit", "expiration_at": "2099-01-02T03:04:05Z"}})
    assert changes_of(owner, "coupon.updated") == {
        "expiration": ["no_expiration", "time_limit"], "expiration_at": [None, "2099-01-02T03:04:05Z"],
    }
    [entity] = owner.get("/billing_entities")["billing_entities"]
    owner.put(f"/billing_entities/{entity['code']}", {"billing_entity": {"net_payment_term": 9, "tax_codes": ["vat"]}})
    assert changes_of(owner, "billing_entities.updated") == {"net_payment_term": [0, 9], "tax_codes": [[], ["vat"]]}


def test_payments_wallet_transactions_and_applied_coupons_are_lines_of_what_they_belong_to(sandbox):
    owner = sandbox
    invoice = an_invoice_of_100(owner)
    pay(owner, invoice, 10000)
    coupon = a_coupon(owner)
    given = apply(owner)
    owner.delete(f"/customers/acme/applied_coupons/{given['lago_id']}")
    purse = wallet(owner, granted_credits="5")
    lines = {line["activity_type"]: line for line in listed(owner, external_customer_id="acme")}
    about = {name: (line["resource_type"], line["resource_id"]) for name, line in lines.items()}
    assert about["payment.recorded"] == about["invoice.payment_status_updated"] == ("Invoice", invoice["lago_id"])
    assert about["applied_coupon.created"] == about["applied_coupon.deleted"] == ("Coupon", coupon["lago_id"])
    assert about["wallet_transaction.created"] == about["wallet.updated"] == ("Wallet", purse["lago_id"])
    assert lines["payment.recorded"]["activity_object"]["amount_cents"] == 10000
    assert lines["invoice.payment_status_updated"]["activity_object_changes"]["payment_status"] == [
        "pending", "succeeded"
    ]
    assert lines["wallet.updated"]["activity_object_changes"]["credits_balance"] == ["0.0", "5.0"]
    of_coupon = db.session.scalars(activities_of(owner.organization.id, as_uuid(coupon["lago_id"]))).all()
    assert [one.activity_type for one in of_coupon] == [
        "applied_coupon.deleted", "applied_coupon.created", "coupon.created"
    ]


def test_what_is_for_the_log_alone_reaches_no_endpoint(owner):
    with receiver() as hook:
        endpoint_at(owner, hook.url)
        a_coupon(owner)
        a_customer(owner)
        owner.delete("/customers/acme")
        owner.delete("/coupons/welcome")
        work()
    assert types(owner) == ["coupon.created", "customer.created", "customer.deleted", "coupon.deleted"]
    assert hook.types == ["customer.created"]
    assert listed(owner, **{"activity_types[]": "customer.created"})[0]["activity_object"] == (
        hook.requests[0].json["customer"]
    )


def test_one_line_for_a_cause_however_often_its_job_runs(owner):
    metric, cause = a_metric(owner), new_id()
    work()
    for changes in ({"name": [1, 2]}, {}):
        with transaction():
            occasion = Occasion(cause, clock.now(), {"source": "front", "user_email": "a@example.com"}, changes)
            dispatch([Announcement("billable_metric.updated", as_uuid(metric["lago_id"]), occasion)])
    line, _ = listed(owner)
    assert (line["activity_object_changes"], line["user_email"]) == ({"name": [1, 2]}, "a@example.com")


def test_lines_have_the_moment_of_the_sandbox_clock_and_lists_reach_back_thirty_days(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_customer(sandbox)
    a_plan(sandbox, "basic", amount_cents=100)
    seq = last_activity(sandbox.organization.id)
    body = {"external_customer_id": "acme", "external_id": "sub", "plan_code": "basic"}
    sandbox.post("/subscriptions", {"subscription": body})
    sandbox.at("2024-02-10T00:00:00Z")
    counted = dict(activities_since(sandbox.organization.id, seq))
    assert counted["subscription.started"] == counted["invoice.created"] == 1
    billed = listed(sandbox, **{"activity_types[]": "invoice.created"})[0]
    assert (billed["logged_at"], billed["activity_source"]) == ("2024-02-01T00:00:00Z", "system")
    assert "subscription.started" not in types(sandbox)
    (started,) = listed(sandbox, from_date="2024-01-01", external_subscription_id="sub")
    assert (started["activity_source"], started["logged_at"]) == ("api", "2024-01-01T00:00:00Z")


def test_filters(owner, outsider):
    a_metric(owner)
    a_plan(owner)
    made = a_customer(owner)
    a_customer(outsider)
    work()
    (line,) = listed(owner, external_customer_id="acme")
    assert line["resource_id"] == made["lago_id"]
    of_customer = (
        {"activity_types[]": ["customer.created", "x"]}, {"resource_ids[]": made["lago_id"]},
        {"resource_types[]": "Customer"}, {"resource_types[]": "Customer", "activity_sources[]": "api"},
    )
    assert [listed(owner, **chosen) for chosen in of_customer] == [[line]] * 4
    nothing = (
        {"activity_sources[]": "front"}, {"user_emails[]": "a@example.com"}, {"resource_ids[]": "none"},
        {"external_subscription_id": "acme"}, {"to_date": "2020-01-01"}, {"from_date": "2999-01-01"},
    )
    assert [listed(owner, **chosen) for chosen in nothing] == [[]] * 6
    page = owner.get("/activity_logs", per_page=2)
    assert (types(owner)[::-1][:2], page["meta"]["total_count"]) == (
        [one["activity_type"] for one in page["activity_logs"]], 3
    )
    for name in ("from_date", "to_date"):
        assert owner.call("GET", "/activity_logs", expect=422, **{name: "soon"})["error_details"] == {
            name: ["invalid_date"]
        }


def test_others_see_nothing_and_the_permission_is_asked_for(owner, outsider):
    a_metric(owner)
    (line,) = listed(owner)
    missing = outsider.call("GET", f"/activity_logs/{line['activity_id']}", expect=404)
    assert missing["code"] == "activity_log_not_found"
    assert listed(outsider) == []
    with transaction():
        _, value = create_key(owner.organization, permissions={"plan": ["read", "write"]})
    refused = Account(owner.organization, value, owner.client).call("GET", "/activity_logs", expect=403)
    assert refused["code"] == "read_action_not_allowed_for_activity_log"


@pytest.mark.parametrize("age, left", [(timedelta(days=90, minutes=1), 0), (timedelta(days=89, hours=23), 1)])
def test_lines_go_after_ninety_days_of_real_time(sandbox, age, left):
    sandbox.at("2020-01-01T00:00:00Z")
    a_metric(sandbox)
    work()
    with transaction():
        db.session.scalars(select(ActivityLog)).one().id = first_id_of(clock.real_now() - age)
    forget_old_logs()
    work()
    assert len(db.session.scalars(select(ActivityLog)).all()) == left
