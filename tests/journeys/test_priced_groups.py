"""A charge that is priced by groups: each group has a price, a fee and a line of its own."""

import io

import pytest
from pypdf import PdfReader

from tests.builders.stories import invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def grouped(sandbox):
    """Calls at 0.50: 3 of team red, 1 of team blue, 2 of no team, in January 2024."""
    sandbox.at("2024-01-01T00:00:00Z")
    charge = standard(metric(sandbox, "calls"), "0.5")
    charge["properties"]["grouped_by"] = ["team"]
    plan(sandbox, charges=[charge])
    subscribe(sandbox)
    for properties, count in (({"team": "red"}, 3), ({"team": "blue"}, 1), ({}, 2)):
        for _ in range(count):
            use(sandbox, "calls", properties=properties)
    return sandbox


def test_the_older_name_of_the_keys_is_taken_and_both_are_shown(grouped):
    (charge,) = grouped.get("/plans/pro")["plan"]["charges"]
    assert charge["properties"]["pricing_group_keys"] == charge["properties"]["grouped_by"] == ["team"]


def test_usage_lists_each_group(grouped):
    usage = grouped.get("/customers/acme/current_usage", external_subscription_id="acme")["customer_usage"]
    groups = usage["charges_usage"][0]["grouped_usage"]
    assert [(group["grouped_by"]["team"], group["amount_cents"]) for group in groups] == [
        ("blue", 50), ("red", 150), (None, 100)
    ]


def test_the_invoice_has_a_fee_for_each_group(grouped):
    grouped.at("2024-02-01T00:00:00Z")
    (invoice,) = invoices(grouped)
    fees = [fee for fee in invoice["fees"] if fee["item"]["type"] == "charge"]
    assert [(fee["item"]["grouped_by"], fee["amount_cents"], fee["units"]) for fee in fees] == [
        ({"team": "blue"}, 50, "1.0"), ({"team": "red"}, 150, "3.0"), ({"team": None}, 100, "2.0")
    ]
    assert invoice["fees_amount_cents"] == 4900 + 300


def test_the_document_names_the_groups(with_pdfs, grouped):
    grouped.at("2024-02-01T00:00:00Z")
    (invoice,) = invoices(grouped)
    pdf = grouped.client.get("/documents/" + invoice["file_url"].rsplit("/", 1)[1]).data
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "calls • red" in text and "calls • blue" in text
