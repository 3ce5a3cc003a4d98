"""Usage that is paid in advance: each event makes a fee as it arrives, for what it adds to the period's peak."""

import pytest

from tests.builders.fees import charge_fees
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use


def in_advance(billable_metric, amount="2", **fields):
    """A charge in advance that makes fees without invoices, unless it is said to be invoiceable."""
    return {**standard(billable_metric, amount), "pay_in_advance": True, "invoiceable": False, **fields}


def on_sums(sandbox, *, start="2025-04-01T00:00:00Z", recurring=False, **fields):
    """`acme` on a plan with a charge in advance on the sum of `gb`."""
    sandbox.at(start)
    storage = metric(sandbox, "storage", "sum_agg", field_name="gb", recurring=recurring)
    plan(sandbox, amount_cents=0, charges=[in_advance(storage, **fields)])
    subscribe(sandbox)
    return sandbox


def on_counts(sandbox, kind="count_agg", **fields):
    sandbox.at("2025-04-01T00:00:00Z")
    plan(sandbox, amount_cents=0, charges=[in_advance(metric(sandbox, "seats", kind, field_name="seat"), **fields)])
    subscribe(sandbox)
    return sandbox


def tell(sandbox, day, code="storage", hour=0, **properties):
    sandbox.at(f"2025-04-{day:02}T{hour:02}:00:00Z")
    use(sandbox, code, properties=properties)


def billed(sandbox):
    """Units and cents of the fees, in order."""
    sandbox.at(sandbox.get("/test_clock")["test_clock"]["now"])
    return [(fee["units"], fee["amount_cents"]) for fee in charge_fees(sandbox)]


def usage_of(sandbox):
    (charge,) = sandbox.get("/customers/acme/current_usage", external_subscription_id="acme")[
        "customer_usage"]["charges_usage"]
    return charge["units"], charge["amount_cents"]


def test_a_sum_costs_the_growth_of_its_peak(sandbox):
    """01 §5.14."""
    on_sums(sandbox)
    for day, gb in enumerate((5, -3, 2, 4), start=2):
        tell(sandbox, day, gb=gb)
        if day == 3:
            assert usage_of(sandbox.at("2025-04-03T00:00:00Z")) == ("2.0", 1000)
    assert billed(sandbox) == [("5.0", 1000), ("0.0", 0), ("2.0", 0), ("3.0", 600)]


def test_a_sum_that_begins_below_nothing(sandbox):
    """02 §6.3, the fresh period: -4 leaves a peak of -4; +10 costs 10."""
    on_sums(sandbox)
    for day, gb in ((2, -4), (3, 10)):
        tell(sandbox, day, gb=gb)
    assert billed(sandbox) == [("0.0", 0), ("10.0", 2000)]


def test_a_value_that_comes_back_is_free(sandbox):
    """02 §6.3: a, b, a removed, c (free), d, d again."""
    on_counts(sandbox, "unique_count_agg")
    for day, (seat, operation) in enumerate(
        (("a", None), ("b", None), ("a", "remove"), ("c", "add"), ("d", None), ("d", None)), start=2
    ):
        tell(sandbox, day, "seats", seat=seat, **({"operation_type": operation} if operation else {}))
    assert billed(sandbox) == [("1.0", 200), ("1.0", 200), ("0.0", 0), ("1.0", 0), ("1.0", 200), ("0.0", 0)]


GRADUATED = {"graduated_ranges": [
    {"from_value": 0, "to_value": 2, "per_unit_amount": "5", "flat_amount": "1"},
    {"from_value": 3, "to_value": None, "per_unit_amount": "3", "flat_amount": "2"},
]}


@pytest.mark.parametrize("model, properties, cents", [
    ("package", {"package_size": 3, "amount": "4", "free_units": 1}, [0, 400, 0, 0, 400, 0, 0]),
    ("graduated", GRADUATED, [600, 500, 500, 300]),
    ("standard", {"amount": "0.004"}, [0, 0, 0, 0, 0]),
])
def test_each_unit_costs_what_it_adds_to_the_total(sandbox, model, properties, cents):
    """02 §6.3."""
    on_counts(sandbox, charge_model=model, properties=properties)
    for day in range(2, 2 + len(cents)):
        tell(sandbox, day, "seats")
    assert billed(sandbox) == [("1.0", amount) for amount in cents]


def test_a_percentage_after_free_events_says_how_it_came_to_be(sandbox):
    """02 §6.3."""
    properties = {"rate": "2", "fixed_amount": "0.25", "free_units_per_events": 2}
    on_sums(sandbox, charge_model="percentage", properties=properties)
    for day, gb in ((2, 100), (3, 50), (4, 300)):
        tell(sandbox, day, gb=gb)
    assert billed(sandbox) == [("100.0", 0), ("50.0", 0), ("300.0", 625)]
    fee = charge_fees(sandbox)[-1]
    assert fee["precise_unit_amount"] == "0.020833333333333"
    assert fee["amount_details"] == {
        "rate": "2.0", "fixed_fee_unit_amount": "0.25", "units": "300.0", "free_units": "0.0", "paid_units": "300.0",
        "free_events": "0.0", "paid_events": "1.0", "fixed_fee_total_amount": "0.25",
        "min_max_adjustment_total_amount": "0.0", "per_unit_total_amount": "6.0",
    }


def test_what_is_prorated_costs_the_days_that_are_left(sandbox):
    """01 §5.15."""
    on_sums(sandbox, start="2025-03-01T00:00:00Z", recurring=True, amount="10", prorated=True)
    sandbox.at("2025-03-15T00:00:00Z")
    use(sandbox, "storage", properties={"gb": 10})
    for day, hour, gb in ((10, 12, 6), (15, 0, -2), (21, 0, 5)):
        tell(sandbox, day, hour=hour, gb=gb)
    sandbox.at("2025-04-21T00:00:00Z")
    of_april = [
        (fee["units"], fee["amount_cents"]) for fee in charge_fees(sandbox)
        if fee["event_transaction_id"] and fee["created_at"] > "2025-04-01T12"
    ]
    assert of_april == [("6.0", 4200), ("0.0", 0), ("3.0", 1000)]
    assert usage_of(sandbox) == ("19.0", 15200)
    sandbox.at("2025-05-01T00:00:00Z")
    renewal = charge_fees(sandbox)[-1]
    assert (renewal["units"], renewal["amount_cents"], renewal["event_transaction_id"]) == ("19.0", 19000, None)


def test_a_fee_without_invoice_is_taxed_at_once_and_waits_for_payment(sandbox):
    sandbox.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    on_sums(sandbox)
    tell(sandbox, 2, gb=5)
    (fee,) = billed(sandbox) and charge_fees(sandbox)
    assert (fee["taxes_amount_cents"], fee["total_amount_cents"], fee["payment_status"]) == (200, 1200, "pending")
    assert fee["lago_invoice_id"] is None and fee["pay_in_advance"] and not fee["invoiceable"]
    assert invoices(sandbox) == []


def test_an_invoiceable_charge_makes_an_invoice_for_each_event(sandbox):
    on_sums(sandbox, invoiceable=True)
    for day, gb in ((2, 5), (3, -3)):
        tell(sandbox, day, gb=gb)
    sandbox.at("2025-04-05T00:00:00Z")
    made = invoices(sandbox)
    assert [(one["issuing_date"], one["total_amount_cents"], one["payment_status"]) for one in made] == [
        ("2025-04-02", 1000, "pending"), ("2025-04-03", 0, "succeeded")
    ]
    assert {one["billing_periods"][0]["invoicing_reason"] for one in made} == {"in_advance_charge"}


def test_the_invoice_is_dated_on_the_events_day_where_the_customer_lives(sandbox):
    sandbox.at("2025-03-31T00:00:00Z")
    sandbox.post("/customers", {"customer": {"external_id": "acme", "timezone": "America/New_York"}})
    on_sums(sandbox, invoiceable=True)
    sandbox.at("2025-04-10T12:00:00Z")
    use(sandbox, "storage", properties={"gb": 1}, timestamp="2025-04-09T02:00:00Z")
    sandbox.at("2025-04-10T13:00:00Z")
    assert invoices(sandbox)[-1]["issuing_date"] == "2025-04-08"


def test_invoices_of_zero_are_closed_for_who_wants_none(sandbox):
    sandbox.at("2025-03-31T00:00:00Z")
    sandbox.post("/customers", {"customer": {"external_id": "acme", "finalize_zero_amount_invoice": "skip"}})
    on_sums(sandbox, invoiceable=True)
    for day, gb in ((2, -3), (3, 5)):
        tell(sandbox, day, gb=gb)
    sandbox.at("2025-04-05T00:00:00Z")
    assert [one["total_amount_cents"] for one in invoices(sandbox)] == [1000]
    assert len(charge_fees(sandbox)) == 2


def test_units_that_go_on_are_renewed_on_the_periodic_invoice(sandbox):
    on_sums(sandbox, recurring=True, invoiceable=True)
    tell(sandbox, 2, gb=5)
    sandbox.at("2025-05-01T00:00:00Z")
    (fee,) = invoices(sandbox)[-1]["fees"][1:]
    assert (fee["units"], fee["amount_cents"], fee["pay_in_advance"]) == ("5.0", 1000, False)
    assert (fee["from_date"], fee["to_date"]) == ("2025-05-01T00:00:00+00:00", "2025-05-31T23:59:59+00:00")


def test_units_that_end_with_the_period_are_not_billed_again(sandbox):
    on_sums(sandbox, invoiceable=True)
    tell(sandbox, 2, gb=5)
    sandbox.at("2025-05-01T00:00:00Z")
    assert [fee["item"]["type"] for fee in invoices(sandbox)[-1]["fees"]] == ["subscription"]


def test_renewals_stand_beside_the_invoice_where_fees_are_not_invoiced(sandbox):
    """02 §4: stored even if they are zero, and told of."""
    on_sums(sandbox, recurring=True)
    sandbox.at("2025-05-01T00:00:00Z")
    (renewal,) = charge_fees(sandbox)
    assert (renewal["units"], renewal["lago_invoice_id"], renewal["pay_in_advance"]) == ("0.0", None, True)


def test_an_end_renews_nothing(sandbox):
    on_sums(sandbox, recurring=True)
    tell(sandbox, 2, gb=5)
    sandbox.at("2025-04-20T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    sandbox.at("2025-05-02T00:00:00Z")
    assert billed(sandbox) == [("5.0", 1000)]


def test_what_has_not_begun_or_has_ended_is_billed_no_event(sandbox):
    on_sums(sandbox)
    use(sandbox, "storage", properties={"gb": 1}, timestamp="2025-03-31T23:59:59.998Z")
    sandbox.at("2025-04-20T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    use(sandbox, "storage", properties={"gb": 1}, timestamp="2025-04-20T00:00:00.002Z")
    use(sandbox, "storage", properties={"gb": 3}, timestamp="2025-04-19T00:00:00Z")
    assert billed(sandbox) == [("3.0", 600)]


@pytest.mark.parametrize("properties", [{}, {"gb": None}, {"gb": ""}, {"gb": " "}, {"gb": "much"}, {"gb": "1e3"}])
def test_an_event_without_its_number_makes_no_fee(sandbox, properties):
    on_sums(sandbox)
    tell(sandbox, 2, **properties)
    assert billed(sandbox) == []


@pytest.mark.parametrize("value", [None, "", False])
def test_an_event_without_its_value_makes_no_fee(sandbox, value):
    on_counts(sandbox, "unique_count_agg")
    tell(sandbox, 2, "seats", seat=value)
    assert billed(sandbox) == []


def test_a_transaction_with_a_fee_without_invoice_is_billed_to_no_one_else(sandbox):
    """01 §3.9: whatever subscription the fee is of."""
    on_sums(sandbox)
    subscribe(sandbox, "beta")
    for name in ("acme", "beta"):
        use(sandbox, "storage", name, transaction_id="same", properties={"gb": 1})
        sandbox.at("2025-04-01T00:00:00Z")
    assert [fee["external_subscription_id"] for fee in charge_fees(sandbox)] == ["acme"]


def test_each_group_has_a_peak_of_its_own(sandbox):
    on_sums(sandbox, properties={"amount": "2", "pricing_group_keys": ["team"]})
    for day, (gb, team) in enumerate(((5, "red"), (4, "blue"), (-2, "red"), (1, "blue"), (2, None)), start=2):
        tell(sandbox, day, gb=gb, **({"team": team} if team else {}))
    assert billed(sandbox) == [("5.0", 1000), ("4.0", 800), ("0.0", 0), ("1.0", 200), ("2.0", 400)]
    assert [fee["item"]["grouped_by"]["team"] for fee in charge_fees(sandbox)] == ["red", "blue", "red", "blue", None]


def test_events_of_a_batch_are_billed_in_their_order(sandbox):
    on_sums(sandbox)
    sandbox.at("2025-04-02T00:00:00Z")
    sent = [
        {"transaction_id": f"b{n}", "external_subscription_id": "acme", "code": "storage", "properties": {"gb": gb}}
        for n, gb in enumerate((5, -3, 2, 4))
    ]
    sandbox.post("/events/batch", {"events": sent})
    assert billed(sandbox) == [("5.0", 1000), ("0.0", 0), ("2.0", 0), ("3.0", 600)]


def test_events_of_another_period_follow_that_period(sandbox):
    """A late event is billed in the period of its timestamp, after the newest state there."""
    on_sums(sandbox, start="2025-03-01T00:00:00Z")
    tell(sandbox, 2, gb=5)
    use(sandbox, "storage", properties={"gb": 4}, timestamp="2025-03-20T00:00:00Z")
    use(sandbox, "storage", properties={"gb": 1}, timestamp="2025-03-10T00:00:00Z")
    assert billed(sandbox) == [("5.0", 1000), ("4.0", 800), ("1.0", 200)]
    assert charge_fees(sandbox)[-1]["from_date"] == "2025-03-01T00:00:00+00:00"
