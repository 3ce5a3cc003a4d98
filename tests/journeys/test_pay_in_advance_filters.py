"""Usage that is paid in advance on charges with filters: each event has exactly one price (01 §3.3 B, §3.9, §5.10)."""

import io

import pytest
from pypdf import PdfReader

from tests.builders.catalog import a_filter
from tests.builders.fees import charge_fees
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use

ALL = "__ALL_FILTER_VALUES__"
REGIONS = [{"key": "region", "values": ["eu", "us", "apac"]}, {"key": "tier", "values": ["std", "pro"]}]


def on_storage(sandbox, *filters, **fields):
    """`acme` on a charge in advance on the sum of `gb` at 1.00, with these filters."""
    sandbox.at("2025-04-01T00:00:00Z")
    storage = metric(sandbox, "storage", "sum_agg", field_name="gb", filters=REGIONS)
    charge = {**standard(storage, "1"), "pay_in_advance": True, "invoiceable": False, "filters": list(filters)}
    plan(sandbox, amount_cents=0, charges=[{**charge, **fields}])
    subscribe(sandbox)
    return sandbox


def tell(sandbox, *events):
    for day, properties in enumerate(events, start=2):
        sandbox.at(f"2025-04-{day:02}T00:00:00Z")
        use(sandbox, "storage", properties=properties)
    sandbox.at(f"2025-04-{2 + len(events):02}T00:00:00Z")


def billed(sandbox):
    return [(fee["units"], fee["amount_cents"]) for fee in charge_fees(sandbox)]


@pytest.mark.parametrize("event, cents, values", [
    ({"region": "eu", "tier": "pro"}, 200, {"region": ["eu"], "tier": ["pro"]}),
    ({"region": "us", "tier": "pro"}, 400, {"region": ["eu", "us"]}),
    ({"region": "apac", "tier": "std"}, 300, {"region": [ALL]}),
    ({"region": "mars", "tier": "pro"}, 500, {"tier": ["pro"]}),
    ({"region": "mars"}, 100, None),
])
def test_of_several_filters_the_one_with_most_keys_then_the_first_has_the_event(sandbox, event, cents, values):
    """01 §5.10 with F4: (us, pro) matches F1, F3 and F4 by one key each, and F1 is the first."""
    on_storage(
        sandbox, a_filter("4", region=["eu", "us"]), a_filter("2", region=["eu"], tier=["pro"]),
        a_filter("3", region=[ALL]), a_filter("5", tier=["pro"]),
    )
    tell(sandbox, {"gb": 1, **event})
    (fee,) = charge_fees(sandbox)
    assert (fee["amount_cents"], fee["item"]["filters"]) == (cents, values)


def test_each_filter_has_a_peak_of_its_own(sandbox):
    on_storage(sandbox, a_filter("2", region=["eu"]), a_filter("3", region=["us"]))
    tell(sandbox, *({"gb": gb, "region": region} for gb, region in ((5, "eu"), (5, "us"), (-2, "eu"), (3, "eu"))))
    assert billed(sandbox) == [("5.0", 1000), ("5.0", 1500), ("0.0", 0), ("1.0", 200)]


def test_the_rest_follows_the_last_event_of_any_filter(sandbox):
    """01 §3.9: after 10 and -5 of the filter, 3 of the rest stay below its peak; current usage knows the rest's own
    state alone, 3 - 8 + 10 at 1.00."""
    on_storage(sandbox, a_filter(region=["eu"]))
    tell(sandbox, {"gb": 10, "region": "eu"}, {"gb": -5, "region": "eu"}, {"gb": 3})
    assert billed(sandbox) == [("10.0", 1000), ("0.0", 0), ("3.0", 0)]
    usage = sandbox.get("/customers/acme/current_usage", external_subscription_id="acme")["customer_usage"]
    (charge,) = usage["charges_usage"]
    assert [(one["units"], one["amount_cents"]) for one in charge["filters"]] == [("5.0", 1000), ("3.0", 500)]


def test_the_rest_of_a_charge_with_groups_never_follows_anything(sandbox):
    """01 §3.9: it is looked for without its group, and kept with it."""
    on_storage(sandbox, a_filter(region=["eu"]), properties={"amount": "1", "pricing_group_keys": ["team"]})
    tell(sandbox, *({"gb": gb, "team": "red"} for gb in (5, -3, 2)))
    assert billed(sandbox) == [("5.0", 500), ("0.0", 0), ("2.0", 200)]
    assert {fee["item"]["grouped_by"]["team"] for fee in charge_fees(sandbox)} == {"red"}


def test_the_document_of_an_event_says_what_was_charged(with_pdfs, sandbox):
    on_storage(sandbox, a_filter("2", region=["eu"]), invoiceable=True)
    tell(sandbox, {"gb": 5, "region": "eu"})
    (invoice,) = invoices(sandbox)
    pdf = sandbox.client.get("/documents/" + invoice["file_url"].rsplit("/", 1)[1]).data
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "storage • eu" in text and "10.00" in text
