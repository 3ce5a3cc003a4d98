"""What an invoice says of fees that belong to filters of their charge (02 §2.6, §7.1)."""

import pytest

from tests.builders.catalog import a_filter, a_metric_with_filters
from tests.builders.stories import invoices, plan, standard, subscribe, use

FILTERS = (
    a_filter("1", "Europe", region=["eu"]), a_filter("2", region=["us", "apac"], tier=["__ALL_FILTER_VALUES__"]),
)
EVENTS = ({"region": "eu"}, {"region": "us", "tier": "pro"}, {"region": "mars"})


@pytest.fixture
def billed(sandbox):
    """Acme, billed for one event of each filter and one of none; the metric is of region and tier."""
    sandbox.at("2024-01-01T00:00:00Z")
    metric = a_metric_with_filters(sandbox)
    plan(sandbox, amount_cents=0, charges=[{**standard(metric, "3"), "filters": list(FILTERS)}])
    subscribe(sandbox)
    for properties in EVENTS:
        use(sandbox, "calls", properties=properties)
    return sandbox.at("2024-02-01T00:00:00Z")


def shown(owner):
    """Per fee of the charge: cents, the filter's values and its name."""
    fees = [fee for fee in invoices(owner)[0]["fees"] if fee["item"]["type"] == "charge"]
    items = [(fee["amount_cents"], fee["item"]) for fee in fees]
    return [(cents, item["filters"], item["filter_invoice_display_name"]) for cents, item in items]


BILLED = [
    (100, {"region": ["eu"]}, "Europe"),
    (200, {"region": ["us", "apac"], "tier": ["__ALL_FILTER_VALUES__"]}, "us, apac, tier"),
    (300, None, None),
]


def test_a_fee_names_its_filter(billed):
    assert shown(billed) == BILLED
    filters = billed.get("/plans/pro")["plan"]["charges"][0]["filters"]
    ids = [fee["lago_charge_filter_id"] for fee in invoices(billed)[0]["fees"] if fee["item"]["type"] == "charge"]
    assert ids == [*(row["lago_id"] for row in filters), None]


@pytest.mark.parametrize("method, path, body", [
    ("PUT", "/plans/pro", {"plan": {"charges": []}}),
    ("PUT", "/billable_metrics/calls", {"billable_metric": {"filters": []}}),
    ("DELETE", "/billable_metrics/calls", None),
    ("DELETE", "/plans/pro", None),
])
def test_old_fees_outlive_their_filters(billed, method, path, body):
    billed.call(method, path, body)
    assert shown(billed) == BILLED


def test_old_fees_outlive_their_filters_only(billed):
    charge = billed.get("/plans/pro")["plan"]["charges"][0]
    row = {"id": charge["lago_id"], "properties": charge["properties"], "filters": []}
    billed.put("/plans/pro", {"plan": {"charges": [row]}})
    assert shown(billed) == BILLED


def test_old_fees_keep_the_name_that_their_filter_had(billed):
    charge = billed.get("/plans/pro")["plan"]["charges"][0]
    before = billed.get("/fees", fee_type="charge")["fees"]
    (first, *others) = charge["filters"]
    renamed = {"id": charge["lago_id"], "properties": charge["properties"], "filters": [
        {**first, "invoice_display_name": "Old world"}, *others,
    ]}
    changed = billed.put("/plans/pro", {"plan": {"charges": [renamed]}})["plan"]["charges"][0]["filters"][0]
    assert (changed["lago_id"], changed["invoice_display_name"]) == (first["lago_id"], "Old world")
    assert shown(billed) == BILLED and billed.get("/fees", fee_type="charge")["fees"] == before


def test_the_page_of_an_invoice_costs_the_same_with_2_and_20_filters(sandbox, count_queries):
    costs = []
    for number, count in enumerate((2, 20)):
        sandbox.at(f"2024-0{2 * number + 1}-01T00:00:00Z")
        metric = a_metric_with_filters(sandbox, f"m{number}", host=[f"v{one}" for one in range(count)])
        filters = [a_filter(host=[f"v{one}"]) for one in range(count)]
        plan(sandbox, f"p{number}", charges=[{**standard(metric, "1"), "filters": filters}])
        subscribe(sandbox, f"c{number}", f"p{number}")
        for one in range(count):
            use(sandbox, f"m{number}", f"c{number}", properties={"host": f"v{one}"})
        sandbox.at(f"2024-0{2 * number + 2}-01T00:00:00Z")
        listed = sandbox.get("/invoices", external_customer_id=f"c{number}")["invoices"]
        with count_queries() as statements:
            fees = sandbox.get(f"/invoices/{listed[0]['lago_id']}")["invoice"]["fees"]
        assert len(fees) == count + 1
        costs.append(len(statements))
    assert costs[0] == costs[1]
