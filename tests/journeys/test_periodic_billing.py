"""Billing stories: periods, first and last parts, zones, what is billed when."""

import pytest

from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


def test_usage_in_arrears_is_on_the_invoice_of_the_first_day_after_the_month(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    sandbox.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    calls = metric(sandbox, "calls")
    plan(sandbox, charges=[standard(calls, "0.5")])
    subscribe(sandbox)
    sandbox.at("2024-01-10T12:00:00Z")
    for _ in range(3):
        use(sandbox, "calls")
    sandbox.at("2024-02-01T06:00:00Z")
    (invoice,) = invoices(sandbox)
    assert fee(invoice, "subscription")["amount_cents"] == 4900
    assert fee(invoice, "charge")["amount_cents"] == 150  # 3 x 0.50
    assert (invoice["taxes_amount_cents"], invoice["total_amount_cents"]) == (1010, 6060)  # 20 % of 50.50
    assert (invoice["status"], invoice["issuing_date"], invoice["created_at"]) == (
        "finalized", "2024-02-01", "2024-02-01T00:00:00Z"
    )


def test_a_plan_in_advance_bills_its_first_days_at_once_and_usage_a_month_later(sandbox):
    sandbox.at("2024-02-20T09:00:00Z")
    calls = metric(sandbox, "calls")
    plan(sandbox, amount_cents=2900, pay_in_advance=True, charges=[standard(calls, "1")])
    subscribe(sandbox)
    (first,) = invoices(sandbox)
    assert fee(first, "subscription")["amount_cents"] == 1000  # 20 to 29 February: 29.00 x 10/29
    use(sandbox, "calls")
    sandbox.at("2024-03-01T00:00:00Z")
    second = invoices(sandbox)[1]
    assert (fee(second, "subscription")["amount_cents"], fee(second, "charge")["amount_cents"]) == (2900, 100)
    assert second["billing_periods"][0]["invoicing_reason"] == "subscription_periodic"


def test_nothing_is_billed_before_midnight_of_the_customers_zone(sandbox):
    sandbox.at("2024-01-31T00:00:00Z")
    plan(sandbox)
    customer(sandbox, timezone="America/Los_Angeles")
    subscribe(sandbox, billing_time="calendar")
    sandbox.at("2024-02-01T07:59:59Z")
    assert invoices(sandbox) == []
    sandbox.at("2024-02-01T08:00:00Z")
    (invoice,) = invoices(sandbox)
    assert invoice["issuing_date"] == "2024-02-01"
    assert fee(invoice, "subscription")["amount_cents"] == 316  # from 30 January 16:00 there: 2 of 31 days


@pytest.mark.parametrize("interval, months", [("monthly", 12), ("quarterly", 4), ("semiannual", 2), ("yearly", 1)])
def test_a_year_has_one_invoice_for_each_period(sandbox, interval, months):
    sandbox.at("2023-01-01T00:00:00Z")
    plan(sandbox, interval=interval)
    subscribe(sandbox)
    sandbox.at("2024-01-01T00:00:00Z")
    assert [row["fees_amount_cents"] for row in invoices(sandbox)] == [4900] * months


def test_a_termination_bills_the_days_lived_the_last_one_included(sandbox):
    sandbox.at("2024-06-01T00:00:00Z")
    plan(sandbox, amount_cents=3000)
    subscribe(sandbox)
    sandbox.at("2024-06-10T15:00:00Z")
    sandbox.delete("/subscriptions/acme")
    (invoice,) = invoices(sandbox)
    assert fee(invoice, "subscription")["amount_cents"] == 1000  # 10 of 30 days
    assert invoice["billing_periods"][0]["invoicing_reason"] == "subscription_terminating"
    sandbox.at("2024-08-01T00:00:00Z")
    assert len(invoices(sandbox)) == 1


def test_an_end_on_a_billing_day_bills_the_closed_period_once(sandbox):
    sandbox.at("2024-06-01T00:00:00Z")
    plan(sandbox, amount_cents=3000)
    subscribe(sandbox, ending_at="2024-07-01T12:00:00Z")
    sandbox.at("2024-07-02T00:00:00Z")
    assert [row["fees_amount_cents"] for row in invoices(sandbox)] == [3000]


def test_without_a_final_invoice_the_last_days_are_not_billed(sandbox):
    sandbox.at("2024-06-01T00:00:00Z")
    plan(sandbox)
    subscribe(sandbox)
    sandbox.delete("/subscriptions/acme", on_termination_invoice="skip")
    assert invoices(sandbox) == []


def test_subscriptions_of_one_customer_share_an_invoice_unless_one_wants_its_own(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox)
    for external_id, consolidated in (("a", True), ("b", True), ("c", False)):
        subscribe(sandbox, external_id=external_id, consolidate_invoice=consolidated)
    sandbox.at("2024-02-01T00:00:00Z")
    assert sorted(len(row["billing_periods"]) for row in invoices(sandbox)) == [1, 2]


def test_a_zero_invoice_is_closed_for_a_customer_who_skips_them(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, amount_cents=0)
    customer(sandbox, finalize_zero_amount_invoice="skip")
    customer(sandbox, "other")
    subscribe(sandbox)
    subscribe(sandbox, "other")
    sandbox.at("2024-02-01T00:00:00Z")
    assert invoices(sandbox) == []
    (zero,) = invoices(sandbox, "other")
    assert (zero["status"], zero["payment_status"], zero["total_amount_cents"]) == ("finalized", "succeeded", 0)


def test_a_yearly_plan_with_monthly_charges_has_its_fee_on_the_twelfth_invoice(sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    calls = metric(sandbox, "calls")
    plan(sandbox, interval="yearly", bill_charges_monthly=True, charges=[standard(calls, "1")])
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2024-01-01T00:00:00Z")
    assert [row["fees_amount_cents"] for row in invoices(sandbox)] == [100, *[0] * 10, 4900]


def test_moving_to_another_zone_moves_the_billing_hour(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox)
    subscribe(sandbox)
    customer(sandbox, timezone="Asia/Tokyo")
    sandbox.at("2024-01-31T14:59:59Z")
    assert invoices(sandbox) == []
    sandbox.at("2024-01-31T15:00:00Z")
    assert [row["issuing_date"] for row in invoices(sandbox)] == ["2024-02-01"]
