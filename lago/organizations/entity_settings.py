"""What a change of a billing entity's settings brings about (04 §2.5, §3; 06 §1.3)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid
from lago.core.outbox import enqueue
from lago.organizations.logo import set_logo
from lago.organizations.models import BillingEntity

NOT_NULL = {"document_locale": "en", "email_settings": [], "timezone": "UTC"}
"""What null stands for, where a setting always has a value."""

_NOT_COLUMNS = frozenset(("code", "logo", "eu_tax_management"))
_OF_DATES = (
    "invoice_grace_period", "net_payment_term", "subscription_invoice_issuing_date_anchor",
    "subscription_invoice_issuing_date_adjustment",
)
_E_INVOICING = ("FR", "DE")


def assign_settings(entity: BillingEntity, values: Mapping[str, Any]) -> None:
    """Sets what `values` name, on an entity that need not be stored yet. Raises Invalid.

    Not whether it manages the EU's taxes, which has taxes made (`catalog/save_billing_entity.py`).
    """
    for name in values.keys() - _NOT_COLUMNS:
        if name in BillingEntity.__table__.columns:
            setattr(entity, name, NOT_NULL.get(name) if values[name] is None else values[name])
    if "document_number_prefix" in values:
        entity.document_number_prefix = checked_prefix(values["document_number_prefix"])
    if "logo" in values:
        set_logo(entity, values["logo"])
    _check_einvoicing(entity)


def change_settings(entity: BillingEntity, values: Mapping[str, Any]) -> None:
    """The same for an entity with customers: their periods and drafts follow in the background."""
    zone, dates = entity.timezone, _dates(entity)
    assign_settings(entity, values)
    owner = {"organization_id": entity.organization_id, "billing_entity_id": entity.id}
    if entity.timezone != zone:
        enqueue("subscriptions.reschedule_entity", **owner)
    if _dates(entity) != dates:
        enqueue("invoicing.redate_drafts_of_entity", **owner)


def checked_prefix(prefix: str | None) -> str:
    """A prefix of document numbers in capitals (04 §3). Raises Invalid."""
    if not prefix:
        raise Invalid({"document_number_prefix": ["value_is_too_short"]})
    if len(prefix) > 10:
        raise Invalid({"document_number_prefix": ["value_is_too_long"]})
    return prefix.upper()


def _dates(entity: BillingEntity) -> list[Any]:
    return [getattr(entity, name) for name in _OF_DATES]


def _check_einvoicing(entity: BillingEntity) -> None:
    """Electronic invoices exist for two countries (04 §18)."""
    if entity.einvoicing and entity.country not in _E_INVOICING:
        raise Invalid({"einvoicing": ["country_not_supported" if entity.country else "country_must_be_present"]})
