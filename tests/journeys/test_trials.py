"""Days without subscription fee, from the first start of an external id (03 §5.3 to §5.5)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from lago.core.db import db, transaction
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use
from tests.builders.webhooks import deliveries, endpoint_at

MARCH_12 = "2025-03-12T10:00:00Z"


def trial(owner, days, start=MARCH_12, **fields):
    """A subscription to a plan with a trial of so many days, in advance unless said otherwise, since `start`."""
    owner.at(start)
    plan(owner, trial_period=days, **{"pay_in_advance": True, **fields})
    return subscribe(owner)


def billed(owner, kind="subscription"):
    """The moment of each invoice of the customer, and its fees of that kind in cents."""
    return [
        (row["created_at"], [one["amount_cents"] for one in row["fees"] if one["item"]["type"] == kind])
        for row in invoices(owner)
    ]


def test_the_first_fee_is_billed_at_the_instant_at_which_the_trial_ends(sandbox):
    assert trial(sandbox, 14)["trial_ended_at"] is None
    sandbox.at("2025-03-26T09:59:59Z")
    assert invoices(sandbox) == []
    sandbox.at("2025-03-26T10:00:00Z")
    (first,) = invoices(sandbox)
    assert (first["created_at"], first["issuing_date"]) == ("2025-03-26T10:00:00Z", "2025-03-26")
    assert [line["invoicing_reason"] for line in first["billing_periods"]] == ["subscription_starting"]
    assert fee(first, "subscription")["amount_cents"] == 948  # 26 to 31 March: 49.00 x 6/31
    assert sandbox.get("/subscriptions/acme")["subscription"]["trial_ended_at"] == "2025-03-26T10:00:00Z"


@pytest.mark.parametrize("days, billing_time, ends, cents", [
    (30, "calendar", "2025-04-11T10:00:00Z", 3267),  # F19: 11 to 30 April
    (14, "anniversary", "2025-03-26T10:00:00Z", 2687),  # F20: 26 March to 11 April
])
def test_the_rest_of_the_period_is_charged(sandbox, days, billing_time, ends, cents):
    sandbox.at(MARCH_12)
    plan(sandbox, trial_period=days, pay_in_advance=True)
    subscribe(sandbox, billing_time=billing_time)
    sandbox.at(ends)
    assert [row for row in billed(sandbox) if row[1]] == [(ends, [cents])]


def test_a_trial_that_ends_on_a_billing_day_is_billed_with_its_period(sandbox):
    trial(sandbox, 20)
    sandbox.at("2025-04-30T00:00:00Z")
    assert billed(sandbox) == [("2025-04-01T00:00:00Z", [4900])]  # F28
    assert sandbox.get("/subscriptions/acme")["subscription"]["trial_ended_at"] == "2025-04-01T10:00:00Z"


def test_usage_and_fixed_charges_are_billed_in_the_trial(sandbox):
    sandbox.at(MARCH_12)
    calls = metric(sandbox, "calls")
    seats = sandbox.post("/add_ons", {"add_on": {
        "name": "Seats", "code": "seats", "amount_cents": 100, "amount_currency": "EUR"
    }})["add_on"]
    terms = {"add_on_id": seats["lago_id"], "charge_model": "standard", "units": 3, "properties": {"amount": "2"}}
    plan(
        sandbox, trial_period=45, pay_in_advance=True, charges=[standard(calls, "1")],
        fixed_charges=[terms | {"pay_in_advance": True}],
    )
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2025-05-01T00:00:00Z")
    amounts = [
        (row["created_at"], {one["item"]["type"]: one["amount_cents"] for one in row["fees"]})
        for row in invoices(sandbox)
    ]
    assert amounts == [
        ("2025-03-12T10:00:00Z", {"fixed_charge": 600}),  # at the start, alone (02 §8.4)
        ("2025-04-01T00:00:00Z", {"fixed_charge": 600, "charge": 100}),
        ("2025-04-26T10:00:00Z", {"subscription": 817}),  # 26 to 30 April: 49.00 x 5/30; April's seats are paid
        ("2025-05-01T00:00:00Z", {"subscription": 4900, "fixed_charge": 600}),
    ]


def test_in_arrears_the_days_of_the_trial_are_free(sandbox):
    trial(sandbox, 14, "2025-02-20T10:00:00Z", pay_in_advance=False, amount_cents=9900)
    sandbox.at("2025-03-20T12:00:00Z")
    assert billed(sandbox) == [("2025-03-01T00:00:00Z", [])]
    sandbox.delete("/subscriptions/acme")
    assert billed(sandbox)[1:] == [("2025-03-20T12:00:00Z", [4790])]  # F25: 6 to 20 March


@pytest.mark.parametrize("in_advance", [True, False])
def test_the_end_of_a_trial_is_told_of(sandbox, in_advance):
    endpoint_at(sandbox, "http://127.0.0.1:9/hook", event_types=["subscription.trial_ended"])
    trial(sandbox, 20, pay_in_advance=in_advance)
    sandbox.at("2025-06-01T00:00:00Z")
    (delivery,) = deliveries(sandbox)
    told = json.loads(delivery.payload)["subscription"]
    assert (told["trial_ended_at"], told["plan"]["trial_period"], told["customer"]["external_id"]) == (
        "2025-04-01T10:00:00Z", 20.0, "acme"
    )


def test_an_end_in_the_trial_costs_nothing(sandbox):
    trial(sandbox, 14, pay_in_advance=False)
    sandbox.at("2025-03-20T12:00:00Z").delete("/subscriptions/acme")
    sandbox.at("2025-04-02T00:00:00Z")
    assert billed(sandbox) == [("2025-03-20T12:00:00Z", [])]
    assert sandbox.get("/subscriptions/acme", status="terminated")["subscription"]["trial_ended_at"] is None


def test_the_same_external_id_has_one_trial(sandbox):
    """A second subscription within the trial of the first ends it at the same instant; a third has none left."""
    trial(sandbox, 14)
    sandbox.at("2025-03-20T00:00:00Z").delete("/subscriptions/acme")
    subscribe(sandbox)
    sandbox.at("2025-03-27T00:00:00Z").delete("/subscriptions/acme")
    subscribe(sandbox)
    sandbox.at("2025-03-27T00:00:00Z")
    fees = [row for row in billed(sandbox) if row[1]]
    assert fees == [("2025-03-26T10:00:00Z", [948]), ("2025-03-27T00:00:00Z", [790])]  # 6 and 5 of 31 days
    assert sandbox.get("/subscriptions/acme")["subscription"]["trial_ended_at"] == "2025-03-26T10:00:00Z"


def test_another_customer_has_a_trial_of_its_own(sandbox):
    """03 §13.12: in Lago it would count from the first start of that external id anywhere."""
    trial(sandbox, 14)
    sandbox.delete("/subscriptions/acme")
    sandbox.at("2025-03-28T10:00:00Z")
    subscribe(sandbox, "other", external_id="acme")
    sandbox.at("2025-04-11T10:00:00Z")
    made = invoices(sandbox, "other")
    assert [row["created_at"] for row in made if row["fees_amount_cents"]] == ["2025-04-11T10:00:00Z"]


@pytest.mark.parametrize("since, expected", [
    ("2025-03-10T10:00:00Z", [("2025-03-24T10:00:00Z", [1265])]),  # 24 to 31 March: 49.00 x 8/31
    ("2025-03-02T10:00:00Z", [("2025-03-20T10:00:00Z", [2529])]),  # 16 to 31 March, 16/31, told late: at its creation
])
def test_one_dated_back_has_its_trial_from_its_start(sandbox, since, expected):
    sandbox.at("2025-03-20T10:00:00Z")
    plan(sandbox, trial_period=14, pay_in_advance=True)
    subscribe(sandbox, subscription_at=since)
    sandbox.at("2025-03-31T00:00:00Z")
    assert billed(sandbox) == expected


def test_a_start_later_today_is_in_its_trial(sandbox):
    sandbox.at(MARCH_12)
    plan(sandbox, trial_period=1, pay_in_advance=True)
    subscribe(sandbox, subscription_at="2025-03-12T20:00:00Z")
    sandbox.at("2025-03-14T00:00:00Z")
    assert billed(sandbox) == [("2025-03-13T20:00:00Z", [3003])]  # 13 to 31 March: 49.00 x 19/31


def test_a_draft_of_a_month_in_the_trial_stays_without_a_fee(sandbox):
    sandbox.at(MARCH_12)
    plan(sandbox, trial_period=25, pay_in_advance=True)
    customer(sandbox, billing_configuration={"invoice_grace_period": 10})
    subscribe(sandbox)
    sandbox.at("2025-04-08T00:00:00Z")
    expected = [("2025-04-01T00:00:00Z", []), ("2025-04-06T10:00:00Z", [4083])]  # 6 to 30 April: 49.00 x 25/30
    assert billed(sandbox) == expected
    for row in invoices(sandbox):
        sandbox.put(f"/invoices/{row['lago_id']}/refresh")
    assert billed(sandbox) == expected
    sandbox.at("2025-04-17T00:00:00Z")
    assert billed(sandbox) == expected


def test_days_of_a_trial_are_counted_where_the_customer_lives(sandbox):
    sandbox.at("2025-03-12T20:00:00Z")  # in Auckland the 13th, 9:00
    plan(sandbox, trial_period=14, pay_in_advance=True, amount_cents=3100)
    customer(sandbox, timezone="Pacific/Auckland")
    subscribe(sandbox)
    sandbox.at("2025-03-27T00:00:00Z")
    assert billed(sandbox) == [("2025-03-26T20:00:00Z", [500])]  # 27 to 31 March there


def test_an_endless_trial_ends_never(sandbox):
    trial(sandbox, 1e12)
    sandbox.at("2026-03-12T10:00:00Z")
    assert {tuple(amounts) for _, amounts in billed(sandbox)} == {()}


@pytest.mark.parametrize("do", [
    lambda owner: subscribe(owner, plan_code="more"), lambda owner: owner.delete("/subscriptions/acme")
], ids=["upgrade", "end"])
def test_a_trial_whose_end_was_missed_is_billed_before_anything_else(owner, do):
    """Nobody has looked for due work since the trial ended, five days ago."""
    plan(owner, trial_period=14, pay_in_advance=True)
    plan(owner, "more", trial_period=14, amount_cents=9900, pay_in_advance=True)
    subscribe(owner, billing_time="anniversary")
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=19)
    ended = start + timedelta(days=14)
    moments = "subscription_at = :start, started_at = :start, first_started_at = :start, created_at = :start"
    with transaction():
        db.session.execute(
            text(f"UPDATE subscriptions SET {moments}, trial_end_due_at = :ended WHERE external_id = 'acme'"),
            {"start": start, "ended": ended},
        )
    do(owner)
    first = invoices(owner)[0]
    assert first["created_at"] == ended.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert fee(first, "subscription")["amount_cents"] > 0


def test_a_trial_goes_on_over_changes_of_plan(sandbox):
    """Ten days, then on another plan a trial of 20 days: it ends 20 days after the first start."""
    trial(sandbox, 10)
    plan(sandbox, "more", trial_period=20, amount_cents=6200, pay_in_advance=True)
    sandbox.at("2025-03-15T00:00:00Z")
    assert subscribe(sandbox, plan_code="more")["status"] == "active"
    sandbox.at("2025-04-03T00:00:00Z")
    assert [row for row in billed(sandbox) if row[1] not in ([], [0])] == [("2025-04-01T00:00:00Z", [6200])]
    assert sandbox.get("/subscriptions/acme")["subscription"]["trial_ended_at"] == "2025-04-01T10:00:00Z"


def test_a_change_to_a_plan_whose_trial_is_over_is_billed_at_once(sandbox):
    trial(sandbox, 30)
    plan(sandbox, "more", trial_period=2, amount_cents=6200, pay_in_advance=True)
    sandbox.at("2025-03-17T09:00:00Z")
    subscribe(sandbox, plan_code="more")
    sandbox.at("2025-03-18T00:00:00Z")
    assert [row for row in billed(sandbox) if row[1]] == [("2025-03-17T09:00:00Z", [3000])]  # 17 to 31 March: 15/31
    assert sandbox.get("/subscriptions/acme")["subscription"]["trial_ended_at"] == "2025-03-14T10:00:00Z"


def test_a_downgrade_within_its_trial_is_billed_when_that_ends(sandbox):
    """Its starting line has no fee, and the end of the trial makes another one."""
    sandbox.at(MARCH_12)
    plan(sandbox, amount_cents=9900, pay_in_advance=True)
    plan(sandbox, "less", trial_period=35, amount_cents=3000, pay_in_advance=True)
    subscribe(sandbox)
    subscribe(sandbox, plan_code="less")
    sandbox.at("2025-05-02T00:00:00Z")
    assert billed(sandbox) == [
        (MARCH_12, [6387]),  # 12 to 31 March: 99.00 x 20/31
        ("2025-04-01T00:00:00Z", []),
        ("2025-04-16T10:00:00Z", [1500]),  # 16 to 30 April: 30.00 x 15/30
        ("2025-05-01T00:00:00Z", [3000]),
    ]
