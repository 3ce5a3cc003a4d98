"""How the units of usage came about, as documents tell it (04 §17)."""

import pytest

from lago.core.db import db
from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from lago.invoicing.models import Invoice
from tests.builders.invoices import a_charge, a_charge_fee, a_subscription, an_invoice
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use


def tables(invoice: Invoice) -> list:
    """Title, columns, rows and note of each as printed; quantities and dates as they are."""
    show = Formats("en", "EUR").show
    found = [table for chapter in document_of(invoice).chapters for table in chapter.breakdowns]
    return [
        (show(one.title), [show(column) for column in one.columns], [[show(cell) for cell in row] for row in one.rows],
         one.note and one.note.key)
        for one in found
    ]


@pytest.mark.parametrize(
    "aggregation, prorated, note",
    [
        ("sum_agg", False, "breakdown_not_prorated"), ("sum_agg", True, "breakdown_prorated"),
        ("unique_count_agg", False, "breakdown_not_prorated"),
    ],
)
def test_what_goes_on_begins_with_what_was_there(sandbox, aggregation, prorated, note):
    sandbox.at("2024-01-01T00:00:00Z")
    seats = metric(sandbox, "seats", aggregation, field_name="n", recurring=True)
    plan(sandbox, amount_cents=0, charges=[{**standard(seats, "10"), "prorated": prorated}])
    subscribe(sandbox)
    for moment, number in (("2024-01-05", 2), ("2024-01-06", 1), ("2024-02-12", 3)):
        sandbox.at(f"{moment}T12:00:00Z")
        use(sandbox, "seats", properties={"n": number})
    sandbox.at("2024-03-01T00:00:00Z")
    *_, february = invoices(sandbox)
    before, added = ("3", "3") if aggregation == "sum_agg" else ("2", "1")
    assert tables(db.session.get_one(Invoice, february["lago_id"])) == [(
        "Units of seats by day", ["Date", "Units"], [["From Feb 01, 2024", before], ["Feb 12, 2024", added]], note,
    )]


def test_what_ends_with_its_period_has_no_days(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, charges=[standard(metric(sandbox, "gb", "sum_agg", field_name="n"), "1")])
    subscribe(sandbox)
    use(sandbox, "gb", properties={"n": 3})
    (invoice,) = invoices(sandbox.at("2024-02-01T00:00:00Z"))
    assert tables(db.session.get_one(Invoice, invoice["lago_id"])) == []


def test_units_are_split_by_the_keys_that_may_be_shown():
    subscription = a_subscription()
    charge = a_charge(subscription, "API calls")
    charge.properties = {"presentation_group_keys": [
        {"value": "region", "options": {"display_in_invoice": True}}, {"value": "user"},
    ]}
    rows = [
        {"presentation_by": {"region": region, "user": user}, "units": units}
        for region, user, units in (("eu", "ann", "2"), (None, "bob", "4"), ("eu", "bob", "3.5"))
    ]
    fee = a_charge_fee(subscription, "API calls", 950, "9.5", charge=charge, presentation_breakdowns=rows)
    assert tables(an_invoice(fee)) == [
        ("Usage of API calls", ["region", "Units"], [["eu", "5.5"], ["–", "4"]], None)
    ]
