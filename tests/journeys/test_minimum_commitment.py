"""A plan with a minimum commitment: what a period lacks of it is on the invoice as a fee of its own (02 §9)."""

import io
import uuid
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from lago.core import clock
from lago.core.db import db, transaction
from lago.invoicing.bill_period import bill_period
from tests.builders.catalog import a_tax, an_add_on, fixed_charge
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


def commitments(owner, customer_id="acme"):
    """Of each invoice the cents of the commitment fee, or None."""
    found = [[row for row in invoice["fees"] if row["item"]["type"] == "commitment"] for invoice in invoices(
        owner, customer_id
    )]
    return [rows[0]["amount_cents"] if rows else None for rows in found]


def subscribed(owner, start, commitment=10000, *, charges=(), **fields):
    owner.at(f"{start}T00:00:00Z")
    plan(owner, minimum_commitment={"amount_cents": commitment}, charges=list(charges), **fields)
    subscribe(owner)
    return owner


def in_advance(row, **fields):
    return {**row, "pay_in_advance": True, "invoiceable": True, **fields}


def test_a_plan_in_arrears_settles_the_period_that_is_billed(sandbox):
    sandbox.at("2024-06-11T00:00:00Z")
    subscribed(sandbox, "2024-06-11", amount_cents=3000, charges=[standard(metric(sandbox, "calls"), "15")])
    use(sandbox, "calls")
    (invoice,) = invoices(sandbox.at("2024-07-01T00:00:00Z"))
    # 20 of 30 days: 6667 due, less the subscription's 2000 and the usage of 1500
    assert [row["amount_cents"] for row in invoice["fees"]] == [2000, 1500, 3167]
    assert commitments(sandbox.at("2024-08-01T00:00:00Z")) == [3167, 7000]  # 10000 less 3000


def test_the_fee(sandbox):
    a_tax(sandbox, "plan", rate=10)
    a_tax(sandbox, "own", rate=20)
    sandbox.at("2024-06-01T00:00:00Z")
    commitment = {"amount_cents": 10000, "invoice_display_name": "At least", "tax_codes": ["own"]}
    made = plan(sandbox, amount_cents=3000, tax_codes=["plan"], minimum_commitment=commitment, description="All of it")
    subscription = subscribe(sandbox)
    (invoice,) = invoices(sandbox.at("2024-07-01T00:00:00Z"))
    found = fee(invoice, "commitment")
    assert found["item"] == {
        "type": "commitment", "code": "pro", "name": "pro", "description": "All of it",
        "invoice_display_name": "At least", "filters": None, "filter_invoice_display_name": None,
        "lago_item_id": subscription["lago_id"], "item_type": "Subscription", "grouped_by": {},
    }
    shown = {
        "amount_cents": 7000, "precise_amount": "70.0", "precise_unit_amount": "70.0", "units": "1.0",
        "taxes_amount_cents": 1400, "taxes_rate": 20.0, "pay_in_advance": False, "invoiceable": True,
        "events_count": None, "total_aggregated_units": None, "amount_details": {},
        "external_subscription_id": "acme", "lago_charge_id": None,
    }
    assert {name: found[name] for name in shown} == shown
    assert not {"from_date", "to_date", "event_transaction_id", "applied_taxes"} & set(found)
    assert made["minimum_commitment"]["amount_cents"] == 10000


def test_without_taxes_of_its_own_it_has_the_plans(sandbox):
    a_tax(sandbox, "plan", rate=10)
    subscribed(sandbox, "2024-06-01", amount_cents=3000, tax_codes=["plan"])
    (invoice,) = invoices(sandbox.at("2024-07-01T00:00:00Z"))
    found = fee(invoice, "commitment")
    assert (found["taxes_rate"], found["item"]["invoice_display_name"]) == (10.0, "Minimum commitment")


def test_a_plan_in_advance_settles_the_period_before(sandbox):
    sandbox.at("2024-02-01T00:00:00Z")
    charges = [standard(metric(sandbox, "calls"), "20"), in_advance(standard(metric(sandbox, "mails"), "5"))]
    subscribed(sandbox, "2024-02-01", 15000, charges=charges, amount_cents=10000, pay_in_advance=True)
    for code in ("calls", "mails"):
        use(sandbox, code)
    sandbox.at("2024-03-01T00:00:00Z")
    # Of February: subscription 10000 (billed on the 1st), usage 2000, one event in advance 500
    assert commitments(sandbox) == [None, None, 2500]
    assert [row["item"]["type"] for row in invoices(sandbox)[-1]["fees"]] == ["subscription", "charge", "commitment"]
    assert commitments(sandbox.at("2024-04-01T00:00:00Z"))[-1] == 5000


def test_an_event_without_an_invoice_counts_too(sandbox):
    sandbox.at("2024-02-01T00:00:00Z")
    row = in_advance(standard(metric(sandbox, "mails"), "5"), invoiceable=False)
    subscribed(sandbox, "2024-02-01", charges=[row], amount_cents=1000)
    use(sandbox, "mails")
    assert commitments(sandbox.at("2024-03-01T00:00:00Z")) == [10000 - 1000 - 500]


def test_the_end_of_a_plan_in_arrears(sandbox):
    subscribed(sandbox, "2024-03-01", 12500, amount_cents=3100)
    sandbox.at("2024-03-17T10:00:00Z")
    sandbox.delete("/subscriptions/acme")
    assert commitments(sandbox) == [6855 - 1700]  # 17 of 31 days: 6854.8 due, 1700 billed


def test_the_end_of_a_plan_in_advance_counts_the_whole_subscription_fee(sandbox):
    subscribed(sandbox, "2024-02-01", 12500, amount_cents=3100, pay_in_advance=True)
    sandbox.at("2024-03-17T10:00:00Z")
    assert commitments(sandbox) == [None, 12500 - 3100]
    sandbox.delete("/subscriptions/acme")
    assert commitments(sandbox) == [None, 12500 - 3100, 6855 - 3100]


@pytest.mark.parametrize("pay_in_advance, settled", [(False, [10000 - 3100]), (True, [None, 10000 - 3100])])
def test_an_end_on_a_billing_day_settles_the_closed_period(sandbox, pay_in_advance, settled):
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, amount_cents=3100, pay_in_advance=pay_in_advance, minimum_commitment={"amount_cents": 10000})
    subscribe(sandbox, ending_at="2024-04-01T00:00:00Z")
    assert commitments(sandbox.at("2024-05-01T00:00:00Z"))[:len(settled)] == settled


def test_fees_above_the_commitment_bring_none(sandbox):
    subscribed(sandbox, "2024-06-01", 3000, amount_cents=3000)
    assert commitments(sandbox.at("2024-07-01T00:00:00Z")) == [None]


def test_what_other_subscriptions_are_billed_does_not_count(sandbox):
    subscribed(sandbox, "2024-06-01", amount_cents=3000)
    plan(sandbox, "other", amount_cents=50000)
    subscribe(sandbox, plan_code="other", external_id="second")
    (invoice,) = invoices(sandbox.at("2024-07-01T00:00:00Z"))
    assert fee(invoice, "commitment")["amount_cents"] == 7000
    assert [row["item"]["type"] for row in invoice["fees"]] == ["subscription", "commitment", "subscription"]


@pytest.mark.parametrize("plan_in_advance", [False, True])
def test_fixed_charges_count_for_the_period_that_they_are_for(sandbox, plan_in_advance):
    sandbox.at("2024-06-01T00:00:00Z")
    desks = fixed_charge(an_add_on(sandbox, "desks"), units="1", properties={"amount": "5"})
    seats = fixed_charge(an_add_on(sandbox, "seats"), units="1", properties={"amount": "7"}, pay_in_advance=True)
    subscribed(
        sandbox, "2024-06-01", fixed_charges=[desks, seats], amount_cents=3000, pay_in_advance=plan_in_advance
    )
    sandbox.at("2024-08-01T00:00:00Z")
    # Of June and July each: subscription 3000, desks 500 (billed afterwards), seats 700 (billed before)
    assert [cents for cents in commitments(sandbox) if cents] == [10000 - 4200] * 2


def test_fixed_charges_of_single_months_count_for_their_year(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    desks = fixed_charge(an_add_on(sandbox, "desks"), units="1", properties={"amount": "5"})
    subscribed(
        sandbox, "2024-01-01", 100_000, fixed_charges=[desks], amount_cents=50_000, pay_in_advance=True,
        interval="yearly", bill_fixed_charges_monthly=True,
    )
    sandbox.at("2025-02-01T00:00:00Z")
    assert [cents for cents in commitments(sandbox) if cents] == [100_000 - 50_000 - 12 * 500]


SPLIT = {"interval": "yearly", "bill_charges_monthly": True}


def test_a_yearly_plan_billed_by_the_month_in_arrears(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    charges = [standard(metric(sandbox, "calls"), "1")]
    subscribed(sandbox, "2024-01-01", 100_000, charges=charges, amount_cents=50_000, **SPLIT)
    for month in range(1, 13):
        sandbox.at(f"2024-{month:02}-15T00:00:00Z")
        use(sandbox, "calls")
    sandbox.at("2025-02-01T00:00:00Z")
    use(sandbox, "calls")
    # Only on 1 January 2025: 100000 less the subscription's 50000 and twelve calls of 100
    assert commitments(sandbox) == [None] * 11 + [100_000 - 50_000 - 1200, None]


def test_a_yearly_plan_billed_by_the_month_in_advance(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    charges = [
        standard(metric(sandbox, "calls"), "1"),
        in_advance(standard(metric(sandbox, "seats", "sum_agg", field_name="n", recurring=True), "10")),
    ]
    subscribed(sandbox, "2024-01-01", 100_000, charges=charges, amount_cents=50_000, pay_in_advance=True, **SPLIT)
    for month in range(1, 13):
        sandbox.at(f"2024-{month:02}-15T00:00:00Z")
        use(sandbox, "calls")
    use(sandbox, "seats", properties={"n": "1"})  # 1000 on 15 December, and again on 1 January for that month
    sandbox.at("2025-01-01T00:00:00Z")
    assert commitments(sandbox)[-1] == 100_000 - 50_000 - 1200 - 1000
    assert commitments(sandbox)[:-1] == [None] * (1 + 11 + 1)  # start, months, the event


def test_renewals_of_a_yearly_plan_billed_by_the_month_in_arrears(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    row = in_advance(standard(metric(sandbox, "seats", "sum_agg", field_name="n", recurring=True), "10"))
    subscribed(sandbox, "2024-01-01", 100_000, charges=[row], amount_cents=50_000, **SPLIT)
    sandbox.at("2024-10-15T00:00:00Z")
    use(sandbox, "seats", properties={"n": "1"})
    sandbox.at("2025-01-01T00:00:00Z")
    # The event, and the seat for November and December; that for January 2025, on the same invoice, is of its year
    assert commitments(sandbox)[-1] == 100_000 - 50_000 - 3 * 1000


def test_periods_of_another_zone(sandbox):
    sandbox.at("2024-06-10T12:00:00Z")
    customer(sandbox, "acme", timezone="Pacific/Auckland")  # there it is 11 June already
    plan(sandbox, amount_cents=3000, minimum_commitment={"amount_cents": 10000})
    subscribe(sandbox)
    assert commitments(sandbox.at("2024-07-01T00:00:00Z")) == [6667 - 2000]


def test_the_period_in_which_a_customer_moves(sandbox):
    sandbox.at("2024-06-01T00:00:00Z")
    customer(sandbox, "acme", timezone="UTC")
    charges = [standard(metric(sandbox, "calls"), "1")]
    subscribed(sandbox, "2024-06-01", charges=charges, amount_cents=3000)
    sandbox.at("2024-07-15T00:00:00Z")
    use(sandbox, "calls")
    customer(sandbox, "acme", timezone="America/New_York")  # July begins there four hours after its usage window does
    assert commitments(sandbox.at("2024-08-02T00:00:00Z")) == [7000, 10000 - 3000 - 100]


def test_the_document_lists_it_with_the_period_that_it_settles(with_pdfs, sandbox):
    subscribed(sandbox, "2024-02-01", 15000, amount_cents=10000, pay_in_advance=True)
    invoice = invoices(sandbox.at("2024-03-01T00:00:00Z"))[-1]
    pdf = sandbox.client.get("/documents/" + invoice["file_url"].rsplit("/", 1)[1]).data
    text = " ".join(word for page in PdfReader(io.BytesIO(pdf)).pages for word in page.extract_text().split())
    settled, next_period = "Fees from Feb 01, 2024 to Feb 29, 2024", "Fees from Mar 01, 2024 to Mar 31, 2024"
    assert text.index(settled) < text.index("Minimum commitment 1 €50.00") < text.index(next_period)


def test_25_customers_are_settled_by_as_many_statements_as_2(sandbox, count_queries):
    sandbox.at("2024-06-01T00:00:00Z")
    plan(sandbox, amount_cents=3000, minimum_commitment={"amount_cents": 10000})
    ids = [uuid.UUID(subscribe(sandbox, f"c{number}")["lago_customer_id"]) for number in range(27)]
    few, many = (_statements(count_queries, some) for some in (ids[:2], ids[2:]))
    assert len(many) == len(few), "\n".join(sorted(set(many)))
    assert commitments(sandbox, "c26") == [7000]


def _statements(count_queries, customer_ids):
    """What is sent to bill these customers on 1 July, as a worker does it."""
    db.session.expunge_all()
    with transaction(), clock.at(datetime(2024, 7, 1, tzinfo=UTC), standing=True), count_queries() as statements:
        bill_period(customer_ids)
    return statements
