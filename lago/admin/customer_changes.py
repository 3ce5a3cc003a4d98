"""A customer is made, changed and deleted (06 §3.1, §3.4)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.billing_entities import (
    ADJUSTMENTS,
    ANCHORS,
    COUNTRIES,
    ZONES,
    entity_options,
    offered_taxes,
    own_entities,
)
from lago.admin.customer_form import Draft, body_of, draft_of, empty_draft, errors_of, typed_draft
from lago.admin.customer_tabs import running_of
from lago.admin.pages import current_organization, found, page, show
from lago.admin.record_payment import leave_to
from lago.admin.section_choice import offered_sections
from lago.core.code_fields import LOCALES
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotFound
from lago.customers.browse import find_customer
from lago.customers.create import lock_customers
from lago.customers.delete import delete_customer
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id, has_been_billed
from lago.customers.upsert import upsert_customer
from lago.pricing.currencies import CURRENCIES

INHERITED = ("", "As its billing entity has it")
CHOICES: dict[str, Any] = {
    "customer_types": [("", "Not said"), ("company", "A company"), ("individual", "A person")],
    "account_types": [("customer", "Customer"), ("partner", "Partner, billed for himself")],
    "zero_amounts": [("inherit", INHERITED[1]), ("finalize", "Are made"), ("skip", "Are not made")],
    "anchors": [INHERITED, *ANCHORS.items()], "adjustments": [INHERITED, *ADJUSTMENTS.items()],
    "locales": [INHERITED, *((one, one) for one in LOCALES)], "country_list": COUNTRIES, "zones": ZONES,
    "currencies": [("", "Set by the first invoice"), *((one, one) for one in sorted(CURRENCIES))],
}


@page("GET POST", "/customers/new", needs="customers:create")
def new_customer() -> Any:
    return form(None)


@page("GET POST", "/customers/<uuid:customer_id>/edit", needs="customers:update")
def edit_customer(customer_id: uuid.UUID) -> Any:
    customer = own_customer(customer_id)
    return form(customer) if customer.deleted_at is None else to_customer(customer)


@page("GET POST", "/customers/<uuid:customer_id>/delete", needs="customers:delete")
def remove_customer(customer_id: uuid.UUID) -> Any:
    """Asks before it is done: it ends all that he has."""
    customer = own_customer(customer_id)
    if customer.deleted_at is not None:
        return to_customer(customer)
    if request.method != "POST":
        return show("customers/delete.html", customer=customer, running=running_of(customer))
    delete_customer(customer)
    return leave_to(url_for("admin.customers"))


def form(customer: Customer | None) -> Any:
    """Shows the form of a customer or a new one, or saves it."""
    before = draft_of(customer) if customer else empty_draft(own_entities()[0].code)
    if request.method != "POST":
        return show_form(customer, before)
    draft = typed_draft(before)
    try:
        with all_or_nothing():
            return to_customer(save(customer, draft, before))
    except Invalid as error:
        return show_form(customer, draft, errors=errors_of(error)), 422
    except NotFound as error:
        return show_form(customer, draft, errors=_gone(error)), 422


def save(customer: Customer | None, draft: Draft, before: Draft) -> Customer:
    """Makes the customer or changes it. Raises Invalid, also for an external id that another one has; NotFound for a
    tax or a billing entity that is gone."""
    organization, body = current_organization(), body_of(draft, before)
    if customer is None:
        lock_customers(organization)
        if customer_by_external_id(organization.id, draft.texts["external_id"]):
            raise Invalid({"external_id": ["value_already_exist"]})
    return upsert_customer(organization, body)


def show_form(customer: Customer | None, draft: Draft, **context: Any) -> str:
    own = current_organization().id
    return show(
        "customers/form.html", customer=customer, draft=draft, taxes=offered_taxes(own, draft.taxes),
        offered=offered_sections(own), entities=entity_options(),
        billed=customer is not None and has_been_billed(customer), **CHOICES, **context,
    )


def own_customer(customer_id: uuid.UUID) -> Customer:
    """The customer, deleted or not."""
    return found(find_customer(current_organization().id, customer_id), "customer")


def to_customer(customer: Customer) -> Any:
    return leave_to(url_for("admin.customer", customer_id=customer.id))


def _gone(error: NotFound) -> dict[str, Any]:
    entity = error.code == "billing_entity_not_found"
    return {"billing_entity_code": [error.code]} if entity else {"tax_codes": ["tax_is_gone"]}
