"""Past usage: a period for each invoice of a subscription (01 §4.3)."""

import pytest

from lago.core.db import db
from lago.invoicing.models import Invoice
from tests.builders.stories import customer, metric, plan, standard, subscribe, use


@pytest.fixture
def billed(sandbox):
    """49.00 a month, calls at 0.50, bytes at 1.00, 20 % tax: 3 calls in January, 1 call and 2 bytes in February."""
    sandbox.at("2024-01-01T00:00:00Z")
    sandbox.post("/taxes", {"tax": {"name": "vat", "code": "vat", "rate": "20", "applied_to_organization": True}})
    charges = [standard(metric(sandbox, "calls", name="Calls"), "0.5"), standard(metric(sandbox, "bytes"), "1")]
    plan(sandbox, charges=charges)
    customer(sandbox, "acme")
    subscribe(sandbox)
    for moment, codes in (("2024-01-10", ("calls",) * 3), ("2024-02-10", ("calls", "bytes", "bytes"))):
        sandbox.at(f"{moment}T00:00:00Z")
        for code in codes:
            use(sandbox, code)
    return sandbox.at("2024-03-01T00:00:00Z")


def past(account, customer_id="acme", **query):
    query = {"external_subscription_id": "acme", **query}
    return account.get(f"/customers/{customer_id}/past_usage", **query)


def test_each_invoice_is_a_period_the_latest_first(billed):
    answer = past(billed)
    assert [period["from_datetime"] for period in answer["usage_periods"]] == [
        "2024-02-01T00:00:00Z", "2024-01-01T00:00:00Z",
    ]
    assert answer["meta"] == {
        "current_page": 1, "next_page": None, "prev_page": None, "total_pages": 1, "total_count": 2,
    }


def test_a_period_has_the_amounts_of_its_whole_invoice(billed):
    invoice = billed.get("/invoices")["invoices"][-1]  # of January: 49.00 + 3 × 0.50, and 20 % of that
    period = past(billed)["usage_periods"][1]
    charges = period.pop("charges_usage")
    assert period == {
        "from_datetime": "2024-01-01T00:00:00Z", "to_datetime": "2024-01-31T23:59:59Z", "issuing_date": "2024-02-01",
        "currency": "EUR", "amount_cents": 5050, "taxes_amount_cents": 1010, "total_amount_cents": 6060,
        "lago_invoice_id": invoice["lago_id"],
    }
    assert [charge["billable_metric"]["code"] for charge in charges] == ["calls"]  # what was unused has no fee


def test_the_usage_of_a_charge_is_that_of_its_fees(billed):
    used = past(billed)["usage_periods"][0]["charges_usage"]
    (charge,) = [one for one in billed.get("/plans/pro")["plan"]["charges"] if one["billable_metric_code"] == "bytes"]
    assert [one["billable_metric"]["name"] for one in used] == ["bytes", "Calls"]
    measured = billed.get("/billable_metrics/bytes")["billable_metric"]
    assert used[0] == {
        "units": "2.0", "total_aggregated_units": "2.0", "events_count": 2, "amount_cents": 200,
        "amount_currency": "EUR", "pricing_unit_details": None, "filters": [], "grouped_usage": [],
        "presentation_breakdowns": [],
        "charge": {
            "lago_id": charge["lago_id"], "code": charge["code"], "charge_model": "standard",
            "invoice_display_name": None,
        },
        "billable_metric": {
            "lago_id": measured["lago_id"], "name": "bytes", "code": "bytes", "aggregation_type": "count_agg",
        },
    }


def test_a_metric_narrows_the_charges_and_not_the_amounts(billed):
    february, january = past(billed, billable_metric_code="bytes")["usage_periods"]
    assert [one["billable_metric"]["code"] for one in february["charges_usage"]] == ["bytes"]
    assert february["amount_cents"] == 4900 + 50 + 200
    assert (january["charges_usage"], january["amount_cents"]) == ([], 5050)


def test_the_number_of_periods_goes_before_the_size_of_a_page(billed):
    answer = past(billed, periods_count=1, per_page=2, page=2)
    assert [period["from_datetime"] for period in answer["usage_periods"]] == ["2024-01-01T00:00:00Z"]
    assert answer["meta"]["total_pages"] == 2
    assert len(past(billed, per_page=1)["usage_periods"]) == 1


def test_an_invoice_of_any_status_counts(billed):
    db.session.query(Invoice).filter(Invoice.organization_id == billed.organization.id).update({"status": "voided"})
    assert len(past(billed)["usage_periods"]) == 2


def test_a_consolidated_invoice_shows_the_usage_of_one_subscription_and_the_amount_of_all(billed):
    subscribe(billed, external_id="other", subscription_at="2024-03-01T00:00:00Z")
    for external_id in ("acme", "other"):
        use(billed, "calls", external_id)
    billed.at("2024-04-01T00:00:00Z")
    assert len(billed.get("/invoices")["invoices"]) == 3
    (other,) = past(billed, external_subscription_id="other")["usage_periods"]
    assert other["amount_cents"] == past(billed)["usage_periods"][0]["amount_cents"] == 2 * (4900 + 50)
    assert [one["units"] for one in other["charges_usage"]] == ["1.0"]


@pytest.mark.parametrize("customer_id, subscription", [
    ("nobody", "acme"), ("acme", "nobody"), ("other", "acme"),
])
def test_whoever_is_not_there_has_no_periods(billed, customer_id, subscription):
    customer(billed, "other")
    assert past(billed, customer_id, external_subscription_id=subscription) == {
        "usage_periods": [],
        "meta": {"current_page": 0, "next_page": None, "prev_page": None, "total_pages": 0, "total_count": 0},
    }


def test_another_organization_sees_nothing(billed, outsider):
    assert past(outsider)["usage_periods"] == []


@pytest.mark.parametrize("blank", ["", " "])
def test_the_subscription_is_mandatory(billed, blank):
    answer = billed.call(
        "GET", "/customers/acme/past_usage", expect=422, external_subscription_id=blank, billable_metric_code="none"
    )
    assert answer["error_details"] == {"external_subscription_id": ["value_is_mandatory"]}


def test_an_unknown_metric_is_not_found(billed):
    answer = billed.call(
        "GET", "/customers/acme/past_usage", expect=404, external_subscription_id="acme", billable_metric_code="none"
    )
    assert answer["code"] == "billable_metric_not_found"


def test_a_page_takes_the_same_queries_however_many_periods(billed, count_queries):
    for size in (1, 2):
        db.session.expire_all()
        with count_queries() as statements:
            assert len(past(billed, per_page=size)["usage_periods"]) == size
        assert len(statements) <= 10, statements


def test_fees_of_filters_and_groups_are_shown_as_they_were_billed(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    regions = [{"key": "region", "values": ["eu", "us"]}]
    charge = standard(metric(sandbox, "calls", filters=regions), "1")
    charge["properties"]["presentation_group_keys"] = [{"value": "user"}]
    grouped = {"amount": "2", "pricing_group_keys": ["team"]}
    charge["filters"] = [
        {"values": {"region": ["us"]}, "properties": {"amount": "9"}},
        {"values": {"region": ["eu"]}, "properties": grouped, "invoice_display_name": "Europe"},
    ]
    plan(sandbox, charges=[charge])
    subscribe(sandbox)
    for properties in ({"region": "eu", "team": "red"}, {"region": "eu", "team": "blue"}, {"user": "ann"}):
        use(sandbox, "calls", properties=properties)
    sandbox.at("2024-02-01T00:00:00Z")
    (usage,) = past(sandbox)["usage_periods"][0]["charges_usage"]
    assert [(one["values"], one["invoice_display_name"], one["amount_cents"]) for one in usage["filters"]] == [
        ({"region": ["eu"]}, "Europe", 400), (None, None, 100),
    ]
    assert [(group["grouped_by"], group["amount_cents"]) for group in usage["grouped_usage"]] == [
        ({"team": "blue"}, 200), ({"team": "red"}, 200), ({}, 100),
    ]
    assert usage["presentation_breakdowns"] == [{"presentation_by": {"user": "ann"}, "units": "1.0"}]
