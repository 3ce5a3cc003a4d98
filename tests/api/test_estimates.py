"""`/events/estimate_fees` and the two instant estimates (01 §1.11, §1.12, 02 §6.5)."""

import pytest
from sqlalchemy import func, select

from lago.core.db import db
from lago.invoicing.models import Fee
from lago.metering.models import CachedAggregation, Event
from tests.builders.catalog import a_metric, a_plan, a_sum_metric, a_tax, standard_charge
from tests.builders.stories import subscribe, use

PERCENTAGE = {"charge_model": "percentage", "properties": {"rate": "2", "fixed_amount": "0.25"}}


def in_advance(metric, amount="10", **fields):
    return standard_charge(metric, amount, pay_in_advance=True, **fields)


@pytest.fixture
def calls(sandbox):
    """`acme` on a plan with calls at 10.00, paid in advance, since 1 April 2025; it is the 3rd."""
    sandbox.at("2025-04-01T00:00:00Z")
    a_plan(sandbox, charges=[in_advance(a_metric(sandbox))])
    subscribe(sandbox, plan_code="basic")
    return sandbox.at("2025-04-03T00:00:00Z")


def on_storage(sandbox, *charges, **metric):
    """`acme` on a plan with these charges in advance on the sum of `gb`."""
    sandbox.at("2025-04-01T00:00:00Z")
    metric = a_sum_metric(sandbox, **metric)
    a_plan(sandbox, charges=[in_advance(metric, **charge) for charge in charges])
    subscribe(sandbox, plan_code="basic")
    return sandbox.at("2025-04-03T00:00:00Z")


def event(code="calls", **fields):
    return {"code": code, "external_subscription_id": "acme", **fields}


def estimate(account, path="estimate_fees", **fields):
    return account.post(f"/events/{path}", {"event": event(**fields)})["fees"]


def refused(account, path="estimate_fees", **fields):
    return account.refused("POST", f"/events/{path}", {"event": event(**fields)})


def missing(account, path="estimate_fees", **fields):
    return account.call("POST", f"/events/{path}", {"event": event(**fields)}, expect=404)["code"]


def rows():
    return [db.session.scalar(select(func.count()).select_from(table)) for table in (Event, Fee, CachedAggregation)]


def test_the_fee_of_one_more_event(calls):
    (fee,) = estimate(calls)
    assert (fee["amount_cents"], fee["units"], fee["events_count"]) == (1000, "1.0", 1)
    assert fee["lago_id"] is fee["lago_invoice_id"] is None
    assert fee["pay_in_advance"] and fee["payment_status"] == "pending" and not fee["self_billed"]
    assert (fee["from_date"], fee["to_date"]) == ("2025-04-01T00:00:00+00:00", "2025-04-30T23:59:59+00:00")


def test_taxes_are_on_it(calls):
    a_tax(calls, rate=20, applied_to_organization=True)
    (fee,) = estimate(calls)
    assert (fee["taxes_amount_cents"], fee["total_amount_cents"]) == (200, 1200)
    assert [(tax["tax_code"], tax["amount_cents"]) for tax in fee["applied_taxes"]] == [("vat", 200)]


def test_its_transaction_is_a_random_one(calls):
    ids = {estimate(calls, transaction_id="t1")[0]["event_transaction_id"] for _ in range(2)}
    assert len(ids) == 2 and "t1" not in ids


def test_nothing_is_stored(sandbox):
    on_storage(sandbox, {})
    before = rows()
    estimate(sandbox, code="storage", properties={"gb": 4})
    assert rows() == before == [0, 0, 0]


def test_what_lies_below_the_peak_is_free(sandbox):
    """01 §5.14: 5, then -3; of 4 more, 1 is above the peak of 5. At 10.00."""
    on_storage(sandbox, {})
    for value in (5, -3):
        use(sandbox, "storage", properties={"gb": value})
    sandbox.at("2025-04-04T00:00:00Z")
    assert [estimate(sandbox, code="storage", properties={"gb": gb})[0]["amount_cents"] for gb in (2, 4)] == [0, 1000]


def test_the_first_flat_amount_is_not_in_it(sandbox):
    """02 §6.5: 0 units cost the first flat amount too."""
    tiers = [{"from_value": 0, "to_value": None, "per_unit_amount": "5", "flat_amount": "1"}]
    on_storage(sandbox, {"charge_model": "graduated", "properties": {"graduated_ranges": tiers}})
    assert estimate(sandbox, code="storage", properties={"gb": 2})[0]["amount_cents"] == 1000


def test_a_percentage_after_its_free_events(sandbox):
    """02 §6.3: rate 2, fixed 0.25, two free events; the third one of 300 costs 6.25."""
    on_storage(sandbox, {**PERCENTAGE, "properties": {**PERCENTAGE["properties"], "free_units_per_events": 2}})
    for gb, cents in ((100, 0), (50, 0), (300, 625)):
        (fee,) = estimate(sandbox, code="storage", properties={"gb": gb})
        assert (fee["amount_cents"], fee["units"], fee["amount_details"]) == (cents, f"{gb}.0", {})
        use(sandbox, "storage", properties={"gb": gb})


def test_bounds_of_percentages_count_the_event(sandbox):
    """02 §3.6: at least 1.00 and at most 5.00 an event; 20 x 2 % + 0.25 is less."""
    bounds = {"per_transaction_min_amount": "1", "per_transaction_max_amount": "5"}
    on_storage(sandbox, {**PERCENTAGE, "properties": {**PERCENTAGE["properties"], **bounds}})
    use(sandbox, "storage", properties={"gb": 300})
    assert estimate(sandbox, code="storage", properties={"gb": 20})[0]["amount_cents"] == 100


def test_each_charge_in_advance_gives_one(sandbox):
    sandbox.at("2025-04-01T00:00:00Z")
    metric = a_metric(sandbox)
    a_plan(sandbox, charges=[in_advance(metric), in_advance(metric, "3", invoiceable=False), standard_charge(metric)])
    subscribe(sandbox, plan_code="basic")
    assert [fee["amount_cents"] for fee in estimate(sandbox)] == [1000, 300]


def test_the_subscription_is_asked_for_before_anything_else(calls):
    assert missing(calls, external_subscription_id="nobody", timestamp="x", code="nothing") == "subscription_not_found"
    assert missing(calls, external_subscription_id=None) == "subscription_not_found"
    calls.delete("/subscriptions/acme")
    calls.at("2025-04-05T00:00:00Z")
    assert missing(calls) == "subscription_not_found"


def test_then_the_timestamp_then_the_metric(calls):
    assert refused(calls, timestamp="x", code="nothing") == {"timestamp": ["invalid_format"]}
    assert missing(calls, code="nothing") == missing(calls, code=None) == "billable_metric_not_found"


def test_a_number_must_be_one(sandbox):
    on_storage(sandbox, {})
    wrong = {"properties": ["value_is_not_valid_number"]}
    assert refused(sandbox, code="storage", properties={"gb": "much"}) == wrong
    assert estimate(sandbox, code="storage", properties={"gb": None})[0]["amount_cents"] == 0


def test_a_metric_without_a_charge_in_advance(calls):
    a_metric(calls, "mails")
    assert refused(calls, code="mails") == {"code": ["does_not_match_an_instant_charge"]}


def test_the_expression_of_the_metric_is_computed(sandbox):
    on_storage(sandbox, {}, expression="event.properties.a * 2")
    assert estimate(sandbox, code="storage", properties={"a": 3})[0]["units"] == "6.0"
    assert refused(sandbox, code="storage") == "expression_evaluation_failed: Variable: a not found"


def test_an_instant_estimate_of_a_percentage(sandbox):
    """300 x 2 % + 0.25 = 6.25; what was used before does not matter."""
    on_storage(sandbox, PERCENTAGE)
    use(sandbox, "storage", properties={"gb": 5})
    (fee,) = estimate(sandbox, "estimate_instant_fees", code="storage", transaction_id="t1", properties={"gb": 300})
    assert (fee["amount_cents"], fee["precise_amount"], fee["units"]) == ("625.0", "6.25", "300.0")
    assert (fee["total_amount_cents"], fee["taxes_amount_cents"]) == ("625.0", 0)
    assert (fee["event_transaction_id"], fee["lago_id"], fee["item"]["code"]) == ("t1", None, "storage")


@pytest.mark.parametrize("gb, cents, unit_cents", [
    ("4", "4000.0", "1000.0"), ("0.0004", "0.0", "0.0"), ("-3", "0.0", "0.0"), (None, "0.0", "0.0"),
])
def test_an_instant_estimate_at_a_price(sandbox, gb, cents, unit_cents):
    on_storage(sandbox, {})
    (fee,) = estimate(sandbox, "estimate_instant_fees", code="storage", properties={"gb": gb})
    assert (fee["amount_cents"], fee["precise_unit_amount"]) == (cents, unit_cents)


def test_an_instant_estimate_rounds_the_units_as_the_metric_does(sandbox):
    on_storage(sandbox, {}, rounding_function="ceil")
    (fee,) = estimate(sandbox, "estimate_instant_fees", code="storage", properties={"gb": "1.2"})
    assert (fee["units"], fee["amount_cents"]) == ("2.0", "2000.0")


def test_a_count_is_one_unit_and_gets_a_transaction(calls):
    (fee,) = estimate(calls, "estimate_instant_fees")
    assert (fee["units"], fee["amount_cents"]) == ("1.0", "1000.0") and fee["event_transaction_id"]


def test_an_instant_estimate_needs_a_subscription_and_a_charge(calls):
    path = "estimate_instant_fees"
    assert missing(calls, path, external_subscription_id="nobody") == "subscription_not_found"
    for code in ("nothing", None):
        assert refused(calls, path, code=code) == {"code": ["does_not_match_an_instant_charge"]}


def test_an_expression_that_fails_is_no_error_there(sandbox):
    on_storage(sandbox, {}, expression="event.properties.a * 2")
    (fee,) = estimate(sandbox, "estimate_instant_fees", code="storage", properties={"gb": 2})
    assert fee["units"] == "2.0"


def test_many_are_estimated_by_subscription(calls):
    subscribe(calls, "beta", "basic")
    sent = [event(transaction_id=f"t{n}", external_subscription_id=name) for n, name in enumerate(
        ("beta", "acme", "beta")
    )]
    fees = calls.post("/events/batch_estimate_instant_fees", {"events": [*sent, event("nothing")]})["fees"]
    assert [fee["event_transaction_id"] for fee in fees] == ["t0", "t2", "t1"]


def test_of_many_there_must_be_one(calls):
    path = "/events/batch_estimate_instant_fees"
    assert calls.refused("POST", path, {"events": []}) == {"events": ["no_events"]}
    assert calls.refused("POST", path, {}) == {"events": ["no_events"]}
    sent = {"events": [event(), event(external_subscription_id="nobody")]}
    assert calls.call("POST", path, sent, expect=404)["code"] == "subscription_not_found"


def test_a_plan_without_such_charges_is_refused_for_many_too(sandbox):
    sandbox.at("2025-04-01T00:00:00Z")
    a_plan(sandbox, charges=[standard_charge(a_metric(sandbox))])
    subscribe(sandbox, plan_code="basic")
    path = "/events/batch_estimate_instant_fees"
    assert sandbox.refused("POST", path, {"events": [event()]}) == {"code": ["does_not_match_an_instant_charge"]}


def test_the_number_of_queries_does_not_grow_with_the_events(calls, count_queries):
    counts = []
    for number in (2, 20):
        body = {"events": [event(transaction_id=f"t{n}") for n in range(number)]}
        with count_queries() as statements:
            calls.post("/events/batch_estimate_instant_fees", body)
        counts.append(len(statements))
    assert counts[0] == counts[1]
