"""Add-ons: what is sold by the piece. The list, a page for each, and the form that makes and changes them (04 §10)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.pages import current_organization, form_text, found, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.catalog.browse_add_ons import browse_add_ons, find_add_on, plan_counts, plans_with, taxes_by_name
from lago.catalog.create_add_on import create_add_on
from lago.catalog.delete_add_on import delete_add_on
from lago.catalog.models import AddOn
from lago.catalog.update_add_on import update_add_on
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotFound
from lago.pricing.currencies import CURRENCIES

TEXTS = ("name", "code", "invoice_display_name", "description", "amount", "amount_currency")


@page("GET", "/add_ons", needs="add_ons:view")
def add_ons() -> str:
    search = text("search")
    listed = paged(browse_add_ons(current_organization().id, search))
    numbers = plan_counts(listed.items)
    rows = [(one, numbers.get(one.id, 0)) for one in listed.items]
    return show("add_ons/list.html", "add_ons/_list.html", page=listed, rows=rows, search=search)


@page("GET", "/add_ons/<uuid:add_on_id>", needs="add_ons:view")
def add_on(add_on_id: uuid.UUID) -> str:
    record = own_add_on(add_on_id)
    return show("add_ons/show.html", add_on=record, plans=plans_with(record))


@page("GET POST", "/add_ons/new", needs="add_ons:create")
def new_add_on() -> Any:
    return form(None)


@page("GET POST", "/add_ons/<uuid:add_on_id>/edit", needs="add_ons:update")
def edit_add_on(add_on_id: uuid.UUID) -> Any:
    return form(own_add_on(add_on_id))


@page("GET POST", "/add_ons/<uuid:add_on_id>/delete", needs="add_ons:delete")
def remove_add_on(add_on_id: uuid.UUID) -> Any:
    record = own_add_on(add_on_id)
    if request.method != "POST":
        return show("add_ons/delete.html", add_on=record, plans=plans_with(record))
    delete_add_on(record)
    return leave_to(url_for("admin.add_ons"))


def form(record: AddOn | None) -> Any:
    """Shows the form of an add-on or a new one, or saves it."""
    if request.method != "POST":
        return show_form(record, texts_of(record), [tax.code for tax in record.taxes] if record else [])
    typed, chosen = {name: form_text(name) or "" for name in TEXTS}, request.form.getlist("tax_codes[]")
    try:
        with all_or_nothing():
            saved = save(record, body_of(typed, chosen))
    except Invalid as error:
        details: Any = error.details
        errors = {"amount" if name == "amount_cents" else name: codes for name, codes in details.items()}
        return show_form(record, typed, chosen, errors=errors), 422
    except NotFound:  # a tax was deleted since the form was opened
        return show_form(record, typed, [], errors={"base": ["tax_is_gone"]}), 422
    return leave_to(url_for("admin.add_on", add_on_id=saved.id))


def save(record: AddOn | None, body: dict[str, Any]) -> AddOn:
    """Makes the add-on or changes it. Raises Invalid, NotFound."""
    if record is None:
        return create_add_on(current_organization().id, body)
    update_add_on(record, body)
    return record


def texts_of(record: AddOn | None) -> dict[str, str]:
    """What the form shows before anything is typed."""
    if record is None:
        return {**dict.fromkeys(TEXTS, ""), "amount_currency": current_organization().default_currency}
    texts = {name: getattr(record, name) or "" for name in TEXTS if name != "amount"}
    return {**texts, "amount": cents_shown(record.amount_cents, record.amount_currency)}


def body_of(typed: dict[str, str], tax_codes: list[str]) -> dict[str, Any]:
    """The API's object."""
    optional = {name: typed[name] or None for name in ("invoice_display_name", "description")}
    return {
        "name": typed["name"], "code": typed["code"], **optional, "tax_codes": tax_codes,
        "amount_cents": cents_typed(typed["amount"] or None, typed["amount_currency"]),
        "amount_currency": typed["amount_currency"],
    }


def show_form(record: AddOn | None, typed: dict[str, str], chosen: list[str], **context: Any) -> str:
    taxes = taxes_by_name(current_organization().id)
    return show(
        "add_ons/form.html", add_on=record, typed=typed, chosen=chosen, taxes=taxes, currencies=sorted(CURRENCIES),
        **context,
    )


def own_add_on(add_on_id: uuid.UUID) -> AddOn:
    return found(find_add_on(current_organization().id, add_on_id), "add_on")
