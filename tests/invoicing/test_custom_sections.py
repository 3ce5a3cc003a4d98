"""Which custom sections an invoice carries (04 §15), on each kind of invoice."""

import pytest
from sqlalchemy import select

from lago.core.db import db, transaction
from lago.invoicing.apply_sections import apply_sections
from lago.invoicing.document.build import document_of
from lago.invoicing.document.values import Notice
from lago.invoicing.models import Invoice
from lago.invoicing.regenerate import regenerate
from lago.organizations.delete_custom_section import delete_custom_section
from lago.organizations.update_custom_section import update_custom_section
from lago.webhooks.catalog import MESSAGES
from tests.builders.catalog import an_add_on
from tests.builders.custom_sections import NONE, a_section, chosen, codes_of, generated, of_entity, sections
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

START = "2025-01-01T00:00:00Z"


def bill(owner, *subscriptions, **fields):
    """The first invoice of Acme for these subscriptions of one plan, each with what it says of sections."""
    owner.at(START)
    plan(owner, pay_in_advance=False)
    customer(owner, "acme", currency="EUR", **fields)
    for number, one in enumerate(subscriptions):
        subscribe(owner, external_id=f"s{number}", **one)
    owner.at("2025-02-01T00:00:00Z")
    (invoice,) = invoices(owner)
    return invoice


def one_off(owner, **fields):
    line = {"add_on_code": "setup", "units": 1, "unit_amount_cents": 100}
    wanted = {"external_customer_id": "acme", "currency": "EUR", "fees": [line], **fields}
    return owner.post("/invoices", {"invoice": wanted})["invoice"]


def test_an_invoice_carries_what_was_true_when_it_was_made(sandbox):
    section = a_section(sandbox, "bank", display_name="Bank details", details="IBAN DE00\nBIC X")
    invoice = bill(sandbox, chosen("bank"))
    (copy,) = invoice["applied_invoice_custom_sections"]
    assert copy == {
        "lago_id": copy["lago_id"], "lago_invoice_id": invoice["lago_id"], "code": "bank",
        "display_name": "Bank details", "details": "IBAN DE00\nBIC X", "created_at": invoice["created_at"],
    }
    with transaction():
        update_custom_section(db.session.merge(section), {"details": "Another bank"})
        delete_custom_section(db.session.merge(section))
    db.session.expire_all()
    assert invoices(sandbox)[0]["applied_invoice_custom_sections"] == [copy]


# Rule 1


def test_all_sources_skip(sandbox):
    sections(sandbox, "own", "house")
    of_entity(sandbox, "house")
    invoice = bill(sandbox, NONE, NONE, invoice_custom_section_codes=["own"])
    assert codes_of(invoice) == []


def test_a_source_that_skips_is_left_out(sandbox):
    sections(sandbox, "own", "sub")
    assert codes_of(bill(sandbox, NONE, chosen("sub"), invoice_custom_section_codes=["own"])) == ["sub"]


# Rules 2 and 3


def test_sources_have_the_union_of_their_own_by_name(sandbox):
    a_section(sandbox, "a", name="Second")
    a_section(sandbox, "b", name="First")
    a_section(sandbox, "c", name="Third")
    assert codes_of(bill(sandbox, chosen("a", "b"), chosen("c", "a"))) == ["b", "a", "c"]


def test_a_source_with_nothing_of_its_own_brings_the_customers(sandbox):
    sections(sandbox, "own", "sub")
    assert codes_of(bill(sandbox, chosen("sub"), {}, invoice_custom_section_codes=["own"])) == ["own", "sub"]


def test_a_source_of_its_own_leaves_the_customers_out(sandbox):
    sections(sandbox, "own", "sub")
    assert codes_of(bill(sandbox, chosen("sub"), invoice_custom_section_codes=["own"])) == ["sub"]


def test_a_customer_has_its_entitys_if_it_has_none(sandbox):
    sections(sandbox, "house", "other")
    of_entity(sandbox, "house")
    assert codes_of(bill(sandbox, {})) == ["house"]


def test_a_customer_with_its_own_has_not_its_entitys(sandbox):
    sections(sandbox, "own", "house")
    of_entity(sandbox, "house")
    assert codes_of(bill(sandbox, {}, invoice_custom_section_codes=["own"])) == ["own"]


def test_a_customer_that_skips_brings_nothing_to_a_source(sandbox):
    sections(sandbox, "house", "sub")
    of_entity(sandbox, "house")
    assert codes_of(bill(sandbox, chosen("sub"), {}, skip_invoice_custom_sections=True)) == ["sub"]


def test_a_deleted_section_is_as_if_it_was_not_chosen(sandbox):
    gone = a_section(sandbox, "own")
    a_section(sandbox, "house")
    of_entity(sandbox, "house")
    customer(sandbox, "acme", invoice_custom_section_codes=["own"])
    with transaction():
        delete_custom_section(db.session.merge(gone))
    assert codes_of(bill(sandbox, {})) == ["house"]


# Rule 4


@pytest.mark.parametrize(("one", "fields", "codes"), [
    (chosen("sub"), {}, ["auto", "sub"]),
    ({}, {}, ["auto", "house"]),
    (NONE, {}, []),
], ids=["chosen", "not-chosen", "skipped"])
def test_what_the_system_made_is_added(sandbox, one, fields, codes):
    generated(a_section(sandbox, "auto"))
    sections(sandbox, "sub", "house")
    of_entity(sandbox, "house")
    assert codes_of(bill(sandbox, one, invoice_custom_section_codes=["auto"], **fields)) == codes


# One-off invoices


@pytest.mark.parametrize(("fields", "sent", "codes"), [
    ({"invoice_custom_section_codes": ["own"]}, {}, ["own"]),
    ({}, {}, ["house"]),
    ({"skip_invoice_custom_sections": True}, {}, []),
    ({"invoice_custom_section_codes": ["own"]}, chosen("sub"), ["sub"]),
    ({"skip_invoice_custom_sections": True}, chosen("sub"), ["sub"]),
    ({"invoice_custom_section_codes": ["own"]}, NONE, []),
    ({"invoice_custom_section_codes": ["own"]}, chosen("nobody-knows"), []),
    ({"invoice_custom_section_codes": ["own"]}, {"invoice_custom_section": None}, ["own"]),
], ids=["own", "house", "customer-skips", "codes", "codes-though-skipping", "skip", "unknown", "null"])
def test_one_off_invoices(owner, fields, sent, codes):
    sections(owner, "own", "house", "sub")
    of_entity(owner, "house")
    an_add_on(owner, "setup")
    customer(owner, "acme", **fields)
    assert codes_of(one_off(owner, **sent)) == codes


# Drafts, invoices within a period, invoices made anew


def test_a_draft_that_is_refreshed_keeps_the_choice_of_its_subscription(sandbox):
    sections(sandbox, "sub", "later", "own")
    grace = {"billing_configuration": {"invoice_grace_period": 5}, "invoice_custom_section_codes": ["own"]}
    draft = bill(sandbox, chosen("sub"), **grace)
    assert (draft["status"], codes_of(draft)) == ("draft", ["sub"])
    sandbox.put("/subscriptions/s0", {"subscription": chosen("later", "sub")})
    refreshed = sandbox.put(f"/invoices/{draft['lago_id']}/refresh")["invoice"]
    assert codes_of(refreshed) == ["later", "sub"]
    sandbox.put("/subscriptions/s0", {"subscription": chosen("later")})
    sandbox.at("2025-02-06T00:00:00Z")
    (final,) = invoices(sandbox)
    assert (final["status"], codes_of(final)) == ("finalized", ["later"])


def test_an_invoice_in_advance_of_an_event_has_them(sandbox):
    sections(sandbox, "sub")
    sandbox.at(START)
    calls = metric(sandbox, "calls")
    plan(sandbox, charges=[{**standard(calls, "2"), "pay_in_advance": True, "invoiceable": True}])
    subscribe(sandbox, **chosen("sub"))
    use(sandbox, "calls")
    sandbox.at("2025-01-02T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert (invoice["fees_amount_cents"], codes_of(invoice)) == (200, ["sub"])


def test_a_progressive_invoice_keeps_the_choice_of_its_subscription(sandbox):
    sections(sandbox, "sub", "own")
    sandbox.at(START)
    calls = metric(sandbox, "calls")
    plan(sandbox, charges=[standard(calls, "10")], usage_thresholds=[{"amount_cents": 500}])
    customer(sandbox, "acme", invoice_custom_section_codes=["own"])
    subscribe(sandbox, **chosen("sub"))
    use(sandbox, "calls")
    sandbox.at("2025-01-02T00:00:00Z")
    (invoice,) = invoices(sandbox)
    assert (invoice["invoice_type"], codes_of(invoice)) == ("progressive_billing", ["sub"])


# Documents


def test_its_document_has_them_below_the_totals(sandbox):
    a_section(sandbox, "bank", display_name="Pay to", details="IBAN DE00\nBIC X")
    a_section(sandbox, "silent", display_name=None, details=None)
    a_section(sandbox, "thanks", display_name=None, details="Thank you")
    bill(sandbox, chosen("bank", "silent", "thanks"))
    document = document_of(db.session.scalars(select(Invoice)).one())
    assert document.notices == (Notice("IBAN DE00\nBIC X", "Pay to"), Notice("Thank you"))


def test_webhooks_tell_of_them(sandbox):
    sections(sandbox, "sub")
    bill(sandbox, chosen("sub"))
    invoice = db.session.scalars(select(Invoice)).one()
    assert codes_of(MESSAGES["invoice.created"].show(invoice)) == ["sub"]


# Invoices made anew


def test_an_invoice_that_is_made_again_keeps_the_choice_of_its_subscription(sandbox):
    sections(sandbox, "sub", "own")
    invoice = bill(sandbox, chosen("sub"), invoice_custom_section_codes=["own"])
    sandbox.post(f"/invoices/{invoice['lago_id']}/void")
    with transaction():
        kept = [{"id": fee["lago_id"]} for fee in invoice["fees"]]
        organization = db.session.merge(sandbox.organization)
        regenerate(db.session.get_one(Invoice, invoice["lago_id"]), organization, {"fees": kept})
    carried = {one["status"]: codes_of(one) for one in invoices(sandbox)}
    assert carried == {"voided": ["sub"], "finalized": ["sub"]}


# Cost


def asked_for(owner, count_queries, customers):
    """How often the choices are looked at for invoices of so many customers at once."""
    owner.at(START)
    plan(owner, pay_in_advance=True)
    for number in range(customers):
        subscribe(owner, customer=f"c{number}", **chosen("sub"))
    made = db.session.scalars(select(Invoice)).all()
    assert [len(one.invoice_subscriptions) for one in made] == [1] * customers
    with count_queries(forget=False) as statements:
        apply_sections(made)
    return [one for one in statements if "FROM chosen_custom_sections" in one], statements


def test_many_invoices_of_an_organization_without_sections_cost_one_query(sandbox, count_queries):
    looked, statements = asked_for(sandbox, count_queries, 3)
    assert len(looked) == len(statements) == 1


def test_many_invoices_with_sections_are_looked_at_once(sandbox, count_queries):
    sections(sandbox, "sub")
    assert len(asked_for(sandbox, count_queries, 3)[0]) == 1
