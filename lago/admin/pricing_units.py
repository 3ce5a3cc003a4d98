"""Pricing units: made and changed here only, the API has no endpoint for them (02 §10)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, page, paged, show, wants_fragment
from lago.catalog.browse import find_pricing_unit, plans_in_units
from lago.catalog.create_pricing_unit import create_pricing_unit
from lago.catalog.models import PricingUnit
from lago.catalog.pricing_unit_inputs import LONGEST_DESCRIPTION, LONGEST_SHORT_NAME
from lago.catalog.queries import pricing_units as all_pricing_units
from lago.catalog.update_pricing_unit import update_pricing_unit
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid

FIELDS = ("name", "code", "short_name", "description")


@dataclass(frozen=True)
class Row:
    """A unit in the list, with the number of plans that have prices in it."""

    unit: PricingUnit
    plans: int


@page("GET", "/pricing_units", needs="pricing_units:view")
def pricing_units() -> str:
    listed = paged(all_pricing_units(current_organization().id))
    numbers = plans_in_units(listed.items)
    rows = [Row(unit, numbers.get(unit.id, 0)) for unit in listed.items]
    return show("pricing_units/list.html", "pricing_units/_list.html", page=listed, rows=rows)


@page("GET POST", "/pricing_units/new", needs="pricing_units:create")
def new_pricing_unit() -> Any:
    return form(None)


@page("GET POST", "/pricing_units/<uuid:unit_id>/edit", needs="pricing_units:update")
def edit_pricing_unit(unit_id: uuid.UUID) -> Any:
    return form(found(find_pricing_unit(current_organization().id, unit_id), "pricing_unit"))


def form(unit: PricingUnit | None) -> Any:
    """Shows the form of a unit or a new one, or saves it."""
    if request.method != "POST":
        return show_form(unit, {name: unit and getattr(unit, name) for name in FIELDS})
    typed = {name: form_text(name) for name in FIELDS}
    try:
        with all_or_nothing():
            save(unit, typed)
    except Invalid as error:
        return show_form(unit, typed, errors=error.details), 422
    back = url_for("admin.pricing_units")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)


def save(unit: PricingUnit | None, typed: Mapping[str, str | None]) -> None:
    """Makes the unit or changes it. Raises Invalid."""
    if unit is None:
        create_pricing_unit(current_organization().id, typed)
    else:
        update_pricing_unit(unit, typed)


def show_form(unit: PricingUnit | None, texts: Mapping[str, str | None], **context: Any) -> str:
    return show(
        "pricing_units/form.html", unit=unit, texts={name: text or "" for name, text in texts.items()},
        longest_short_name=LONGEST_SHORT_NAME, longest_description=LONGEST_DESCRIPTION, **context,
    )
