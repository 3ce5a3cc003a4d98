"""Whatever is on a draft is on it once, and the same, when it is made anew (04 §2.3)."""

import pytest

from lago.core.db import db
from lago.metering.models import CarriedLevel
from tests.builders.catalog import an_add_on
from tests.builders.fixed_charges import on
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def graced(sandbox):
    """A customer with three days of grace, on 1 January."""
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 3})
    return sandbox


def seats(sandbox, code, units, **changes):
    """A fixed charge of 10.00 for each unit, on an add-on of its own."""
    return {**on(code, units, **changes), "add_on_id": an_add_on(sandbox, code)["lago_id"]}


def shown(invoice):
    """What must not change, of each fee."""
    names = ("units", "amount_cents", "precise_amount", "total_aggregated_units", "events_count", "from_date")
    return [(row["item"]["type"], *(row.get(name) for name in names)) for row in invoice["fees"]]


def refreshed(sandbox, number=-1):
    """An invoice before and after it was made anew twice."""
    before = invoices(sandbox)[number]
    for _ in range(2):
        sandbox.put(f"/invoices/{before['lago_id']}/refresh")
    return before, invoices(sandbox)[number]


def test_minimums_and_commitments(graced):
    charge = {**standard(metric(graced, "calls"), "1"), "min_amount_cents": 1000}
    plan(graced, charges=[charge], minimum_commitment={"amount_cents": 20000})
    subscribe(graced)
    use(graced, "calls")
    graced.at("2024-02-01T00:00:00Z")
    before, after = refreshed(graced)
    assert before["fees_amount_cents"] == 20000  # 49.00, 1.00, 9.00 to the minimum, the rest to the commitment
    assert shown(after) == shown(before)
    graced.at("2024-02-04T00:00:00Z")
    assert shown(invoices(graced)[0]) == shown(before)


def test_commitments_of_plans_in_advance(graced):
    plan(graced, pay_in_advance=True, charges=[standard(metric(graced, "calls"), "1")],
         minimum_commitment={"amount_cents": 10000})
    subscribe(graced)
    use(graced, "calls")
    graced.at("2024-02-02T00:00:00Z")
    before, after = refreshed(graced)
    assert before["fees_amount_cents"] == 4900 + 100 + 5000  # February; January: 49.00 + 1.00 of 100.00
    assert shown(after) == shown(before)


def test_fixed_charges_in_arrears_and_in_advance(graced):
    plan(graced, fixed_charges=[
        seats(graced, "behind", 3), seats(graced, "ahead", 5, pay_in_advance=True),
    ])
    subscribe(graced)
    graced.at("2024-02-01T00:00:00Z")
    before, after = refreshed(graced)
    assert sorted(row["units"] for row in before["fees"]) == ["1.0", "3.0", "5.0"]
    assert shown(after) == shown(before)


def test_units_added_since_are_billed_once(graced):
    """The draft of a period keeps the units that it was made with; those that came later have an invoice."""
    plan(graced, pay_in_advance=True, fixed_charges=[seats(graced, "ahead", 5, pay_in_advance=True)])
    subscribe(graced)
    graced.at("2024-02-01T00:00:00Z")
    graced.put("/subscriptions/acme/fixed_charges/ahead", {"fixed_charge": {
        "units": "8", "apply_units_immediately": True,
    }})
    graced.at("2024-02-10T00:00:00Z")
    billed = [row for invoice in invoices(graced) for row in invoice["fees"] if row["item"]["type"] == "fixed_charge"]
    assert sorted((row["from_date"][:10], row["units"]) for row in billed) == [
        ("2024-01-01", "5.0"), ("2024-02-01", "3.0"), ("2024-02-01", "5.0"),
    ]


def test_levels_of_weighted_sums_are_carried_once_and_late_ones_too(graced):
    gb = metric(graced, "gb", "weighted_sum_agg", field_name="gb", weighted_interval="seconds", recurring=True)
    plan(graced, amount_cents=0, charges=[standard(gb, "31")])
    subscribe(graced)
    use(graced, "gb", timestamp="2024-01-01T00:00:00Z", properties={"gb": 10})
    graced.at("2024-02-01T00:00:00Z")
    before, after = refreshed(graced)
    assert (before["fees_amount_cents"], shown(after)) == (31000, shown(before))  # a level of 10 all month, at 31.00
    assert db.session.query(CarriedLevel).count() == 1
    use(graced, "gb", timestamp="2024-01-31T00:00:00Z", properties={"gb": 10})
    graced.at("2024-02-04T00:00:00Z")
    assert invoices(graced)[0]["fees_amount_cents"] == 32000  # and 10 more on the last of 31 days
    graced.at("2024-03-04T00:00:00Z")
    assert invoices(graced)[1]["fees_amount_cents"] == 62000  # 20 from the beginning


def test_renewals_without_invoice_are_made_once(graced):
    seats_used = metric(graced, "users", "unique_count_agg", field_name="user", recurring=True)
    plan(graced, charges=[{**standard(seats_used, "2"), "pay_in_advance": True, "invoiceable": False}])
    subscribe(graced)
    use(graced, "users", properties={"user": "a"})
    graced.at("2024-02-01T00:00:00Z")
    fees = graced.get("/fees", fee_type="charge")["fees"]
    refreshed(graced)
    graced.at("2024-02-04T00:00:00Z")
    assert graced.get("/fees", fee_type="charge")["fees"] == fees
    assert len(fees) == 2  # of the event, and of its renewal for February


def test_what_an_event_costs_in_advance_knows_no_grace(graced):
    calls = metric(graced, "calls")
    plan(graced, charges=[{**standard(calls, "2"), "pay_in_advance": True}])
    subscribe(graced)
    use(graced, "calls")
    graced.at("2024-01-01T00:00:00Z")
    (invoice,) = invoices(graced)
    assert (invoice["status"], invoice["issuing_date"]) == ("finalized", "2024-01-01")
    assert invoice["fees_amount_cents"] == 200


def test_a_year_with_monthly_usage_has_its_fee_once(graced):
    plan(graced, interval="yearly", bill_charges_monthly=True, charges=[standard(metric(graced, "calls"), "1")])
    subscribe(graced)
    use(graced, "calls")
    graced.at("2024-02-02T00:00:00Z")
    graced.delete("/subscriptions/acme")
    graced.at("2024-02-10T00:00:00Z")
    january, end = invoices(graced)
    assert [row["item"]["type"] for row in january["fees"]] == ["charge"]
    assert [row["item"]["type"] for row in end["fees"]] == ["subscription"]


@pytest.mark.parametrize(("before", "after"), [
    ("Asia/Tokyo", "America/Los_Angeles"), ("America/Los_Angeles", "Asia/Tokyo"), ("UTC", "Pacific/Auckland"),
])
@pytest.mark.parametrize("in_advance", [False, True])
def test_another_zone_of_the_customer_changes_no_draft(sandbox, before, after, in_advance):
    """The days of its period are those of the zone in which it was billed: a part of January, and all of February."""
    sandbox.at("2024-01-10T12:00:00Z")
    customer(sandbox, timezone=before, billing_configuration={"invoice_grace_period": 9})
    charge = {**standard(metric(sandbox, "calls"), "1"), "min_amount_cents": 3100}
    plan(
        sandbox, pay_in_advance=in_advance, charges=[charge], minimum_commitment={"amount_cents": 31000},
        fixed_charges=[seats(sandbox, "behind", 3, prorated=True), seats(sandbox, "ahead", 5, pay_in_advance=True)],
    )
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2024-02-01T12:00:00Z")
    drafts = invoices(sandbox)
    sandbox.post("/customers", {"customer": {"external_id": "acme", "timezone": after}})
    sandbox.at("2024-02-01T12:00:00Z")
    for draft in drafts:
        if draft["status"] == "draft":
            sandbox.put(f"/invoices/{draft['lago_id']}/refresh")
    assert [shown(one) for one in invoices(sandbox)] == [shown(one) for one in drafts]
    assert [one["issuing_date"] for one in invoices(sandbox)] == [one["issuing_date"] for one in drafts]
    assert "draft" in [one["status"] for one in drafts]
