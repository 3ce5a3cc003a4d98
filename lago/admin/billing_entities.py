"""Billing entities: the legal bodies that bill (04 §16). The list, a page for each, and the form."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import pycountry
from flask import g, redirect, request, url_for
from htmx_flask import make_response

from lago.admin.billing_entity_form import MAILS, Draft, body_of, draft_of, empty_draft, named, typed_draft
from lago.admin.pages import current_organization, found, page, show, wants_fragment
from lago.catalog.models import Tax
from lago.catalog.queries import taxes, taxes_of_entity
from lago.catalog.save_billing_entity import create_billing_entity, update_billing_entity
from lago.core.code_fields import LOCALES
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid
from lago.customers.browse import customers_of_entities
from lago.organizations.custom_sections import chosen_by, custom_sections
from lago.organizations.logo import logo_url
from lago.organizations.models import BillingEntity
from lago.organizations.queries import billing_entities as all_entities
from lago.pricing.currencies import CURRENCIES

COUNTRIES = sorted((one.alpha_2, one.name) for one in pycountry.countries)
NAMES = dict(COUNTRIES)
ZONES = sorted(available_timezones())
NUMBERING = {"per_customer": "For each customer", "per_billing_entity": "For the whole billing entity"}
ANCHORS = {"next_period_start": "First day of the next period", "current_period_end": "Last day of the period"}
ADJUSTMENTS = {
    "align_with_finalization_date": "Moves to the day of finalization", "keep_anchor": "Stays when it is finalized",
}
NEEDS_MORE = {
    "email_settings": "email_settings:update", "tax_codes": "taxes:update", "eu_tax_management": "taxes:update",
}
WORDS = {"numbering": NUMBERING, "anchors": ANCHORS, "adjustments": ADJUSTMENTS, "mails": MAILS, "countries": NAMES}


@dataclass(frozen=True)
class Row:
    """A billing entity in the list, with the number of its customers."""

    entity: BillingEntity
    customers: int


@page("GET", "/billing_entities", needs="billing_entities:view")
def billing_entities() -> str:
    entities = own_entities()
    counts = customers_of_entities([one.id for one in entities])
    rows = [Row(one, counts.get(one.id, 0)) for one in entities]
    return show("billing_entities/list.html", "billing_entities/_list.html", rows=rows, **WORDS)


@page("GET", "/billing_entities/<uuid:entity_id>", needs="billing_entities:view")
def billing_entity(entity_id: uuid.UUID) -> str:
    entity = own_entity(entity_id)
    return show(
        "billing_entities/show.html", entity=entity, logo=logo_url(entity), default=is_default(entity),
        customers=customers_of_entities([entity.id]).get(entity.id, 0),
        taxes=db.session.scalars(taxes_of_entity(entity)).all(),
        sections=[row.section for row in chosen_by(billing_entity_id=[entity.id]).get(entity.id, ())], **WORDS,
    )


@page("GET POST", "/billing_entities/new", needs="billing_entities:create")
def new_billing_entity() -> Any:
    return form(None)


@page("GET POST", "/billing_entities/<uuid:entity_id>/edit", needs="billing_entities:update")
def edit_billing_entity(entity_id: uuid.UUID) -> Any:
    return form(own_entity(entity_id))


def form(entity: BillingEntity | None) -> Any:
    """Shows the form of a billing entity or a new one, or saves it."""
    if request.method != "POST":
        return show_form(entity, draft_of(entity) if entity else empty_draft(current_organization().default_currency))
    draft = typed_draft()
    try:
        with all_or_nothing():
            saved = save(entity, draft)
    except Invalid as error:
        details: Any = error.details
        return show_form(entity, draft, errors=named(details)), 422
    address = url_for("admin.billing_entity", entity_id=saved.id)
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def save(entity: BillingEntity | None, draft: Draft) -> BillingEntity:
    """Makes the billing entity or changes it, with its taxes and custom sections. Raises Invalid."""
    body = permitted_part(body_of(draft))
    chosen = {name: body.pop(name) for name in ("tax_codes", "invoice_custom_section_codes") if name in body}
    if entity is None:
        entity = create_billing_entity(current_organization(), body)
        body = {}
    update_billing_entity(entity, {**body, **chosen})
    return entity


def permitted_part(body: dict[str, Any]) -> dict[str, Any]:
    """Without the settings that are closed to the member: e-mails and taxes are areas of their own (06 §6)."""
    closed = {name for name, needed in NEEDS_MORE.items() if not g.member.may(needed)}
    return {name: value for name, value in body.items() if name not in closed}


def show_form(entity: BillingEntity | None, draft: Draft, **context: Any) -> str:
    own = current_organization().id
    return show(
        "billing_entities/form.html", entity=entity, draft=draft,
        currencies=[(one, one) for one in sorted(CURRENCIES)], locales=[(one, one) for one in LOCALES],
        zones=ZONES, taxes=offered_taxes(own, draft.taxes),
        sections=db.session.scalars(custom_sections(own)).all(), country_list=COUNTRIES,
        logo=logo_url(entity) if entity else None, **WORDS, **context,
    )


def offered_taxes(organization_id: uuid.UUID, chosen: Sequence[str]) -> list[Tax]:
    """All taxes: those that are chosen first, then those that were made by hand, the EU's last."""
    known = db.session.scalars(taxes(organization_id))
    return sorted(known, key=lambda tax: (tax.code not in chosen, tax.auto_generated))


def own_entities() -> list[BillingEntity]:
    return list(db.session.scalars(all_entities(current_organization().id)))


def entity_options() -> list[tuple[str, str]]:
    """The billing entities to choose from in a form, by code."""
    return [(one.code, one.name) for one in own_entities()]


def own_entity(entity_id: uuid.UUID) -> BillingEntity:
    query = all_entities(current_organization().id).where(BillingEntity.id == entity_id)
    return found(db.session.scalar(query), "billing_entity")


def is_default(entity: BillingEntity) -> bool:
    """The oldest active one is the default (06 §1.3)."""
    return entity.id == own_entities()[0].id
