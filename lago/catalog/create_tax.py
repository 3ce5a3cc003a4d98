"""A new tax (04 §6.1)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.inputs import TaxInput
from lago.catalog.models import Tax
from lago.catalog.queries import tax_by_code
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.outbox import enqueue
from lago.organizations.queries import default_billing_entity


def create_tax(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Tax:
    """A tax of the organization, for its default billing entity if `applied_to_organization` is set.

    `data` is the client's object. Raises Invalid.
    """
    values = TaxInput().read(data)
    check_code(organization_id, values["code"])
    tax = Tax(organization_id=organization_id, billing_entities=[])
    assign(tax, values)
    with unique("uq_taxes_code", "code"):
        db.session.add(tax)
    return tax


def assign(tax: Tax, values: dict[str, Any]) -> None:
    """Sets what `values` name; attaches the tax to the default billing entity or detaches it, if they say so."""
    for name in values.keys() & {"name", "code", "rate", "description"}:
        setattr(tax, name, values[name])
    if values.get("applied_to_organization") is not None:
        apply_to_organization(tax, values["applied_to_organization"])


def apply_to_organization(tax: Tax, applied: bool) -> None:
    """Has the default billing entity charge the tax, or no longer."""
    entity = default_billing_entity(tax.organization_id)
    if bool(tax.applied_to_organization) != applied:
        enqueue("invoicing.flag_drafts", organization_id=tax.organization_id, billing_entity_id=entity.id)
    tax.applied_to_organization = applied
    others = [other for other in tax.billing_entities if other.id != entity.id]
    tax.billing_entities = [*others, entity] if applied else others


def check_code(organization_id: uuid.UUID, code: str) -> None:
    """Raises Invalid if another tax has the code."""
    if tax_by_code(organization_id, code):
        raise Invalid({"code": [ALREADY_EXISTS]})
