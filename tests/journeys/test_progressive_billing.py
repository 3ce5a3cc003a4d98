"""Progressive billing: invoices inside of a period as usage reaches thresholds, credited on those after them
(03 §7, 04 §5 S2, §19.6)."""

import json

import pytest

from tests.builders.progressive import (
    BOTH,
    FIXED,
    NO_FEES,
    amounts,
    notes,
    periodic,
    progressive,
    reached,
    start,
    taxed,
    used,
)
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use
from tests.builders.webhooks import deliveries, endpoint_at


def test_the_example_of_the_reference(sandbox):
    """03 §7.5: 60.00, 230.00 and 410.00 reach three thresholds; the period ends at 450.00."""
    start(sandbox, BOTH)
    for day, units in ((5, 60), (10, 170), (15, 180), (20, 40)):
        used(sandbox, day, units)
    first, second, third = progressive(sandbox)
    assert [amounts(one) for one in (first, second, third)] == [
        (6000, 0, 0, 6000), (23000, 6000, 0, 17000), (41000, 23000, 0, 18000),
    ]
    assert [reached(one) for one in (first, second, third)] == [[(5000, 6000)], [(20000, 23000)], [(10000, 41000)]]
    sandbox.at("2024-02-01T00:00:00Z")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (45000, 41000, 0, 4000)
    (credit,) = invoice["credits"]
    assert credit["amount_cents"] == 41000 and credit["before_taxes"] is True
    assert (credit["item"]["type"], credit["item"]["lago_item_id"]) == ("invoice", third["lago_id"])
    assert credit["item"]["code"] == third["number"] and credit["invoice"]["lago_id"] == invoice["lago_id"]
    assert fee(invoice, "charge")["precise_coupons_amount_cents"] == "41000.0"
    assert "applied_usage_thresholds" not in invoice


def test_usage_corrected_down_is_given_back(sandbox):
    """03 §7.5: 410.00 were billed, the period ends at 380.00. Of the item of 30.00 the part 230/410 was covered by the
    earlier invoices, which leaves 13.17 before tax."""
    start(sandbox, BOTH)
    for day, units in ((5, 60), (10, 170), (15, 180), (20, -30)):
        used(sandbox, day, units)
    sandbox.at("2024-02-01T00:00:00Z")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (38000, 38000, 0, 0)
    (note,) = notes(sandbox)
    assert note.invoice_id.hex == progressive(sandbox)[2]["lago_id"].replace("-", "")
    assert [item.amount_cents for item in note.items] == [3000]
    assert (note.sub_total_excluding_taxes_amount_cents, note.total_amount_cents, note.reason) == (1317, 1317, "other")


@pytest.mark.parametrize("last, expected", [
    pytest.param(45, (31500, 27000, 900, 5400), id="more"), pytest.param(-40, (23000, 23000, 0, 0), id="less"),
])
def test_the_example_with_a_tax(sandbox, last, expected):
    """04 §19.6, tax 20 %: 180.00, then 270.00, and at the end 315.00; or 230.00, where 16.00 are given back."""
    taxed(sandbox)
    start(sandbox, [{"amount_cents": 18000}, {"amount_cents": 27000}])
    for day, units in ((5, 180), (10, 90), (20, last)):
        used(sandbox, day, units)
    assert [amounts(one) for one in progressive(sandbox)] == [(18000, 0, 3600, 21600), (27000, 18000, 1800, 10800)]
    sandbox.at("2024-02-01T00:00:00Z")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == expected
    assert [note.credit_amount_cents for note in notes(sandbox)] == ([1600] if last < 0 else [])


def test_one_invoice_for_all_thresholds_and_a_webhook_for_each(sandbox):
    endpoint_at(sandbox, "http://127.0.0.1:9/hook", signature_algo="hmac")
    start(sandbox, BOTH, code="pro")
    used(sandbox, 5, 100, 250)
    (invoice,) = progressive(sandbox)
    assert reached(invoice) == [(5000, 35000), (20000, 35000), (10000, 35000)]
    told = [row for row in deliveries(sandbox) if row.webhook_type == "subscription.usage_threshold_reached"]
    bodies = [json.loads(row.payload)["subscription"] for row in told]
    assert [body["usage_threshold"]["amount_cents"] for body in bodies] == [5000, 20000, 10000]
    thresholds = sandbox.get("/plans/pro")["plan"]["usage_thresholds"]
    assert [body["usage_threshold"] for body in bodies] == thresholds
    assert {body["external_id"] for body in bodies} == {"acme"}
    assert all(
        body["plan"]["code"] == "pro" and body["customer"]["external_id"] == "acme"
        and len(body["applicable_usage_thresholds"]) == 3 for body in bodies
    )
    assert "invoice.created" in [row.webhook_type for row in deliveries(sandbox)]


def test_the_invoice_is_final_at_once_whatever_the_grace_period(sandbox):
    start(sandbox, FIXED, grace=5)
    used(sandbox, 5, 60)
    (invoice,) = progressive(sandbox)
    assert (invoice["status"], invoice["issuing_date"], invoice["invoice_type"]) == (
        "finalized", "2024-01-05", "progressive_billing"
    )
    (period,) = invoice["billing_periods"]
    assert period["invoicing_reason"] == "progressive_billing"
    assert (period["charges_from_datetime"], period["charges_to_datetime"]) == (
        "2024-01-01T00:00:00Z", "2024-01-31T23:59:59Z"
    )
    (listed,) = sandbox.get("/invoices")["invoices"]
    assert listed["applied_usage_thresholds"] == invoice["applied_usage_thresholds"]


def test_more_usage_without_a_threshold_is_no_invoice(sandbox):
    start(sandbox, FIXED)
    used(sandbox, 5, 60)
    used(sandbox, 6, 60)
    assert len(progressive(sandbox)) == 1


def test_a_threshold_is_reached_once_in_a_life(sandbox):
    """The second period starts from what the first one invoiced."""
    start(sandbox, FIXED)
    used(sandbox, 5, 60)
    used(sandbox, 5, 100, month=2)  # 160.00 in all
    assert len(progressive(sandbox)) == 1
    used(sandbox, 6, 50, month=2)  # 210.00
    assert [reached(one) for one in progressive(sandbox)] == [[(5000, 6000)], [(20000, 21000)]]
    assert amounts(progressive(sandbox)[1]) == (15000, 0, 0, 15000)
    sandbox.at("2024-03-01T00:00:00Z")
    assert [amounts(one) for one in periodic(sandbox)] == [(6000, 6000, 0, 0), (15000, 15000, 0, 0)]


def test_what_was_used_before_counts_and_is_not_billed(sandbox):
    """The client tells of 48.00: no recheck, but the next 2.00 reach 50.00."""
    start(sandbox, FIXED)
    used(sandbox, 2, 1)
    body = {"lifetime_usage": {"external_historical_usage_amount_cents": 4800}}
    sandbox.put("/subscriptions/acme/lifetime_usage", body)
    sandbox.at("2024-01-03T00:00:00Z")
    assert progressive(sandbox) == []
    used(sandbox, 4, 1)
    (invoice,) = progressive(sandbox)
    assert amounts(invoice) == (200, 0, 0, 200) and reached(invoice) == [(5000, 5000)]


def test_usage_paid_in_advance_counts_but_is_on_its_own_invoices(sandbox):
    """25.00 in advance, which are invoiced and current (03 §7.1), and 30.00 in arrears reach 80.00 together. The next
    unit does not reach them again, although the invoice has only 30.00."""
    sandbox.at("2024-01-01T00:00:00Z")
    calls = metric(sandbox, "calls", "sum_agg", field_name="total")
    start(sandbox, [{"amount_cents": 8000, "recurring": True}], {**standard(calls, "1"), "pay_in_advance": True})
    used(sandbox, 3, 25, code="calls")
    used(sandbox, 4, 30)
    (invoice,) = progressive(sandbox)
    assert amounts(invoice) == (3000, 0, 0, 3000) and reached(invoice) == [(8000, 8000)]
    used(sandbox, 5, 1)
    assert len(progressive(sandbox)) == 1


def test_a_threshold_that_is_reached_by_usage_in_advance_alone_is_an_invoice_of_zero(sandbox):
    """Whatever the customer wants of such invoices (04 §1.1): 25.00 in advance count twice while they are current."""
    sandbox.at("2024-01-01T00:00:00Z")
    calls = metric(sandbox, "calls", "sum_agg", field_name="total")
    start(sandbox, FIXED, {**standard(calls, "1"), "pay_in_advance": True})
    customer(sandbox, finalize_zero_amount_invoice="skip")
    used(sandbox, 3, 25, code="calls")
    (invoice,) = progressive(sandbox)
    assert (invoice["status"], invoice["payment_status"]) == ("finalized", "succeeded")
    assert amounts(invoice) == (0, 0, 0, 0) and reached(invoice) == [(5000, 5000)]


def test_spending_minimums_come_at_the_end_of_the_period_alone(sandbox):
    """A minimum of 100.00 on the charge: 60.00 at the threshold, then 60.00 and a true-up of 40.00, of which 60.00 were
    billed."""
    sandbox.at("2024-01-01T00:00:00Z")
    calls = metric(sandbox, "calls", "sum_agg", field_name="total")
    start(sandbox, FIXED, {**standard(calls, "1"), "min_amount_cents": 10000})
    used(sandbox, 5, 60, code="calls")
    assert amounts(progressive(sandbox)[0]) == (6000, 0, 0, 6000)
    sandbox.at("2024-02-01T00:00:00Z")
    assert amounts(periodic(sandbox)[0]) == (10000, 6000, 0, 4000)


def test_filters_and_groups_are_credited_each(sandbox):
    """Units of region eu cost 2.00, others 1.00, each in groups of tier; 10 and 20 units at the threshold, 5 and 0
    more afterwards."""
    sandbox.at("2024-01-01T00:00:00Z")
    api = metric(sandbox, "api", "sum_agg", field_name="total", filters=[{"key": "region", "values": ["eu", "us"]}])
    priced = {"amount": "1", "pricing_group_keys": ["tier"]}
    charge = {**standard(api, "1"), "properties": priced, "filters": [
        {"values": {"region": ["eu"]}, "properties": {**priced, "amount": "2"}},
    ]}
    plan(sandbox, charges=[charge], usage_thresholds=[{"amount_cents": 3000}], **NO_FEES)
    customer(sandbox)
    subscribe(sandbox)
    sandbox.at("2024-01-05T00:00:00Z")
    for region, tier, units in (("eu", "a", 10), ("us", "b", 20)):
        use(sandbox, "api", properties={"region": region, "tier": tier, "total": units})
    sandbox.at("2024-01-06T00:00:00Z")
    use(sandbox, "api", properties={"region": "eu", "tier": "a", "total": 5})
    sandbox.at("2024-02-01T00:00:00Z")
    assert amounts(progressive(sandbox)[0]) == (4000, 0, 0, 4000)
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (5000, 4000, 0, 1000)
    assert {
        (row["item"]["grouped_by"]["tier"], row["amount_cents"], row["precise_coupons_amount_cents"])
        for row in invoice["fees"] if row["item"]["type"] == "charge"
    } == {("a", 3000, "2000.0"), ("b", 2000, "2000.0")}


def test_seats_that_go_on_reach_thresholds_at_the_beginning_of_a_period(sandbox):
    """30 seats at 1.00 a month: 60.00 in all are used from 1 February on, and 90.00 from 1 March on, whatever way the
    clock goes."""
    sandbox.at("2024-01-01T00:00:00Z")
    seats = metric(sandbox, "seats", "sum_agg", field_name="total", recurring=True)
    plan(sandbox, charges=[standard(seats, "1")], usage_thresholds=[{"amount_cents": 5000}, {"amount_cents": 8000}],
         **NO_FEES)
    customer(sandbox)
    subscribe(sandbox)
    use(sandbox, "seats", properties={"total": 30})
    sandbox.at("2024-04-02T00:00:00Z")
    made = [(row["issuing_date"], row["invoice_type"], *amounts(row)) for row in invoices(sandbox)]
    assert sorted(made) == [
        ("2024-02-01", "progressive_billing", 3000, 0, 0, 3000), ("2024-02-01", "subscription", 3000, 0, 0, 3000),
        ("2024-03-01", "progressive_billing", 3000, 0, 0, 3000), ("2024-03-01", "subscription", 3000, 3000, 0, 0),
        ("2024-04-01", "subscription", 3000, 3000, 0, 0),
    ]


def test_a_termination_credits_what_was_billed(sandbox):
    """31.00 a month: 16 of 31 days, and 60.00 + 10.00 of usage, of which 60.00 were billed."""
    start(sandbox, FIXED, amount_cents=3100)
    used(sandbox, 5, 60)
    used(sandbox, 6, 10)
    sandbox.at("2024-01-16T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (1600 + 7000, 6000, 0, 2600)


def test_a_change_of_plan_credits_what_was_billed_and_goes_on_from_there(sandbox):
    """60.00 on the old plan, of which 60.00 were billed; units cost 2.00 from then on, and 200.00 in all are reached
    with 70 more of them."""
    api = start(sandbox, FIXED)
    plan(sandbox, "big", amount_cents=100, charges=[standard(api, "2")], usage_thresholds=FIXED)
    used(sandbox, 5, 60)
    sandbox.at("2024-01-10T00:00:00Z")
    subscribe(sandbox, plan_code="big")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (6000, 6000, 0, 0)
    used(sandbox, 12, 60)
    assert len(progressive(sandbox)) == 1
    used(sandbox, 13, 10)
    assert [amounts(one) for one in progressive(sandbox)] == [(6000, 0, 0, 6000), (14000, 0, 0, 14000)]
    assert reached(progressive(sandbox)[1]) == [(20000, 20000)]
    sandbox.at("2024-02-01T00:00:00Z")
    assert periodic(sandbox)[1]["progressive_billing_credit_amount_cents"] == 14000


def test_a_plan_of_its_own_in_the_midst_of_a_period(sandbox):
    """The copied charge bills what the first one has billed in part: the credit follows it."""
    start(sandbox, FIXED)
    used(sandbox, 5, 60)
    sandbox.put("/subscriptions/acme", {"subscription": {"plan_overrides": {"name": "Own"}}})
    used(sandbox, 6, 10)
    sandbox.at("2024-02-01T00:00:00Z")
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (7000, 6000, 0, 1000)
    assert fee(invoice, "charge")["precise_coupons_amount_cents"] == "6000.0"


def test_a_draft_has_the_credit_and_again_when_it_is_made_anew(sandbox):
    taxed(sandbox)
    start(sandbox, FIXED, grace=5)
    used(sandbox, 5, 60)
    used(sandbox, 6, 10)
    sandbox.at("2024-02-01T00:00:00Z")
    (draft,) = periodic(sandbox)
    assert draft["status"] == "draft" and amounts(draft) == (7000, 6000, 200, 1200)
    again = sandbox.put(f"/invoices/{draft['lago_id']}/refresh")["invoice"]
    assert amounts(again) == amounts(draft) and len(again["credits"]) == 1
    sandbox.at("2024-02-06T00:00:00Z")
    (final,) = periodic(sandbox)
    assert final["status"] == "finalized" and amounts(final) == amounts(draft) and len(final["credits"]) == 1
    assert notes(sandbox) == []


def test_each_making_of_a_draft_counts_earlier_notes_with_their_tax(sandbox):
    """04 §5 S2.3 [Q], tax 20 %: 270.00 were billed after 180.00, 230.00 are left. 40.00 are given back, which is a note
    of 16.00; made anew, 270.00 − 16.00 − 230.00 = 24.00 are too much."""
    taxed(sandbox)
    start(sandbox, [{"amount_cents": 18000}, {"amount_cents": 27000}], grace=5)
    for day, units in ((5, 180), (10, 90), (20, -40)):
        used(sandbox, day, units)
    sandbox.at("2024-02-01T00:00:00Z")
    (draft,) = periodic(sandbox)
    assert amounts(draft) == (23000, 23000, 0, 0)
    assert [(note.credit_amount_cents, note.status) for note in notes(sandbox)] == [(1600, "finalized")]
    sandbox.put(f"/invoices/{draft['lago_id']}/refresh")
    assert [item.amount_cents for note in notes(sandbox) for item in note.items] == [4000, 2400]


def test_several_subscriptions_on_one_invoice_have_each_their_credit(sandbox):
    start(sandbox, FIXED)
    subscribe(sandbox, external_id="other")
    sandbox.at("2024-01-05T00:00:00Z")
    for external_id, units in (("acme", 60), ("other", 90)):
        use(sandbox, "api", external_id, properties={"total": units})
    sandbox.at("2024-02-01T00:00:00Z")
    assert sorted(amounts(one)[0] for one in progressive(sandbox)) == [6000, 9000]
    (invoice,) = periodic(sandbox)
    assert amounts(invoice) == (15000, 15000, 0, 0)
    assert sorted(row["amount_cents"] for row in invoice["credits"]) == [6000, 9000]


def test_a_subscription_that_begins_anew_has_its_thresholds_before_it_again(sandbox):
    start(sandbox, FIXED)
    used(sandbox, 5, 60)
    sandbox.at("2024-01-10T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    sandbox.at("2024-01-12T00:00:00Z")
    subscribe(sandbox)
    used(sandbox, 15, 55)
    assert [amounts(one) for one in progressive(sandbox)] == [(6000, 0, 0, 6000), (5500, 0, 0, 5500)]
