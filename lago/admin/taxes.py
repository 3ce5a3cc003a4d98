"""Taxes: the list, a page for each with what it is charged on, and the form (04 §6.1)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response
from sqlalchemy import or_
from sqlalchemy.orm import selectinload

from lago.admin.pages import current_organization, form_text, found, page, paged, show, text, wants_fragment
from lago.catalog.create_tax import create_tax
from lago.catalog.delete_tax import delete_tax
from lago.catalog.models import Tax
from lago.catalog.queries import taxes as all_taxes
from lago.catalog.tax_uses import use_counts, uses_of
from lago.catalog.update_tax import update_tax
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid

FIELDS = ("name", "code", "rate", "description")
KINDS = {
    "billing_entities": ("billing entity", "billing entities", "billing_entity", "entity_id"),
    "customers": ("customer", "customers", "customer", "customer_id"),
    "plans": ("plan", "plans", "plan", "plan_id"),
    "add_ons": ("add-on", "add-ons", "", ""),
    "charges": ("charge", "charges", "", ""),
    "fixed_charges": ("fixed charge", "fixed charges", "", ""),
    "commitments": ("minimum commitment", "minimum commitments", "", ""),
}
"""What a tax may be attached to, by its table: in words, one and many, and whose page shows it."""


@dataclass(frozen=True)
class Row:
    """A tax in the list, and on how many things it is charged: "2 plans"."""

    tax: Tax
    uses: list[str]


@page("GET", "/taxes", needs="taxes:view")
def taxes() -> str:
    search = text("search")
    query = all_taxes(current_organization().id).options(selectinload(Tax.billing_entities))
    if search:
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in (Tax.name, Tax.code))))
    listed = paged(query)
    counts = use_counts([one.id for one in listed.items])
    rows = [Row(one, in_words(counts.get(one.id, {}))) for one in listed.items]
    return show("taxes/list.html", "taxes/_list.html", page=listed, rows=rows, search=search)


@page("GET", "/taxes/<uuid:tax_id>", needs="taxes:view")
def tax(tax_id: uuid.UUID) -> str:
    record = own_tax(tax_id)
    return show("taxes/show.html", tax=record, uses=uses_of(record), kinds=KINDS)


@page("GET POST", "/taxes/new", needs="taxes:create")
def new_tax() -> Any:
    return form(None)


@page("GET POST", "/taxes/<uuid:tax_id>/edit", needs="taxes:update")
def edit_tax(tax_id: uuid.UUID) -> Any:
    return form(own_tax(tax_id))


@page("GET POST", "/taxes/<uuid:tax_id>/delete", needs="taxes:delete")
def remove_tax(tax_id: uuid.UUID) -> Any:
    record = own_tax(tax_id)
    if request.method != "POST":
        return show("taxes/delete.html", tax=record, uses=in_words(use_counts([record.id]).get(record.id, {})))
    delete_tax(record)
    return leave_to(url_for("admin.taxes"))


def in_words(counts: Mapping[str, int]) -> list[str]:
    """How many of each kind there are."""
    return [f"{counts[table]:,} {words[counts[table] != 1]}" for table, words in KINDS.items() if counts.get(table)]


def form(record: Tax | None) -> Any:
    """Shows the form of a tax or a new one, or saves it."""
    if request.method != "POST":
        return show_form(record, texts_of(record), is_default(record))
    typed = {name: form_text(name) for name in FIELDS}
    applied = "applied_to_organization" in request.form
    try:
        with all_or_nothing():
            saved = save(record, {**typed, "applied_to_organization": applied})
    except Invalid as error:
        details: Any = error.details
        errors = details | ({"rate": ["invalid_rate"]} if details.get("rate") == ["is not a number"] else {})
        return show_form(record, typed, applied, errors=errors), 422
    return leave_to(url_for("admin.tax", tax_id=saved.id))


def save(record: Tax | None, body: dict[str, Any]) -> Tax:
    """Makes the tax or changes it, but for its code. Raises Invalid."""
    if record is None:
        return create_tax(current_organization().id, body)
    kept = {name: value for name, value in body.items() if name != "code"}
    if body["applied_to_organization"] == is_default(record):
        del kept["applied_to_organization"]
    update_tax(record, kept)
    return record


def texts_of(record: Tax | None) -> dict[str, str | None]:
    if record is None:
        return dict.fromkeys(FIELDS)
    return {"name": record.name, "code": record.code, "rate": f"{record.rate:.15g}", "description": record.description}


def is_default(record: Tax | None) -> bool:
    """Whether the default billing entity, whose id is the organization's, has the tax."""
    return record is not None and any(one.id == record.organization_id for one in record.billing_entities)


def show_form(record: Tax | None, texts: Mapping[str, str | None], applied: bool, **context: Any) -> str:
    texts = {name: value or "" for name, value in texts.items()}
    return show("taxes/form.html", tax=record, texts=texts, applied=applied, **context)


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def own_tax(tax_id: uuid.UUID) -> Tax:
    return found(db.session.scalar(all_taxes(current_organization().id).where(Tax.id == tax_id)), "tax")
