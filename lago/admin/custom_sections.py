"""Custom sections: made and changed here only, the API has no endpoint for them (04 §15)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, page, paged, show, text, wants_fragment
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.organizations.create_custom_section import create_custom_section
from lago.organizations.custom_section_schemas import LONGEST_DETAILS
from lago.organizations.custom_sections import custom_section_by_id, uses_of
from lago.organizations.custom_sections import custom_sections as all_sections
from lago.organizations.delete_custom_section import delete_custom_section
from lago.organizations.models import InvoiceCustomSection
from lago.organizations.update_custom_section import update_custom_section
from lago.wallets.browse_sections import choices_of, uses

FIELDS = ("name", "code", "display_name", "details", "description")
KINDS = {
    "billing_entity_id": ("billing entity", "billing entities"), "customer_id": ("customer", "customers"),
    "subscription_id": ("subscription", "subscriptions"), "wallet_id": ("wallet", "wallets"),
    "recurring_transaction_rule_id": ("rule", "rules"), "wallet_transaction_id": ("top-up", "top-ups"),
}


@dataclass(frozen=True)
class Row:
    """A section in the list, and how many have chosen it: "2 customers"."""

    section: InvoiceCustomSection
    uses: list[str]


@page("GET", "/custom_sections", needs="invoice_custom_sections:view")
def custom_sections() -> str:
    search = text("search")
    listed = paged(all_sections(current_organization().id, search))
    counts = uses_of([one.id for one in listed.items])
    rows = [Row(one, in_words(counts.get(one.id, {}))) for one in listed.items]
    return show("custom_sections/list.html", "custom_sections/_list.html", page=listed, rows=rows, search=search)


@page("GET", "/custom_sections/<uuid:section_id>", needs="invoice_custom_sections:view")
def custom_section(section_id: uuid.UUID) -> str:
    section = own_section(section_id)
    listed = paged(choices_of(section))
    return show(
        "custom_sections/show.html", "custom_sections/_uses.html", section=section, page=listed,
        uses=uses(listed.items),
    )


@page("GET POST", "/custom_sections/new", needs="invoice_custom_sections:create")
def new_custom_section() -> Any:
    return form(None)


@page("GET POST", "/custom_sections/<uuid:section_id>/edit", needs="invoice_custom_sections:update")
def edit_custom_section(section_id: uuid.UUID) -> Any:
    return form(own_section(section_id))


@page("GET POST", "/custom_sections/<uuid:section_id>/delete", needs="invoice_custom_sections:delete")
def remove_custom_section(section_id: uuid.UUID) -> Any:
    section = own_section(section_id)
    if request.method != "POST":
        counts = in_words(uses_of([section.id]).get(section.id, {}))
        return show("custom_sections/delete.html", section=section, uses=counts)
    delete_custom_section(section)
    return leave_to(url_for("admin.custom_sections"))


def in_words(counts: Mapping[str, int]) -> list[str]:
    """How many of each kind there are, without the kinds of which there is none."""
    return [
        f"{number:,} {KINDS[kind][number != 1]}" for kind, number in counts.items() if number
    ]


def form(section: InvoiceCustomSection | None) -> Any:
    """Shows the form of a section or a new one, or saves it."""
    if request.method != "POST":
        return show_form(section, {name: section and getattr(section, name) for name in FIELDS})
    typed = {name: form_text(name) for name in FIELDS}
    try:
        with all_or_nothing():
            saved = save(section, typed)
    except Invalid as error:
        return show_form(section, typed, errors=error.details), 422
    return leave_to(url_for("admin.custom_section", section_id=saved.id))


def save(section: InvoiceCustomSection | None, typed: Mapping[str, str | None]) -> InvoiceCustomSection:
    """Makes the section or changes it, but for its code. Raises Invalid."""
    if section is None:
        return create_custom_section(current_organization().id, typed)
    update_custom_section(section, {name: typed[name] for name in FIELDS if name != "code"})
    return section


def show_form(section: InvoiceCustomSection | None, texts: Mapping[str, str | None], **context: Any) -> str:
    return show(
        "custom_sections/form.html", section=section, texts={name: value or "" for name, value in texts.items()},
        longest_details=LONGEST_DETAILS, **context,
    )


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def own_section(section_id: uuid.UUID) -> InvoiceCustomSection:
    return found(custom_section_by_id(current_organization().id, section_id), "invoice_custom_section")
