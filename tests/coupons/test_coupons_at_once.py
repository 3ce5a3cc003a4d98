"""One coupon, and several who want it at the same time."""

import pytest

from lago.core.db import db
from tests.builders.at_once import all_at_once, at_once
from tests.builders.coupons import a_coupon, applied
from tests.builders.organizations import account
from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def owner(committing):
    yield account(committing.test_client(), "Owner")
    db.session.remove()


@pytest.fixture
def wanted(owner):
    customer(owner)
    return {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "welcome"}}


def test_one_that_is_not_reusable_is_given_once(committing, owner, wanted):
    a_coupon(owner, reusable=False)
    answers = at_once(committing, owner.api_key, "/applied_coupons", [wanted] * 4)
    assert sorted(status for status, _ in answers) == [200, 422, 422, 422]


def test_one_for_the_same_plan_is_given_once(committing, owner, wanted):
    plan(owner)
    for code in ("welcome", "other"):
        a_coupon(owner, code, applies_to={"plan_codes": ["pro"]})
    other = {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "other"}}
    answers = at_once(committing, owner.api_key, "/applied_coupons", [wanted, other])
    assert sorted(status for status, _ in answers) == [200, 405]


def test_a_deleted_coupon_stays_with_nobody(committing, owner, wanted):
    a_coupon(owner)
    calls = [("POST", "/applied_coupons", wanted), ("DELETE", "/coupons/welcome", None)]
    (given, _), (deleted, _) = all_at_once(committing, owner.api_key, calls)
    assert deleted == 200 and given in (200, 404)
    listed = owner.get("/applied_coupons")["applied_coupons"]
    assert [row["status"] for row in listed] == (["terminated"] if given == 200 else [])


def test_what_is_applied_has_the_terms_that_are_fixed_by_it(committing, owner, wanted):
    a_coupon(owner)
    change = {"coupon": {"amount_cents": 7}}
    calls = [("POST", "/applied_coupons", wanted), ("PUT", "/coupons/welcome", change)]
    assert [status for status, _ in all_at_once(committing, owner.api_key, calls)] == [200, 200]
    assert applied(owner)["amount_cents"] == owner.get("/coupons/welcome")["coupon"]["amount_cents"]


def test_two_invoices_at_once_share_an_amount(committing, owner, wanted):
    customer(owner, billing_configuration={"invoice_grace_period": 3})
    plan(owner, pay_in_advance=True)
    for number in range(2):
        subscribe(owner, external_id=f"s{number}", billing_time="anniversary")
    a_coupon(owner, amount_cents=6000)
    owner.post("/applied_coupons", wanted)
    drafts = owner.get("/invoices", status="draft")["invoices"]
    calls = [("PUT", f"/invoices/{row['lago_id']}/finalize", {}) for row in drafts]
    answers = all_at_once(committing, owner.api_key, calls)
    assert sorted(body["invoice"]["coupons_amount_cents"] for _, body in answers) == [1100, 4900]
    assert (applied(owner)["status"], applied(owner)["amount_cents_remaining"]) == ("terminated", 0)
