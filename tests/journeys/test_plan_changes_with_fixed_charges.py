"""Fixed charges at plan changes: what was paid ahead counts, and both plans bill the day of an upgrade (02 §8.4)."""

import pytest

from tests.builders.catalog import an_add_on, fixed_charge
from tests.builders.plan_changes import begin, billed, change, fees
from tests.builders.stories import customer, invoices

AHEAD, PRORATED = {"pay_in_advance": True}, {"prorated": True}
BOTH = {**AHEAD, **PRORATED}


def plans(sandbox, start, old, new, **both):
    """Two plans for nothing, with seats by `old` and by `new`: units, price and how they are billed."""
    sandbox.at(start)
    add_on = an_add_on(sandbox, "seats")
    rows = {"old": old, "new": new}
    return {
        code: {"amount_cents": 0, "fixed_charges": [fixed_charge(add_on, units, price, **how)], **both}
        for code, (units, price, how) in rows.items()
    }


def test_the_example_of_the_reference(sandbox):
    """Old fee 30.00 for the 30 days of April, 15 days left, new gross 25.00 for them: 10.00."""
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (5, "10", BOTH))
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert billed(sandbox) == [
        ("2025-04-01", [("seats", 3000)]), ("2025-04-16", [("old", 0), ("seats", 1000)])
    ]
    assert invoices(sandbox)[1]["fees"][1]["precise_unit_amount"] == "5.0"  # of the gross fee: 25.00 for 5 units
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-05-01", [("new", 0), ("seats", 5000)])


def test_it_is_never_below_nothing(sandbox):
    """Old 30.00 for April, new 1 seat for 15 of 30 days: 5.00 less 15.00."""
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (1, "10", BOTH))
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("old", 0), ("seats", 0)]


def test_the_days_are_counted_from_the_moment_of_the_old_fee(sandbox):
    """Started on 11 April 12:00: 20.00 for 20 days, made at that moment, and 14 days and a half are left, which are 15
    begun ones of 20 begun ones: 15.00 less."""
    found = plans(sandbox, "2025-04-11T12:00:00Z", (3, "10", BOTH), (6, "10", BOTH))
    begin(sandbox, "2025-04-11T12:00:00Z", plans=found)
    change(sandbox, "2025-04-16T12:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("old", 0), ("seats", 3000 - 1500)]


@pytest.mark.parametrize("old, new, expected", [
    (AHEAD, AHEAD, [("old", 0), ("seats", 5000)]),
    (AHEAD, {**AHEAD, **PRORATED}, [("old", 0), ("seats", 2500)]),
    (PRORATED, {**AHEAD, **PRORATED}, [("old", 0), ("seats", 1600), ("seats", 2500)]),
    ({**AHEAD, **PRORATED}, PRORATED, [("old", 0)]),
    (PRORATED, PRORATED, [("old", 0), ("seats", 1600)]),
    ({}, {}, [("old", 0), ("seats", 3000)]),
], ids=["ahead", "whole_then_by_days", "behind_then_ahead", "ahead_then_behind", "behind", "behind_whole"])
def test_other_ways_are_billed_by_themselves(sandbox, old, new, expected):
    """3 seats, then 5 from 16 April: 16 of 30 days behind, 15 of 30 days ahead."""
    begin(sandbox, "2025-04-01T00:00:00Z", plans=plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", old), (5, "10", new)))
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == expected


def test_another_add_on_takes_nothing_off(sandbox):
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (5, "10", BOTH))
    found["new"]["fixed_charges"] = [fixed_charge(an_add_on(sandbox, "rooms"), 5, "10", **BOTH)]
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("old", 0), ("rooms", 2500)]


def test_a_downgrade_takes_nothing_off(sandbox):
    """The old units are paid for the month that is over."""
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (5, "10", BOTH))
    found["old"]["amount_cents"] = 100
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    sandbox.at("2025-05-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-05-01", [("old", 100), ("seats", 5000)])


def test_of_a_second_upgrade_the_last_fee_counts(sandbox):
    """April 30.00; from the 16th 25.00 less 15.00, made for 15 days; from the 21st, 10 days, 10 seats for 33.33 less
    two thirds of 10.00."""
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (5, "10", BOTH))
    third = {**found["new"], "fixed_charges": [{**found["new"]["fixed_charges"][0], "units": 10}]}
    begin(sandbox, "2025-04-01T00:00:00Z", plans={**found, "third": third})
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    change(sandbox, "2025-04-21T00:00:00Z", "third")
    assert fees(invoices(sandbox)[-1]) == [("new", 0), ("seats", 3333 - 667)]


def test_a_draft_keeps_what_was_taken_off(sandbox):
    sandbox.at("2025-04-01T00:00:00Z")
    customer(sandbox, billing_configuration={"invoice_grace_period": 5})
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", BOTH), (5, "10", BOTH), **AHEAD)
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("new", 0), ("seats", 1000)]
    sandbox.at("2025-04-30T00:00:00Z")
    (*_, last) = invoices(sandbox)
    assert (last["status"], fees(last)) == ("finalized", [("new", 0), ("seats", 1000)])


def test_a_plan_in_arrears_with_units_ahead_opens_without_fee_or_commitment(sandbox):
    """03 §5.4-3, and a start closes no period."""
    found = plans(sandbox, "2025-04-01T00:00:00Z", (3, "10", AHEAD), (5, "10", AHEAD))
    found["new"] |= {"amount_cents": 3000, "minimum_commitment": {"amount_cents": 300_000}}
    begin(sandbox, "2025-04-01T00:00:00Z", plans=found)
    change(sandbox, "2025-04-16T00:00:00Z", "new")
    assert fees(invoices(sandbox)[-1]) == [("old", 0), ("seats", 5000)]
