"""Settings of the organization, which its default billing entity follows (06 §1.2)."""

from collections.abc import Mapping
from typing import Any

from flask import g, request, url_for

from lago.admin.billing_entities import COUNTRIES, NAMES, ZONES
from lago.admin.billing_entity_form import MAILS, named
from lago.admin.pages import current_organization, form_text, leave_to, page, show
from lago.core.code_fields import LOCALES
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.organizations.models import Organization
from lago.organizations.schemas import OrganizationInput
from lago.organizations.update import rename, update_organization
from lago.pricing.currencies import CURRENCIES

TEXTS = (
    "name", "slug", "legal_name", "legal_number", "tax_identification_number", "email", "address_line1",
    "address_line2", "city", "state", "zipcode", "country", "default_currency", "timezone", "net_payment_term",
    "document_numbering", "document_number_prefix",
)
CONFIGURATION = ("invoice_grace_period", "document_locale", "invoice_footer")
NOT_BLANK = ("slug", "default_currency", "timezone", "net_payment_term", "document_numbering", "document_locale",
             "invoice_grace_period")
"""What is not sent where it is blank: it stays as it is."""
NUMBERING = {"per_customer": "For each customer", "per_organization": "For the whole organization"}


@page("GET", "/organization", needs="organization:view")
def organization() -> str:
    return show("organization/show.html", numbering=NUMBERING, mails=MAILS, countries=NAMES)


@page("GET POST", "/organization/edit", needs="organization:update")
def edit_organization() -> Any:
    own = current_organization()
    if request.method != "POST":
        texts = {name: getattr(own, name) for name in (*TEXTS, *CONFIGURATION)}
        return show_form(texts, own.email_settings, own.finalize_zero_amount_invoice)
    texts = {name: form_text(name) for name in (*TEXTS, *CONFIGURATION)}
    mails, over_nothing = request.form.getlist("email_settings"), "finalize_zero_amount_invoice" in request.form
    try:
        with all_or_nothing():
            save(own, texts, {"finalize_zero_amount_invoice": over_nothing, "email_settings": mails})
    except Invalid as error:
        details: Any = error.details
        return show_form(texts, mails, over_nothing, errors=named(details)), 422
    return leave_to(url_for("admin.organization"))


def save(own: Organization, texts: Mapping[str, str | None], others: dict[str, Any]) -> None:
    """The same as `PUT /organizations`, and the name. Raises Invalid."""
    rename(own, {"name": texts["name"] or ""})
    if not g.member.may("email_settings:update"):
        others.pop("email_settings")
    sent = {name: text for name, text in texts.items() if text or name not in NOT_BLANK}
    configuration = {name: sent.pop(name) for name in CONFIGURATION if name in sent}
    body = {**sent, **others, "billing_configuration": configuration}
    update_organization(own, OrganizationInput().read(body))


def show_form(texts: Mapping[str, Any], mails: list[str], over_nothing: bool, **context: Any) -> str:
    return show(
        "organization/form.html", texts={name: "" if text is None else str(text) for name, text in texts.items()},
        mailed=mails, over_nothing=over_nothing, numbering=NUMBERING, mails=MAILS, country_list=COUNTRIES,
        currencies=[(one, one) for one in sorted(CURRENCIES)], locales=[(one, one) for one in LOCALES], zones=ZONES,
        **context,
    )
