"""A new wallet, changes of one, and its end (05 §1.3–1.5)."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from lago.admin.billing_entities import entity_options
from lago.admin.pages import asked_for, current_organization, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.admin.section_choice import offered_sections
from lago.admin.top_up_preview import first_top_up
from lago.admin.wallet_form import Draft, changed_body, draft_of, empty_draft, errors_of, new_body, typed_draft
from lago.admin.wallet_words import FEE_TYPES
from lago.admin.wallets import own_wallet
from lago.catalog.browse import metrics_by_name
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.customers.browse import CustomerFilter, browse_customers, find_customer
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.pricing.currencies import CURRENCIES
from lago.wallets.create import create_wallet
from lago.wallets.models import Wallet
from lago.wallets.terminate import terminate
from lago.wallets.update import update_wallet


@page("GET POST", "/wallets/new", needs="wallets:create")
def new_wallet() -> Any:
    if asked_for("customers-known"):
        return show("subscriptions/_customers.html", customers=customers_like(text("external_customer_id")))
    customer = customer_of_address()
    if request.method != "POST":
        return show_form(empty_draft(customer, current_organization().default_currency), None, customer)
    draft = typed_draft()
    if asked_for("preview"):
        return show("wallets/_preview.html", top_up=first_top_up(known_customer(draft), draft))
    try:
        with all_or_nothing():
            wallet = create(draft)
    except Invalid as error:
        return show_form(draft, None, customer, errors=errors_of(error)), 422
    return leave_to(url_for("admin.wallet", wallet_id=wallet.id))


@page("GET POST", "/wallets/<uuid:wallet_id>/edit", needs="wallets:update")
def edit_wallet(wallet_id: uuid.UUID) -> Any:
    wallet = own_wallet(wallet_id)
    if wallet.status != "active":
        return leave_to(url_for("admin.wallet", wallet_id=wallet_id))
    if request.method != "POST":
        return show_form(draft_of(wallet), wallet, wallet.customer)
    draft = typed_draft()
    try:
        with all_or_nothing():
            held(wallet)
            update_wallet(wallet, changed_body(draft, wallet, ZoneInfo(wallet.customer.applicable_timezone)))
    except Invalid as error:
        return show_form(draft, own_wallet(wallet_id), wallet.customer, errors=errors_of(error)), 422
    return leave_to(url_for("admin.wallet", wallet_id=wallet_id))


@page("GET POST", "/wallets/<uuid:wallet_id>/terminate", needs="wallets:terminate")
def terminate_wallet_page(wallet_id: uuid.UUID) -> Any:
    """Asks before it is done: nobody can undo it."""
    wallet = own_wallet(wallet_id)
    if request.method != "POST" and wallet.status == "active":
        return show("wallets/terminate.html", wallet=wallet)
    if request.method == "POST":
        terminate(held(wallet))
    return leave_to(url_for("admin.wallet", wallet_id=wallet_id))


def create(draft: Draft) -> Wallet:
    """Makes the wallet. Raises Invalid by field."""
    organization, customer = current_organization(), known_customer(draft)
    if customer:
        hold(customer.id, organization)
    zone = ZoneInfo(customer.applicable_timezone if customer else "UTC")
    currency = draft.texts["currency"] or (customer.currency if customer else None) or ""
    return create_wallet(organization, customer, new_body(draft, currency, zone))


def held(wallet: Wallet) -> Wallet:
    """The wallet, as it is once nobody else is at the customer's money."""
    hold(wallet.customer_id, current_organization())
    db.session.refresh(wallet)
    return wallet


def customer_of_address() -> Customer | None:
    """The customer whose page the form was opened from."""
    customer_id = as_uuid(text("customer"))
    return find_customer(current_organization().id, customer_id) if customer_id else None


def known_customer(draft: Draft) -> Customer | None:
    external_id = draft.texts["external_customer_id"]
    return customer_by_external_id(current_organization().id, external_id) if external_id else None


def show_form(draft: Draft, wallet: Wallet | None, customer: Customer | None, **context: Any) -> str:
    organization = current_organization()
    return show(
        "wallets/form.html", draft=draft, wallet=wallet, customer=customer, fee_types=FEE_TYPES,
        metrics=metrics_by_name(organization.id), currencies=sorted(CURRENCIES),
        entities=entity_options(),
        customers=[] if customer else customers_like(None), offered=offered_sections(organization.id),
        top_up=first_top_up(known_customer(draft), draft) if not wallet else None, **context,
    )


def customers_like(search: str | None) -> list[Customer]:
    """The newest customers of whom a part of a name or the external id is typed: some to choose from."""
    customers: list[Customer] = paged(browse_customers(current_organization().id, CustomerFilter(search=search))).items
    return customers


