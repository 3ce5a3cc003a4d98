"""Changes of an organization, which its default billing entity follows (06 §1.2)."""

import re
from typing import Any

from sqlalchemy import select

from lago.audit.note_update import note_update
from lago.core.changes import taken
from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.outbox import announce
from lago.organizations.create import RESERVED_SLUGS, SLUGS
from lago.organizations.entity_settings import NOT_NULL, change_settings, checked_prefix
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import default_billing_entity
from lago.pricing.eu_vat import COUNTRIES

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")


def update_organization(organization: Organization, values: dict[str, Any]) -> None:
    """Changes what `values` name, on the organization and on its default billing entity.

    `per_organization` numbering is the entity's `per_billing_entity`. Raises Invalid.
    """
    values = {**values, **values.pop("billing_configuration", {})}
    if "document_number_prefix" in values:
        values["document_number_prefix"] = checked_prefix(values["document_number_prefix"])
    if "slug" in values:
        organization.slug = _slug(organization, values.pop("slug"))
    per_organization = values.pop("document_numbering", None)
    entity = default_billing_entity(organization.id)
    with note_update("billing_entity.updated", entity, "code", "name"):
        _change(organization, entity, values, per_organization)
    if changes := taken(entity):
        announce("billing_entities.updated", entity, changes)


def _change(
    organization: Organization, entity: BillingEntity, values: dict[str, Any], per_organization: str | None
) -> None:
    _assign(organization, values)
    change_settings(entity, values)
    if entity.eu_tax_management and entity.country not in COUNTRIES:
        raise Invalid({"eu_tax_management": ["org_must_be_in_eu"]})
    if per_organization is not None:
        _number(organization, entity, together=per_organization != "per_customer")


def rename(organization: Organization, values: dict[str, Any]) -> None:
    """Changes name or feature names, as the operator may. Raises Invalid for a blank name."""
    if values.get("name", "-") == "":
        raise Invalid({"name": ["value_is_mandatory"]})
    for name in values.keys() & {"name", "premium_integrations"}:
        setattr(organization, name, values[name])


def _assign(organization: Organization, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name in Organization.__table__.columns:
            setattr(organization, name, NOT_NULL.get(name) if value is None else value)


def _number(organization: Organization, entity: BillingEntity, *, together: bool) -> None:
    organization.document_numbering = "per_organization" if together else "per_customer"
    entity.document_numbering = "per_billing_entity" if together else "per_customer"


def _slug(organization: Organization, slug: str) -> str:
    slug = slug.lower()
    lock(SLUGS)
    taken = select(Organization.id).where(Organization.slug == slug, Organization.id != organization.id)
    problem = (
        "value_is_invalid" if not _SLUG.fullmatch(slug)
        else "value_is_reserved" if slug in RESERVED_SLUGS
        else "value_already_exist" if db.session.scalar(taken)
        else None
    )
    if problem:
        raise Invalid({"slug": [problem]})
    return slug
