"""A page of 2 and of 20 rows costs the same number of queries."""

import pytest

from lago.core.db import db, transaction
from tests.admin.records import a_customer, a_failure, a_message, an_event, an_invoice
from tests.admin.visitor import a_visitor
from tests.builders import invoices, stories
from tests.builders.catalog import (
    a_filter,
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_pricing_unit,
    a_tax,
    an_add_on,
    standard_charge,
)
from tests.builders.dunning import a_campaign
from tests.builders.payments import pay
from tests.builders.wallets import wallet


def a_subscription(owner, number):
    """One with a plan of its own."""
    a_plan(owner, f"p{number}")
    stories.subscribe(owner, f"c{number}", f"p{number}")


def a_wallet(owner, number):
    """One of a customer of its own."""
    stories.customer(owner, f"c{number}", currency="EUR")
    wallet(owner, f"c{number}")


def a_payment(owner, number):
    """A part of an invoice of its own."""
    pay(owner, {"lago_id": an_invoice(owner, f"NOR-{number}").id}, 100)


def a_note(owner, number):
    """Something is given back of an invoice of its own."""
    fee = an_invoice(owner, f"NOR-{number}").fees[0]
    item = {"fee_id": str(fee.id), "amount_cents": 100}
    owner.post("/credit_notes", {"credit_note": {
        "invoice_id": str(fee.invoice_id), "items": [item], "credit_amount_cents": 100}})


def a_late_invoice(owner, number):
    """One of a customer of its own that is overdue."""
    an_invoice(owner, f"NOR-{number}", payment_overdue=True)


FILL = {
    "/customers": lambda owner, number: a_customer(owner, f"c{number}"),
    "/invoices": lambda owner, number: an_invoice(owner, f"NOR-{number}"),
    "/credit_notes": a_note,
    "/add_ons": lambda owner, number: an_add_on(owner, f"a{number}"),
    "/": lambda owner, number: an_invoice(owner, f"NOR-{number}"),
    "/analytics": lambda owner, number: an_invoice(owner, f"NOR-{number}"),
    "/billable_metrics": lambda owner, number: a_metric(owner, f"m{number}", filters=[{"key": "k", "values": ["v"]}]),
    "/plans": lambda owner, number: a_plan(owner, f"p{number}"),
    "/subscriptions": a_subscription,
    "/events": lambda owner, number: an_event(owner),
    "/wallets": a_wallet,
    "/payments": a_payment,
    "/payments/overdue": a_late_invoice,
    "/payments/overdue?by=customer": a_late_invoice,
    "/dunning_campaigns": lambda owner, number: a_campaign(owner, f"d{number}"),
    "/pricing_units": lambda owner, number: a_pricing_unit(owner, f"u{number}"),
    "/developers/webhooks": lambda owner, number: a_message(owner),
    "/developers/attention": lambda owner, number: a_failure(owner),
}


@pytest.mark.parametrize("path", FILL)
def test_rows_cost_no_queries(ada, owner, count_queries, path):
    fill(owner, path, 0, 2)
    few = queries(ada, count_queries, path)
    fill(owner, path, 2, 20)
    assert len(queries(ada, count_queries, path)) == len(few) <= 16, "\n".join(few)


def test_fees_cost_no_queries(ada, owner, count_queries):
    invoice = an_invoice(owner)
    few = queries(ada, count_queries, f"/invoices/{invoice.id}")
    with transaction():
        subscription = invoice.fees[0].subscription
        invoice.fees += [invoices.a_charge_fee(subscription, f"metric {number}", 100) for number in range(18)]
        for record in db.session.new:
            record.organization_id = owner.organization.id
    assert len(queries(ada, count_queries, f"/invoices/{invoice.id}")) == len(few)


@pytest.mark.parametrize("path", ["", "/edit"])
def test_charges_and_filters_cost_no_queries(ada, owner, count_queries, path):
    metrics, tax = [a_metric_with_filters(owner, f"m{number}") for number in range(6)], a_tax(owner)
    filters = [a_filter(region=["eu"]), a_filter(tier=["pro"])]
    rows = [standard_charge(metric, filters=filters, tax_codes=[tax["code"]]) for metric in metrics]
    few, many = (
        queries(ada, count_queries, f"/plans/{a_plan(owner, f'p{len(some)}', charges=some)['lago_id']}{path}")
        for some in (rows[:1], rows)
    )
    assert len(many) <= len(few)  # fewer where the plan brings all metrics that the form offers


def test_history_costs_no_queries(app, sandbox, count_queries):
    visitor = a_visitor(app, sandbox.organization, "bea@example.com")
    sandbox.at("2024-01-01T00:00:00Z")
    stories.plan(sandbox, pay_in_advance=True)
    page = f"/subscriptions/{stories.subscribe(sandbox)['lago_id']}"
    sandbox.at("2024-03-02T00:00:00Z")
    few = queries(visitor, count_queries, page)
    sandbox.at("2025-06-02T00:00:00Z")
    assert len(queries(visitor, count_queries, page)) == len(few) <= 24, "\n".join(few)


def fill(owner, path, first, last):
    for number in range(first, last):
        FILL[path](owner, number)


def queries(visitor, count_queries, path):
    db.session.expunge_all()
    with count_queries() as statements:
        visitor.get(path)
    return statements
