"""What upgrades do to usage, and to what plans cost at least: which plan charges what (03 §3.3-4, 02 §4, §5, §9)."""

import pytest

from tests.builders.plan_changes import begin, billed, change, fees
from tests.builders.stories import invoices, metric, standard, use

AHEAD = {"pay_in_advance": True}
SEATS = {"aggregation_type": "sum_agg", "field_name": "n", "recurring": True}


def test_usage_is_charged_by_the_plan_of_its_time_and_at_the_very_instant_by_both(sandbox):
    sandbox.at("2025-03-01T00:00:00Z")
    calls = metric(sandbox, "calls")
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 0, "charges": [standard(calls, "1")]},
        "new": {"amount_cents": 0, "charges": [standard(calls, "2")]},
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    for moment in ("16:19:59.999", "16:20:00", "16:20:00.001"):
        use(sandbox, "calls", timestamp=f"2025-03-12T{moment}Z")
    usage = sandbox.get("/customers/acme/current_usage", external_subscription_id="acme")["customer_usage"]
    assert (usage["from_datetime"], usage["amount_cents"]) == ("2025-03-12T16:20:00Z", 400)
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("new", 0), ("calls", 400)])


@pytest.mark.parametrize("same_metric, expected", [(True, [("old", 0)]), (False, [("old", 0), ("seats", 500)])])
def test_seats_that_the_new_plan_charges_are_left_to_it(sandbox, same_metric, expected):
    sandbox.at("2025-03-01T00:00:00Z")
    seats, other = metric(sandbox, "seats", **SEATS), metric(sandbox, "other", **SEATS)
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 0, "charges": [standard(seats, "1")]},
        "new": {"amount_cents": 0, "charges": [standard(seats if same_metric else other, "2")]},
    })
    use(sandbox, "seats", timestamp="2025-03-02T00:00:00Z", properties={"n": 5})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    assert billed(sandbox) == [("2025-03-12", expected)]
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("new", 0), *([("seats", 1000)] if same_metric else [])])


def test_prorated_seats_are_charged_up_to_the_day_before(sandbox):
    """31 seats at 1.00 from before March: 11 of 31 days by the old plan, 20 by the new one at 2.00; one seat more on
    the day of the change, before it, counts for that day with both (01 §3.8)."""
    sandbox.at("2025-02-01T00:00:00Z")
    seats = metric(sandbox, "seats", **SEATS)
    begin(sandbox, "2025-02-01T00:00:00Z", plans={
        "old": {"amount_cents": 0, "charges": [{**standard(seats, "1"), "prorated": True}]},
        "new": {"amount_cents": 0, "charges": [{**standard(seats, "2"), "prorated": True}]},
    })
    use(sandbox, "seats", timestamp="2025-02-01T00:00:00Z", properties={"n": 31})
    sandbox.at("2025-03-12T10:00:00Z")
    use(sandbox, "seats", timestamp="2025-03-12T09:00:00Z", properties={"n": 31})
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("old", 0), ("seats", 1100 + 100)]
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-04-01", [("new", 0), ("seats", 2 * 20 * 100 * 2)])


def test_a_spending_minimum_leaves_the_day_of_the_change_out(sandbox):
    """31.00 a month at least: 11 of 31 days by the old plan, 20 by the new one."""
    sandbox.at("2025-03-01T00:00:00Z")
    charge = {**standard(metric(sandbox, "calls"), "1"), "min_amount_cents": 3100}
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": [charge]} for code in ("old", "new")
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-03-12", [("old", 0), ("calls", 0), ("calls", 1100)]),
        ("2025-04-01", [("new", 0), ("calls", 0), ("calls", 2000)]),
    ]


def test_a_minimum_commitment_counts_the_day_of_the_change(sandbox):
    """03 §1.8: by days without the correction for upgrades. 310.00 for 12 of 31 days, less 11 days of 31.00."""
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        "old": {"amount_cents": 3100, "minimum_commitment": {"amount_cents": 31_000}}, "new": {"amount_cents": 3100},
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    (row,) = invoices(sandbox)
    assert [fee["amount_cents"] for fee in row["fees"]] == [1100, 12_000 - 1100]


def test_a_record_of_what_was_used_goes_over(sandbox):
    sandbox.at("2025-03-01T00:00:00Z")
    charges = [standard(metric(sandbox, "calls"), "1")]
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": charges} for code in ("old", "new")
    })
    path = "/subscriptions/acme/lifetime_usage"
    sandbox.put(path, {"lifetime_usage": {"external_historical_usage_amount_cents": 1000}})
    before = sandbox.get(path)["lifetime_usage"]
    use(sandbox, "calls", timestamp="2025-03-02T00:00:00Z")
    new = change(sandbox, "2025-03-12T16:20:00Z", "new")
    use(sandbox, "calls", timestamp="2025-03-12T17:00:00Z")
    after = sandbox.get(path)["lifetime_usage"]
    assert (after["lago_id"], after["lago_subscription_id"]) == (before["lago_id"], new["lago_id"])
    names = ("external_historical_usage_amount_cents", "invoiced_usage_amount_cents", "current_usage_amount_cents")
    assert [after[name] for name in names] == [1000, 100, 100]


SPLIT = {"interval": "yearly", "bill_charges_monthly": True}


@pytest.mark.parametrize("ahead, expected", [
    (False, [("old", 43_068), ("calls", 100), ("new", 153_863)]),
    (True, [("calls", 100), ("new", 153_863)]),
], ids=["arrears", "advance"])
def test_a_year_that_is_billed_by_the_month(sandbox, ahead, expected):
    """1200.00 for 131 of 365 days, the usage of May; 2400.00 for 234 of 365 days."""
    sandbox.at("2025-01-01T00:00:00Z")
    charges = [standard(metric(sandbox, "calls"), "1")]
    begin(sandbox, "2025-01-01T00:00:00Z", plans={
        "old": {"amount_cents": 120_000, "pay_in_advance": ahead, "charges": charges, **SPLIT},
        "new": {"amount_cents": 240_000, "charges": charges, **AHEAD, **SPLIT},
    })
    for moment in ("2025-04-30T12:00:00Z", "2025-05-02T12:00:00Z", "2025-05-20T12:00:00Z"):
        use(sandbox, "calls", timestamp=moment)
    change(sandbox, "2025-05-12T10:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == expected
    sandbox.at("2025-07-01T00:00:00Z")
    assert billed(sandbox)[-2:] == [("2025-06-01", [("calls", 100)]), ("2025-07-01", [])]
    sandbox.at("2026-01-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2026-01-01", [("new", 240_000)])


def test_a_commitment_in_advance_is_settled_with_the_change(sandbox):
    """310.00 for 12 of 31 days, less the 31.00 of March; then 20 of 31 days of the new one, less its 20.00."""
    commitment = {"minimum_commitment": {"amount_cents": 31_000}, **AHEAD}
    plans = {code: {"amount_cents": 3100, **commitment} for code in ("old", "new")}
    begin(sandbox, "2025-03-01T00:00:00Z", plans=plans)
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    sandbox.at("2025-04-01T00:00:00Z")
    assert [[fee["amount_cents"] for fee in row["fees"]] for row in invoices(sandbox)[1:]] == [
        [12_000 - 3100, 2000], [3100, 20_000 - 2000]
    ]


def test_an_event_in_advance_goes_to_the_plan_of_its_time(sandbox):
    sandbox.at("2025-03-01T00:00:00Z")
    calls = metric(sandbox, "calls")
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": [{**standard(calls, price), **AHEAD}]}
        for code, price in (("old", "1"), ("new", "2"))
    })
    change(sandbox, "2025-03-12T16:20:00Z", "new")
    for moment in ("2025-03-12T16:19:59Z", "2025-03-12T16:20:00Z"):
        use(sandbox, "calls", timestamp=moment)
    sandbox.at("2025-03-12T16:21:00Z")
    assert [fees(row) for row in invoices(sandbox)] == [[("old", 0)], [("calls", 100)], [("calls", 200)]]


def test_a_level_goes_on(sandbox):
    """A weighted sum that goes on: 31 from 1 March. The old plan leaves it to the new one, which charges it for
    12 March 00:00 on, 20 of 31 days (01 §3.6, §3.7)."""
    sandbox.at("2025-03-01T00:00:00Z")
    level = metric(
        sandbox, "level", aggregation_type="weighted_sum_agg", field_name="n", recurring=True,
        weighted_interval="seconds",
    )
    begin(sandbox, "2025-03-01T00:00:00Z", plans={
        code: {"amount_cents": 0, "charges": [standard(level, "1")]} for code in ("old", "new")
    })
    use(sandbox, "level", timestamp="2025-03-01T00:00:00Z", properties={"n": 31})
    change(sandbox, "2025-03-12T00:00:00Z", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox) == [
        ("2025-03-12", [("old", 0)]), ("2025-04-01", [("new", 0), ("level", 2000)]),
        ("2025-05-01", [("new", 0), ("level", 3100)]),
    ]
