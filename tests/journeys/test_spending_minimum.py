"""A charge with a spending minimum: what is missing of it is on the invoice as a fee of its own (02 §5)."""

import io

import pytest
from pypdf import PdfReader

from tests.builders.catalog import a_filter, a_metric_with_filters, a_tax
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


def charge_fees(invoice):
    return [fee for fee in invoice["fees"] if fee["item"]["type"] == "charge"]


def cents(invoice):
    return [fee["amount_cents"] for fee in charge_fees(invoice)]


def calls(owner, minimum=1000, price="8", **fields):
    """A charge of 8.00 a call, at least 10.00 a month."""
    return {**standard(metric(owner, "calls"), price), "min_amount_cents": minimum, **fields}


def text_of(owner, invoice):
    pdf = owner.client.get("/documents/" + invoice["file_url"].rsplit("/", 1)[1]).data
    return " ".join(word for page in PdfReader(io.BytesIO(pdf)).pages for word in page.extract_text().split())


@pytest.fixture
def subscribed(sandbox):
    """Acme since 1 January 2023 on a plan of 0.00 with that charge, taxed by 20 % for the charge alone."""
    sandbox.at("2023-01-01T00:00:00Z")
    a_tax(sandbox)
    plan(sandbox, amount_cents=0, charges=[calls(sandbox, tax_codes=["vat"], invoice_display_name="API calls")])
    subscribe(sandbox)
    return sandbox


def test_a_charge_shows_its_minimum(subscribed):
    assert subscribed.get("/plans/pro")["plan"]["charges"][0]["min_amount_cents"] == 1000


def test_what_is_missing_is_a_fee(subscribed):
    use(subscribed, "calls")
    (invoice,) = invoices(subscribed.at("2023-02-01T00:00:00Z"))
    usage, true_up = charge_fees(invoice)
    assert (usage["amount_cents"], true_up["amount_cents"], invoice["fees_amount_cents"]) == (800, 200, 1000)
    assert usage["lago_true_up_fee_id"] == true_up["lago_id"]
    assert true_up["lago_true_up_parent_fee_id"] == usage["lago_id"]
    assert usage["lago_true_up_parent_fee_id"] is true_up["lago_true_up_fee_id"] is None


def test_the_fee_is_like_the_one_that_it_hangs_on(subscribed):
    use(subscribed, "calls")
    (invoice,) = invoices(subscribed.at("2023-02-01T00:00:00Z"))
    usage, true_up = charge_fees(invoice)
    own = {name for name in usage if usage[name] != true_up[name]}
    assert own == {
        "lago_id", "lago_true_up_fee_id", "lago_true_up_parent_fee_id", "amount_cents", "precise_amount",
        "precise_total_amount", "taxes_amount_cents", "taxes_precise_amount", "total_amount_cents",
        "precise_unit_amount", "sub_total_excluding_taxes_amount_cents",
        "sub_total_excluding_taxes_precise_amount_cents", "events_count",
    }
    shown = ("units", "total_aggregated_units", "events_count", "precise_unit_amount", "taxes_amount_cents")
    assert [true_up[name] for name in shown] == ["1.0", "1.0", 0, "2.0", 40]  # 20 % of 2.00


def test_usage_that_reaches_the_minimum_brings_no_fee(subscribed):
    for _ in range(2):
        use(subscribed, "calls")
    (invoice,) = invoices(subscribed.at("2023-02-01T00:00:00Z"))
    assert cents(invoice) == [1600]


def test_without_usage_the_empty_fee_is_kept(subscribed):
    (invoice,) = invoices(subscribed.at("2023-02-01T00:00:00Z"))
    usage, true_up = charge_fees(invoice)
    assert (usage["units"], usage["amount_cents"], true_up["amount_cents"]) == ("0.0", 0, 1000)
    assert usage["lago_true_up_fee_id"] == true_up["lago_id"]


def test_a_charge_without_minimum_leaves_no_empty_fee(sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    plan(sandbox, charges=[calls(sandbox, minimum=0)])
    subscribe(sandbox)
    assert cents(invoices(sandbox.at("2023-02-01T00:00:00Z"))[0]) == []


@pytest.mark.parametrize("start, minimum, expected", [
    ("2023-02-22", 906, 226),  # 7 of 28 days: 906 / 28 × 7 is 226.49999999999997 in doubles
    ("2023-03-15", 1000, 548),  # 17 of 31 days: 548.387…
    ("2023-04-16", 10000, 5000),  # 15 of 30 days
])
def test_the_minimum_of_a_part_of_a_month(sandbox, start, minimum, expected):
    sandbox.at(f"{start}T00:00:00Z")
    plan(sandbox, charges=[calls(sandbox, minimum)])
    subscribe(sandbox)
    (invoice,) = invoices(sandbox.at(f"2023-0{int(start[6]) + 1}-01T00:00:00Z"))
    assert cents(invoice) == [0, expected]


def test_a_minimum_that_is_met_to_the_cent_may_leave_a_fee_of_zero(sandbox):
    sandbox.at("2023-02-01T00:00:00Z")
    plan(sandbox, charges=[calls(sandbox, 7900, "79")])
    subscribe(sandbox)
    use(sandbox, "calls")
    (invoice,) = invoices(sandbox.at("2023-03-01T00:00:00Z"))
    assert [(fee["amount_cents"], fee["units"]) for fee in charge_fees(invoice)] == [(7900, "1.0"), (0, "1.0")]


def test_the_minimum_up_to_the_end_of_a_subscription(subscribed):
    subscribed.at("2023-02-25T05:00:00Z")
    use(subscribed, "calls")
    subscribed.delete("/subscriptions/acme")
    assert cents(invoices(subscribed)[-1]) == [800, 93]  # 1000 × 25/28 − 800 = 92.857


def test_all_filters_count_and_the_rest_is_the_parent(sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    measured = a_metric_with_filters(sandbox, region=["eu", "us"])
    filters = [a_filter("7", region=["eu"]), a_filter("9", region=["us"])]
    row = {**standard(measured, "1"), "filters": filters, "min_amount_cents": 2000}
    plan(sandbox, charges=[row])
    subscribe(sandbox)
    for region in ("eu", "us"):
        use(sandbox, "calls", properties={"region": region})
    (invoice,) = invoices(sandbox.at("2023-02-01T00:00:00Z"))
    assert cents(invoice) == [700, 900, 0, 400]
    *_, rest, true_up = charge_fees(invoice)
    assert (rest["lago_charge_filter_id"], rest["lago_true_up_fee_id"]) == (None, true_up["lago_id"])
    assert (true_up["lago_charge_filter_id"], true_up["item"]["filters"]) == (None, None)


def test_there_is_one_for_all_groups(with_pdfs, sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    row = calls(sandbox, 5000)
    row["properties"]["pricing_group_keys"] = ["team"]
    plan(sandbox, charges=[row])
    subscribe(sandbox)
    for team in ("red", "blue"):
        use(sandbox, "calls", properties={"team": team})
    (invoice,) = invoices(sandbox.at("2023-02-01T00:00:00Z"))
    assert [(fee["amount_cents"], fee["item"]["grouped_by"]) for fee in charge_fees(invoice)] == [
        (800, {"team": "blue"}), (800, {"team": "red"}), (3400, {"team": "blue"}),
    ]
    text = text_of(sandbox, invoice)
    assert "calls • blue" in text and "calls • red" in text and "calls - True-up Minimum spend of €50.00 1" in text


def test_the_details_are_those_of_the_parent_and_not_printed_twice(with_pdfs, sandbox):
    sandbox.at("2023-01-01T00:00:00Z")
    tiers = [
        {"from_value": 0, "to_value": 1, "per_unit_amount": "1", "flat_amount": "2"},
        {"from_value": 2, "to_value": None, "per_unit_amount": "3", "flat_amount": "4"},
    ]
    row = {
        "billable_metric_id": metric(sandbox, "calls")["lago_id"], "charge_model": "graduated",
        "properties": {"graduated_ranges": tiers}, "min_amount_cents": 5000,
    }
    plan(sandbox, charges=[row])
    subscribe(sandbox)
    use(sandbox, "calls")
    (invoice,) = invoices(sandbox.at("2023-02-01T00:00:00Z"))
    usage, true_up = charge_fees(invoice)
    assert (usage["amount_cents"], true_up["amount_cents"]) == (300, 4700)
    assert usage["amount_details"] == true_up["amount_details"] != {}
    assert text_of(sandbox, invoice).count("Subtotal") == 3  # of the tiers once, without and with tax


def test_the_document_names_it(with_pdfs, subscribed):
    (invoice,) = invoices(subscribed.at("2023-02-01T00:00:00Z"))
    text = text_of(subscribed, invoice)
    assert text.index("API calls 0") < text.index("API calls - True-up Minimum spend")


def test_current_usage_knows_no_minimum(subscribed):
    use(subscribed, "calls")
    usage = subscribed.get("/customers/acme/current_usage", external_subscription_id="acme")["customer_usage"]
    assert usage["amount_cents"] == 800


def test_past_usage_counts_no_unit_for_it(subscribed):
    use(subscribed, "calls")
    subscribed.at("2023-02-01T00:00:00Z")
    (period,) = subscribed.get("/customers/acme/past_usage", external_subscription_id="acme")["usage_periods"]
    (charge,) = period["charges_usage"]
    assert (charge["units"], charge["events_count"], charge["amount_cents"]) == ("1.0", 1, 1000)


def test_it_is_for_the_customer_days_of_another_zone(sandbox):
    sandbox.at("2023-03-15T12:00:00Z")
    customer(sandbox, "acme", timezone="Pacific/Auckland")  # there it is 16 March already
    plan(sandbox, charges=[calls(sandbox, 3100)])
    subscribe(sandbox)
    (invoice,) = invoices(sandbox.at("2023-04-01T00:00:00Z"))
    assert cents(invoice) == [0, 1600]  # 16 of 31 days, though clocks change in April only
