"""A one-off invoice: its form, and what it comes to, shown while it is typed. The very verb is run for that, and undone
(04 §10)."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from lago.admin.dunning import own_entities
from lago.admin.form_tree import Tree
from lago.admin.one_off_draft import Draft, draft_of, errors_of, tree_of, typed_tree
from lago.admin.pages import asked_for, current_organization, page, show, text
from lago.admin.record_payment import leave_to
from lago.admin.section_choice import offered_sections
from lago.admin.subscription_new import customers_like
from lago.admin.subscription_preview import ShownInvoice, shown_invoice
from lago.catalog.browse_add_ons import add_ons_by_name, taxes_by_name
from lago.core.db import all_or_nothing, tried
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.core.ids import as_uuid
from lago.customers.browse import find_customer
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.invoicing.create_one_off import create_one_off
from lago.invoicing.models import Invoice
from lago.invoicing.regenerate_one_off import regenerate_one_off
from lago.pricing.currencies import CURRENCIES

REFUSED = (Invalid, NotAllowed, NotFound)


@page("GET POST", "/invoices/new", needs="invoices:create")
def new_invoice() -> Any:
    if asked_for("customers-known"):
        return show("subscriptions/_customers.html", customers=customers_like(text("external_customer_id")))
    return one_off_form(None)


def one_off_form(voided: Invoice | None) -> Any:
    """The form of a new one-off invoice, or of one that is made in place of a voided one."""
    if request.method != "POST":
        return show_form(voided, to_draft(first_tree(voided), voided))
    draft = to_draft(typed_tree(), voided)
    if "change" in request.form or "preview" in request.form or asked_for("preview"):
        return show_form(voided, draft)
    try:
        with all_or_nothing():
            made = make(voided, draft)
    except REFUSED as error:
        return show_form(voided, draft, errors=errors_of(draft, error)), 422
    return leave_to(url_for("admin.invoice", invoice_id=made.id))


def make(voided: Invoice | None, draft: Draft) -> Invoice:
    if voided is None:
        return create_one_off(current_organization(), draft.body)
    return regenerate_one_off(voided, current_organization(), draft.body)


def first_tree(voided: Invoice | None) -> Tree:
    """One empty line, for the customer that the address names; of a voided invoice what stood on it."""
    if voided:
        return tree_of(voided)
    customer_id = as_uuid(text("customer"))
    customer = find_customer(current_organization().id, customer_id) if customer_id else None
    return {"external_customer_id": customer.external_id if customer else "", "fees": [{}]}


def to_draft(tree: Tree, voided: Invoice | None) -> Draft:
    """In the currency that is chosen, else the customer's, else the organization's."""
    organization = current_organization()
    customer = voided.customer if voided else customer_named(tree)
    chosen = voided.currency if voided else str(tree.get("currency") or "")
    currency = chosen or (customer and customer.currency) or organization.default_currency
    zone = customer.applicable_timezone if customer else "UTC"
    return draft_of(tree, currency, ZoneInfo(zone))


def customer_named(tree: Tree) -> Customer | None:
    external_id = str(tree.get("external_customer_id") or "").strip()
    return customer_by_external_id(current_organization().id, external_id) if external_id else None


def outcome_of(voided: Invoice | None, draft: Draft) -> tuple[ShownInvoice | None, dict[str, Any]]:
    """What it would come to, or what is wrong with it; neither before there is anything to look at."""
    if not draft.texts["external_customer_id"] or not any(line.texts["add_on_code"] for line in draft.lines):
        return None, {}
    try:
        return tried(lambda: shown_invoice(make(voided, draft))), {}
    except REFUSED as error:
        return None, errors_of(draft, error)


def show_form(voided: Invoice | None, draft: Draft, **context: Any) -> str:
    own = current_organization().id
    outcome, problems = (None, {}) if asked_for("lines") else outcome_of(voided, draft)
    parts = {"preview": "invoices/_one_off.html", "lines": "invoices/_one_off_lines.html"}
    part = next((parts[name] for name in parts if asked_for(name)), None)
    return show(
        "invoices/new.html", part, voided=voided, draft=draft, outcome=outcome, problems=problems,
        change=request.form.get("change"), add_ons=add_ons_by_name(own), taxes=taxes_by_name(own),
        entities=own_entities(), currencies=sorted(CURRENCIES), customers=customers_like(None),
        offered=offered_sections(own), **context,
    )
