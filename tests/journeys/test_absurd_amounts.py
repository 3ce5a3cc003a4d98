"""An event of which no one can pay holds up neither other events nor other customers."""

from tests.builders.fees import charge_fees
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

ABSURD = "9" * 30
MOST_CENTS = 10**16


def on_sums(sandbox, **fields):
    sandbox.at("2025-04-01T00:00:00Z")
    storage = metric(sandbox, "storage", "sum_agg", field_name="gb")
    plan(sandbox, amount_cents=0, charges=[{**standard(storage, "1"), **fields}])
    subscribe(sandbox)
    return sandbox


def test_a_bill_too_large_is_made_and_so_are_the_others(sandbox):
    on_sums(sandbox)
    customer(sandbox, "other")
    subscribe(sandbox, "other")
    use(sandbox, "storage", properties={"gb": ABSURD})
    use(sandbox, "storage", "other", properties={"gb": 3})
    sandbox.at("2025-05-01T00:00:00Z")
    assert [one["fees_amount_cents"] for one in invoices(sandbox, "acme")] == [MOST_CENTS]
    assert [one["fees_amount_cents"] for one in invoices(sandbox, "other")] == [300]


def test_events_after_one_too_large_are_billed_as_they_arrive(sandbox):
    on_sums(sandbox, pay_in_advance=True, invoiceable=False)
    for day, gb in ((2, ABSURD), (3, "-" + ABSURD), (4, f"{10**30}")):
        sandbox.at(f"2025-04-{day:02}T00:00:00Z")
        use(sandbox, "storage", properties={"gb": gb})
    sandbox.at("2025-04-05T00:00:00Z")
    # The peak grows from 30 nines to 10^30, that is by 1.
    assert [(fee["units"], fee["amount_cents"]) for fee in charge_fees(sandbox)] == [
        (f"{ABSURD}.0", MOST_CENTS), ("0.0", 0), ("1.0", 100),
    ]
