"""Stories of fixed charges: what is billed of them when, and what a change of units does (02 §8)."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.invoicing.bill_period import bill_period
from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from lago.invoicing.models import Invoice
from tests.builders.catalog import an_add_on
from tests.builders.fixed_charges import AHEAD, PRORATED, all_billed, begin, billed, change, on, own, tier
from tests.builders.outbox import announced
from tests.builders.stories import customer, fee, invoices, subscribe


def test_a_fee_tells_what_it_is_for(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    for code, rate in (("vat", 20), ("low", 10)):
        sandbox.post("/taxes", {"tax": {"name": code, "code": code, "rate": rate}})
    desks = on(tax_codes=["low"], invoice_display_name="Desks")
    made = begin(sandbox, "2024-03-01T00:00:00Z", desks, tax_codes=["vat"])
    sandbox.at("2024-04-01T00:00:00Z")
    (invoice,) = invoices(sandbox)
    row, (present,) = fee(invoice, "fixed_charge"), made["fixed_charges"]
    assert row["item"] == {
        "type": "fixed_charge", "code": "seats", "name": "Seats", "description": None,
        "invoice_display_name": "Desks", "filters": None, "filter_invoice_display_name": None,
        "lago_item_id": present["lago_add_on_id"], "item_type": "AddOn", "grouped_by": {},
    }
    told = {
        "lago_fixed_charge_id": present["lago_id"], "lago_charge_id": None, "pay_in_advance": False,
        "invoiceable": True, "units": "10.0", "total_aggregated_units": "10.0", "events_count": None,
        "amount_cents": 10_000, "precise_amount": "100.0", "precise_unit_amount": "10.0", "amount_details": {},
        "taxes_rate": 10.0, "taxes_amount_cents": 1000, "external_subscription_id": "acme",
        "from_date": "2024-03-01T00:00:00+00:00", "to_date": "2024-03-31T23:59:59+00:00",
    }
    assert {name: row[name] for name in told} == told


def test_arrears_are_billed_at_the_end_of_a_period_by_what_it_had(sandbox):
    begin(sandbox, "2024-03-01T00:00:00Z", on(amount="7.35", **PRORATED), on("desks", amount="7.35"))
    for code in ("seats", "desks"):
        change(sandbox, "2024-04-13T10:00:00Z", 16, code)
    for code in ("seats", "desks"):
        change(sandbox, "2024-04-25T10:00:00Z", 4, code)
    sandbox.at("2024-05-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-04-01", {"seats": ("10.0", 7350), "desks": ("10.0", 7350)}),
        ("2024-05-01", {"seats": ("4.0", 8232), "desks": ("4.0", 2940)}),  # 11.2 weighed units; the last 4
    ]


def test_a_prorated_first_period_is_of_the_days_lived_in_the_whole_month(sandbox):
    begin(sandbox, "2024-04-21T15:00:00Z", on(units=30, amount="1", **PRORATED))
    sandbox.at("2024-05-01T00:00:00Z")
    assert all_billed(sandbox) == [("2024-05-01", {"seats": ("30.0", 1000)})]  # 10 of 30 days


def test_an_end_bills_arrears_and_nothing_in_advance(sandbox):
    begin(
        sandbox, "2024-06-01T00:00:00Z", on(**PRORATED), on("desks"), on("lines", **AHEAD), pay_in_advance=True
    )
    sandbox.at("2024-06-10T15:00:00Z")
    sandbox.delete("/subscriptions/acme")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"lines": ("10.0", 10_000)}),
        ("2024-06-10", {"seats": ("10.0", 3333), "desks": ("10.0", 10_000)}),  # 10 of 30 days; not prorated
    ]


def test_an_end_on_a_billing_day_bills_the_closed_period(sandbox):
    ending = {"ending_at": "2024-07-01T09:00:00Z"}
    begin(sandbox, "2024-06-01T00:00:00Z", on(), on("lines", **AHEAD), subscription=ending)
    sandbox.at("2024-08-02T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"lines": ("10.0", 10_000)}), ("2024-07-01", {"seats": ("10.0", 10_000)})
    ]


def test_in_advance_a_start_and_each_period_are_billed_once(sandbox):
    begin(sandbox, "2024-06-16T00:00:00Z", on(**AHEAD), on("desks", **AHEAD, **PRORATED), pay_in_advance=True)
    sandbox.at("2024-07-31T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-16", {"seats": ("10.0", 10_000), "desks": ("10.0", 5000)}),  # 15 of 30 days
        ("2024-07-01", {"seats": ("10.0", 10_000), "desks": ("10.0", 10_000)}),
    ]
    reasons = [row["billing_periods"][0]["invoicing_reason"] for row in invoices(sandbox)]
    assert reasons == ["subscription_starting", "subscription_periodic"]
    dates = [(row["from_date"][:10], row["to_date"][:10]) for row in invoices(sandbox)[1]["fees"][1:]]
    assert dates == [("2024-07-01", "2024-07-31")] * 2


def test_on_a_plan_in_arrears_a_start_bills_what_is_in_advance_alone(sandbox):
    begin(sandbox, "2024-06-16T00:00:00Z", on(**AHEAD, **PRORATED), on("desks"), amount_cents=3000)
    (start,) = invoices(sandbox)
    assert billed(start) == {"seats": ("10.0", 5000)} and len(start["fees"]) == 1
    assert start["billing_periods"][0]["invoicing_reason"] == "in_advance_charge"
    assert (start["fees"][0]["from_date"], start["fees"][0]["to_date"]) == (
        "2024-06-16T00:00:00+00:00", "2024-06-30T23:59:59+00:00"
    )
    sandbox.at("2024-07-01T00:00:00Z")
    july = invoices(sandbox)[1]
    assert billed(july) == {"seats": ("10.0", 10_000), "desks": ("10.0", 10_000)}
    assert fee(july, "subscription")["amount_cents"] == 1500


def test_without_anything_in_advance_a_start_in_arrears_bills_nothing(sandbox):
    begin(sandbox, "2024-06-16T00:00:00Z", on())
    assert invoices(sandbox) == []


def test_a_start_that_is_dated_back_is_not_billed(sandbox):
    subscription = {"subscription_at": "2024-06-05T00:00:00Z"}
    begin(sandbox, "2024-06-16T00:00:00Z", on(**AHEAD), on("desks", **PRORATED), subscription=subscription)
    assert invoices(sandbox) == []
    sandbox.at("2024-07-01T00:00:00Z")
    desks = ("10.0", 8667)  # 26 of 30 days
    assert all_billed(sandbox) == [("2024-07-01", {"seats": ("10.0", 10_000), "desks": desks})]


def test_a_start_to_come_begins_with_the_units_of_its_day(sandbox):
    subscription = {"subscription_at": "2024-06-16T12:00:00Z"}
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), subscription=subscription, pay_in_advance=True)
    change(sandbox, "2024-06-02T00:00:00Z", 12)
    sandbox.at("2024-06-20T00:00:00Z")
    assert all_billed(sandbox) == [("2024-06-16", {"seats": ("12.0", 12_000)})]


def test_prorated_units_that_are_added_at_once_cost_the_days_left(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(units=5, amount="7.35", **AHEAD, **PRORATED), pay_in_advance=True)
    change(sandbox, "2024-06-12T10:00:00Z", 8)
    added = fee(invoices(sandbox)[1], "fixed_charge")
    assert (added["units"], added["amount_cents"], added["precise_unit_amount"]) == ("3.0", 1396, "4.655")
    assert added["amount_details"] == {} and added["pay_in_advance"]
    sandbox.at("2024-07-01T00:00:00Z")
    assert billed(invoices(sandbox)[2]) == {"seats": ("8.0", 5880)}


def test_units_that_are_added_at_once_are_priced_from_zero(sandbox):
    ranges = {"graduated_ranges": [tier(0, 10, "5", "20"), tier(11, None, "3")]}
    begin(sandbox, "2024-06-01T00:00:00Z", on(charge_model="graduated", properties=ranges, **AHEAD))
    change(sandbox, "2024-06-12T10:00:00Z", 14)
    sandbox.at("2024-07-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"seats": ("10.0", 7000)}), ("2024-06-12", {"seats": ("4.0", 4000)}),
        ("2024-07-01", {"seats": ("14.0", 8200)}),  # 10 x 5 + 20 + 4 x 3
    ]


def test_fewer_units_cost_nothing_and_are_paid_up_to_what_was_paid(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD))
    for day, units in (("06", 5), ("11", 8), ("16", 13)):
        change(sandbox, f"2024-06-{day}T10:00:00Z", units)
    assert [billed(row)["seats"] for row in invoices(sandbox)] == [
        ("10.0", 10_000), ("0.0", 0), ("0.0", 0), ("3.0", 3000)
    ]


def test_a_zero_invoice_is_closed_for_a_customer_who_skips_them(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), customer_fields={"finalize_zero_amount_invoice": "skip"})
    change(sandbox, "2024-06-06T10:00:00Z", 5)
    assert len(invoices(sandbox)) == 1


def test_the_same_units_again_change_nothing(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD))
    change(sandbox, "2024-06-06T10:00:00Z", "10.0")
    assert len(invoices(sandbox)) == 1


def test_without_saying_so_other_units_begin_with_the_next_period(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks", **PRORATED))
    for code in ("seats", "desks"):
        change(sandbox, "2024-06-06T10:00:00Z", 15, code, immediately=False)
    sandbox.at("2024-08-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"seats": ("10.0", 10_000)}),
        ("2024-07-01", {"seats": ("15.0", 15_000), "desks": ("10.0", 10_000)}),
        ("2024-08-01", {"seats": ("15.0", 15_000), "desks": ("15.0", 15_000)}),
    ]


@pytest.mark.parametrize("immediately, expected", [
    (True, [("2024-06-06", {"lines": ("6.0", 9000)}), ("2024-07-01", {"lines": ("6.0", 9000), "rooms": ("2.0", 400)})]),
    (False, [("2024-07-01", {"lines": ("6.0", 9000)})]),
])
def test_fixed_charges_that_are_added_begin_at_once_or_with_the_next_period(sandbox, immediately, expected):
    begin(sandbox, "2024-06-01T00:00:00Z")
    sandbox.at("2024-06-06T00:00:00Z")
    for row in (on("lines", 6, "15", **AHEAD), on("rooms", 2, "2")):
        row |= {"add_on_id": an_add_on(sandbox, row["code"])["lago_id"], "apply_units_immediately": immediately}
        sandbox.post("/plans/pro/fixed_charges", {"fixed_charge": row})
    sandbox.at("2024-07-01T00:00:00Z")
    assert all_billed(sandbox) == expected


def test_several_changes_of_one_request_are_one_invoice(sandbox):
    made = begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks", **AHEAD), on("rooms"))
    sandbox.at("2024-06-06T00:00:00Z")
    rows = [
        {"id": row["lago_id"], "units": 12, "apply_units_immediately": True, "properties": row["properties"]}
        for row in made["fixed_charges"]
    ]
    sandbox.put("/plans/pro", {"plan": {"fixed_charges": rows}})
    sandbox.at("2024-06-06T00:00:00Z")
    assert all_billed(sandbox)[1:] == [("2024-06-06", {"seats": ("2.0", 2000), "desks": ("2.0", 2000)})]


def test_a_deleted_fixed_charge_is_billed_no_more(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks"))
    sandbox.at("2024-06-20T00:00:00Z")
    for code in ("seats", "desks"):
        sandbox.delete(f"/plans/pro/fixed_charges/{code}")
    sandbox.at("2024-07-01T00:00:00Z")
    assert all_billed(sandbox) == [("2024-06-01", {"seats": ("10.0", 10_000)}), ("2024-07-01", {})]


def test_what_has_no_units_and_costs_nothing_has_no_fee(sandbox):
    nothing = on(units=0), on("free", amount="0"), on("desks", 0, **AHEAD)
    begin(sandbox, "2024-06-01T00:00:00Z", *nothing, pay_in_advance=True)
    sandbox.at("2024-07-01T00:00:00Z")
    assert [billed(row) for row in invoices(sandbox)] == [{}, {"free": ("10.0", 0)}]


def test_by_the_month_within_a_year(sandbox):
    begin(
        sandbox, "2024-01-16T00:00:00Z", on(**PRORATED), on("lines", 2, **AHEAD, **PRORATED),
        interval="yearly", bill_fixed_charges_monthly=True, pay_in_advance=True,
    )
    change(sandbox, "2024-02-15T00:00:00Z", 4, "lines")
    sandbox.at("2024-03-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-01-16", {"lines": ("2.0", 1032)}),  # 16 of 31 days
        ("2024-02-01", {"seats": ("10.0", 5161), "lines": ("2.0", 2000)}),
        ("2024-02-15", {"lines": ("2.0", 1034)}),  # 15 of 29 days
        ("2024-03-01", {"seats": ("10.0", 10_000), "lines": ("4.0", 4000)}),
    ]


@pytest.mark.parametrize("in_advance", [True, False])
def test_for_the_year_where_only_usage_is_billed_by_the_month(sandbox, in_advance):
    begin(
        sandbox, "2024-03-01T00:00:00Z", on("lines", 2, **AHEAD), on("desks"),
        interval="yearly", bill_charges_monthly=True, pay_in_advance=in_advance,
    )
    change(sandbox, "2024-05-15T00:00:00Z", 3, "lines")
    sandbox.at("2025-02-01T00:00:00Z")
    assert [row for row in all_billed(sandbox) if row[1]] == [
        ("2024-03-01", {"lines": ("2.0", 2000)}), ("2024-05-15", {"lines": ("1.0", 1000)}),
        ("2025-01-01", {"lines": ("3.0", 3000), "desks": ("10.0", 10_000)}),
    ]


def test_units_paid_before_a_change_of_zone_are_paid(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD))
    sandbox.at("2024-06-05T00:00:00Z")
    customer(sandbox, timezone="Asia/Tokyo")
    change(sandbox, "2024-06-06T10:00:00Z", 12)
    sandbox.at("2024-07-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"seats": ("10.0", 10_000)}), ("2024-06-06", {"seats": ("2.0", 2000)}),
        ("2024-07-01", {"seats": ("12.0", 12_000)}),
    ]


def test_each_fee_and_its_invoice_are_told_of(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks", **AHEAD))
    own(sandbox, "2024-06-06T10:00:00Z", 12, apply_units_immediately=True)
    told = announced(sandbox)
    assert told[-2:] == ["fee.created", "invoice.created"]
    assert "fee.created" not in told[:-2]  # drained when the clock was moved


def test_a_document_lists_them_with_their_tiers(sandbox):
    ranges = {"graduated_ranges": [tier(0, 5, "10", "1"), tier(6, None, "4")]}
    graduated = on("Zoo", 7, charge_model="graduated", properties=ranges, **AHEAD)
    begin(sandbox, "2024-06-01T00:00:00Z", graduated, on("alpha", amount="1", **PRORATED), amount_cents=100)
    sandbox.at("2024-07-01T00:00:00Z")
    document = document_of(db.session.get_one(Invoice, uuid.UUID(invoices(sandbox)[1]["lago_id"])))
    show = Formats("en", "EUR").show
    (chapter,) = document.chapters
    told = [
        (show(part.title), [(line.label[0], show(line.amount)) for line in part.lines]) for part in chapter.sections
    ]
    assert told == [
        ("Fees from Jun 01, 2024 to Jun 30, 2024", [("pro", "€1.00"), ("Alpha", "€10.00")]),
        ("Fees from Jul 01, 2024 to Jul 31, 2024", [("Zoo", "€59.00")]),
    ]
    (june, july) = chapter.sections
    assert [show(note) for note in june.lines[1].notes] == ["Prorated for the days of the period"]
    assert [show(part.amount) for part in july.lines[0].parts] == ["€50.00", "€8.00", "€1.00", "€59.00"]


@pytest.mark.parametrize("in_advance", [True, False])
def test_25_customers_are_billed_by_as_many_statements_as_2(sandbox, count_queries, in_advance):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks", **PRORATED), pay_in_advance=in_advance)
    for number in range(26):
        subscribe(sandbox, f"c{number}")
    ids = db.session.scalars(select(Customer.id).order_by(Customer.seq)).all()
    few, many = (_statements(count_queries, some) for some in (ids[:2], ids[2:]))
    assert len(many) == len(few), "\n".join(sorted(set(many)))
    assert [billed(row)["desks"] for row in invoices(sandbox, "c25")[1:]] == [("10.0", 10_000)]


def _statements(count_queries, customer_ids):
    """What is sent to bill these customers on 1 July, as a worker does it."""
    db.session.expunge_all()
    with transaction(), clock.at(datetime(2024, 7, 1, tzinfo=UTC), standing=True), count_queries() as statements:
        bill_period(customer_ids)
    return statements
