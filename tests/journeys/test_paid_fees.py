"""Fees without an invoice that were reported paid are collected on an invoice that is paid already (02 §6.4)."""

import io

import pytest
from pypdf import PdfReader

from tests.builders.catalog import a_tax
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

ALONE = {"pay_in_advance": True, "invoiceable": False}
COLLECTED = {**ALONE, "regroup_paid_fees": "invoice"}


@pytest.fixture
def calls(sandbox):
    """1 April 2025; calls can be charged, and taxes are 10 %."""
    sandbox.at("2025-04-01T00:00:00Z")
    a_tax(sandbox, rate=10, applied_to_organization=True)
    return metric(sandbox, "calls")


def on(sandbox, calls, terms=COLLECTED, amount="1.03", external_id="acme", **fields):
    """`acme` on a free plan with calls at that price, each paid in advance."""
    plan(sandbox, amount_cents=0, charges=[{**standard(calls, amount), **terms}], **fields)
    subscribe(sandbox, external_id=external_id)
    return sandbox


def fees(sandbox, **query):
    return sandbox.get("/fees", fee_type="charge", per_page=100, **query)["fees"]


def report(sandbox, rows, status="succeeded"):
    for row in rows:
        sandbox.put(f"/fees/{row['lago_id']}", {"fee": {"payment_status": status}})


def call(sandbox, moment, times=1, external_id="acme"):
    """The fees of so many calls at that time."""
    sandbox.at(moment)
    for _ in range(times):
        use(sandbox, "calls", external_id)
    sandbox.at(moment)
    return fees(sandbox, external_subscription_id=external_id)[-times:]


def paid_calls(sandbox, moment, times=1, external_id="acme"):
    made = call(sandbox, moment, times, external_id)
    report(sandbox, made)
    return made


def collected(sandbox, customer_id="acme"):
    return [one for one in invoices(sandbox, customer_id) if one["invoice_type"] == "advance_charges"]


def ids(rows):
    return {row["lago_id"] for row in rows}


def test_the_end_of_the_period_collects_what_was_paid(sandbox, calls):
    """Three calls at 1.03: 10.3 cents of tax each are 10, and the sum is 30, not the 31 of 3.09."""
    made = paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z", 3)
    assert invoices(sandbox) == []
    sandbox.at("2025-05-01T00:00:00Z")
    (invoice,) = collected(sandbox)
    assert ids(invoice["fees"]) == ids(made)
    amounts = {name: invoice[f"{name}_amount_cents"] for name in (
        "fees", "sub_total_excluding_taxes", "taxes", "sub_total_including_taxes", "total", "total_paid", "total_due",
        "coupons", "credit_notes", "prepaid_credit", "progressive_billing_credit",
    )}
    assert amounts == {
        "fees": 309, "sub_total_excluding_taxes": 309, "taxes": 30, "sub_total_including_taxes": 339, "total": 339,
        "total_paid": 339, "total_due": 0, "coupons": 0, "credit_notes": 0, "prepaid_credit": 0,
        "progressive_billing_credit": 0,
    }
    (tax,) = invoice["applied_taxes"]
    assert (tax["tax_code"], tax["fees_amount_cents"], tax["amount_cents"]) == ("vat", 309, 30)
    assert (invoice["status"], invoice["payment_status"], invoice["issuing_date"]) == (
        "finalized", "succeeded", "2025-05-01"
    )


def test_it_is_told_of_shown_and_printed_as_paid(with_pdfs, sandbox, calls):
    customer(sandbox, net_payment_term=10)
    paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.at("2025-05-01T00:00:00Z")
    (invoice,) = collected(sandbox)
    (period,) = invoice["billing_periods"]
    assert period["invoicing_reason"] == "in_advance_charge_periodic"
    assert [period[name] for name in ("subscription_from_datetime", "charges_from_datetime")] == [
        "2025-04-01T00:00:00Z"] * 2
    assert [period[name] for name in ("subscription_to_datetime", "charges_to_datetime")] == [
        "2025-04-30T23:59:59Z"] * 2
    assert (invoice["payment_due_date"], invoice["number"][-3:]) == ("2025-05-11", "002")
    assert ids(sandbox.get("/invoices", **{"invoice_type[]": "advance_charges"})["invoices"]) == ids([invoice])
    pdf = sandbox.client.get("/documents/" + invoice["file_url"].rsplit("/", 1)[1]).data
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "Paid invoice" in text and "Already paid" in text and "Paid on Apr 10, 2025" in text


def test_what_is_not_paid_stands_by_itself_until_it_is(sandbox, calls):
    first, second, third = call(on(sandbox, calls), "2025-04-10T00:00:00Z", 3)
    report(sandbox, [first])
    report(sandbox, [second], "failed")
    sandbox.at("2025-05-01T00:00:00Z")
    assert [ids(one["fees"]) for one in collected(sandbox)] == [ids([first])]
    sandbox.at("2025-06-01T00:00:00Z")
    assert len(collected(sandbox)) == 1
    sandbox.at("2025-06-02T00:00:00Z")
    report(sandbox, [second, third])
    sandbox.at("2025-08-01T00:00:00Z")
    assert [ids(one["fees"]) for one in collected(sandbox)] == [ids([first]), ids([second, third])]
    assert [one["issuing_date"] for one in collected(sandbox)] == ["2025-05-01", "2025-07-01"]
    assert len(invoices(sandbox)) == 4 + 2


def test_a_fee_that_was_collected_can_neither_be_reported_nor_deleted(sandbox, calls):
    (made,) = paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.at("2025-05-01T00:00:00Z")
    path = f"/fees/{made['lago_id']}"
    for answer in (
        sandbox.put(path, {"fee": {"payment_status": "failed"}}, expect=405), sandbox.delete(path, expect=405),
    ):
        assert answer["code"] == "invoiced_fee"
    kept = sandbox.get(path)["fee"]
    assert (kept["payment_status"], kept["succeeded_at"]) == ("succeeded", "2025-04-10T00:00:00Z")


def test_a_deleted_fee_is_not_collected(sandbox, calls):
    first, second = paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z", 2)
    sandbox.delete(f"/fees/{first['lago_id']}")
    sandbox.at("2025-05-01T00:00:00Z")
    assert [ids(one["fees"]) for one in collected(sandbox)] == [ids([second])]


def test_a_plan_that_collects_takes_the_fees_of_its_other_charges_too(sandbox, calls):
    plain = {**standard(metric(sandbox, "texts"), "2"), **ALONE}
    plan(sandbox, amount_cents=0, charges=[{**standard(calls, "1"), **COLLECTED}, plain])
    subscribe(sandbox)
    use(sandbox, "texts")
    sandbox.at("2025-04-01T00:00:00Z")
    report(sandbox, fees(sandbox))
    sandbox.at("2025-05-01T00:00:00Z")
    assert [one["fees_amount_cents"] for one in collected(sandbox)] == [200]


def test_without_such_a_charge_fees_stay_by_themselves(sandbox, calls):
    (made,) = paid_calls(on(sandbox, calls, ALONE), "2025-04-10T00:00:00Z")
    sandbox.at("2025-05-01T00:00:00Z")
    assert collected(sandbox) == []
    assert sandbox.get(f"/fees/{made['lago_id']}")["fee"]["lago_invoice_id"] is None


def test_a_period_that_goes_on_is_collected_at_its_end(sandbox, calls):
    """A year of usage, of which fixed charges are billed by the month."""
    on(sandbox, calls, interval="yearly", bill_fixed_charges_monthly=True)
    paid_calls(sandbox, "2025-04-10T00:00:00Z")
    sandbox.at("2025-12-31T00:00:00Z")
    assert len(invoices(sandbox)) > 1 and collected(sandbox) == []
    sandbox.at("2026-01-01T00:00:00Z")
    assert [one["issuing_date"] for one in collected(sandbox)] == ["2026-01-01"]


@pytest.mark.parametrize("chosen, others", [({}, 1), ({"on_termination_invoice": "skip"}, 0)])
def test_an_end_collects_at_once(sandbox, calls, chosen, others):
    on(sandbox, calls, interval="yearly")
    made = paid_calls(sandbox, "2025-04-10T12:00:00Z")
    sandbox.delete("/subscriptions/acme", **chosen)
    (invoice,) = collected(sandbox)
    assert ids(invoice["fees"]) == ids(made) and len(invoices(sandbox)) == others + 1
    (period,) = invoice["billing_periods"]
    assert (period["charges_from_datetime"], period["charges_to_datetime"]) == (
        "2025-04-01T00:00:00Z", "2025-04-10T12:00:00Z"
    )


def test_who_follows_collects_what_is_paid_later(sandbox, calls):
    made = call(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    subscribe(sandbox)
    sandbox.at("2025-07-05T00:00:00Z")
    report(sandbox, made)
    sandbox.at("2025-08-01T00:00:00Z")
    (invoice,) = collected(sandbox)
    (period,) = invoice["billing_periods"]
    assert ids(invoice["fees"]) == ids(made)
    assert period["lago_subscription_id"] == made[0]["lago_subscription_id"]
    assert (period["charges_from_datetime"], period["charges_to_datetime"]) == (
        "2025-07-01T00:00:00Z", "2025-07-31T23:59:59Z"
    )


def test_each_purchase_order_has_its_invoice(sandbox, calls):
    plan(sandbox, amount_cents=0, charges=[{**standard(calls, "1"), **COLLECTED}])
    subscribe(sandbox, purchase_order_number="PO-1")
    first = call(sandbox, "2025-04-10T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    subscribe(sandbox, purchase_order_number="PO-2")
    second = call(sandbox, "2025-04-11T00:00:00Z", 2)
    report(sandbox, [*first, *second])
    sandbox.at("2025-05-01T00:00:00Z")
    made = {one["purchase_order_number"]: one for one in collected(sandbox)}
    assert {order: ids(one["fees"]) for order, one in made.items()} == {"PO-1": ids(first), "PO-2": ids(second)}


def test_subscriptions_that_are_billed_together_are_collected_together(sandbox, calls):
    on(sandbox, calls, amount="1")
    for external_id, together in (("beta", True), ("core", False)):
        subscribe(sandbox, external_id=external_id, consolidate_invoice=together)
    for external_id in ("acme", "beta", "core"):
        paid_calls(sandbox, "2025-04-10T00:00:00Z", 1, external_id)
    sandbox.at("2025-05-01T00:00:00Z")
    found = [{row["external_subscription_id"] for row in one["fees"]} for one in collected(sandbox)]
    assert sorted(found, key=len) == [{"core"}, {"acme", "beta"}]


def test_another_customers_fees_are_left_alone(sandbox, calls):
    """Of the same external id, which he had before."""
    made = call(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.delete("/subscriptions/acme")
    subscribe(sandbox, "other", external_id="acme")
    report(sandbox, made)
    sandbox.at("2025-06-01T00:00:00Z")
    assert collected(sandbox) == [] == collected(sandbox, "other")


def test_it_is_dated_where_the_customer_lives(sandbox, calls):
    customer(sandbox, timezone="America/New_York")
    paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.at("2025-05-01T04:00:00Z")
    assert [one["issuing_date"] for one in collected(sandbox)] == ["2025-05-01"]


def test_taxes_are_as_they_were_when_the_fees_were_made(sandbox, calls):
    """10 % of 1.03 are 10 cents, 20 % are 21."""
    paid_calls(on(sandbox, calls), "2025-04-10T00:00:00Z")
    sandbox.put("/taxes/vat", {"tax": {"rate": 20}})
    paid_calls(sandbox, "2025-04-11T00:00:00Z")
    sandbox.at("2025-05-01T00:00:00Z")
    (invoice,) = collected(sandbox)
    assert [(tax["tax_rate"], tax["fees_amount_cents"], tax["amount_cents"]) for tax in invoice["applied_taxes"]] == [
        (10, 103, 10), (20, 103, 21)
    ]
    assert (invoice["taxes_amount_cents"], invoice["total_amount_cents"]) == (31, 237)


@pytest.mark.parametrize("rule, shown", [("finalize", [0]), ("skip", [])])
def test_fees_of_nothing_follow_the_zero_rule(sandbox, calls, rule, shown):
    customer(sandbox, finalize_zero_amount_invoice=rule)
    (free,) = paid_calls(on(sandbox, calls, amount="0"), "2025-04-10T00:00:00Z")
    sandbox.at("2025-05-01T00:00:00Z")
    assert [one["total_amount_cents"] for one in collected(sandbox)] == shown
    assert sandbox.get(f"/fees/{free['lago_id']}")["fee"]["lago_invoice_id"]


def test_renewals_are_collected_with_the_next_period(sandbox):
    """Two seats that go on cost 20.00 on 1 May for May: paid within it, they are collected on 1 June."""
    sandbox.at("2025-04-01T00:00:00Z")
    seats = metric(sandbox, "seats", "sum_agg", field_name="seats", recurring=True)
    on(sandbox, seats, amount="10")
    use(sandbox, "seats", properties={"seats": 2})
    sandbox.at("2025-05-02T00:00:00Z")
    made, renewal = fees(sandbox)
    report(sandbox, [renewal])
    sandbox.at("2025-06-01T00:00:00Z")
    (invoice,) = collected(sandbox)
    assert ids(invoice["fees"]) == ids([renewal]) and invoice["fees_amount_cents"] == 2000
    assert [row["lago_invoice_id"] for row in fees(sandbox)] == [None, invoice["lago_id"], None]
    assert made["amount_cents"] == 2000
