"""Changes of an organization, which its default billing entity follows (06 §1.2)."""

import re
from typing import Any

from sqlalchemy import select

from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.outbox import enqueue
from lago.organizations.create import RESERVED_SLUGS, SLUGS
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import default_billing_entity

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
_NOT_NULL = {"document_locale": "en", "email_settings": [], "timezone": "UTC"}


def update_organization(organization: Organization, values: dict[str, Any]) -> None:
    """Changes what `values` name, on the organization and on its default billing entity.

    `per_organization` numbering is the entity's `per_billing_entity`. Raises Invalid.
    """
    values = {**values, **values.pop("billing_configuration", {})}
    if "document_number_prefix" in values:
        values["document_number_prefix"] = _prefix(values["document_number_prefix"])
    if "slug" in values:
        organization.slug = _slug(organization, values.pop("slug"))
    per_organization = values.pop("document_numbering", None)
    entity = default_billing_entity(organization.id)
    zone, dates = entity.timezone, (entity.invoice_grace_period, entity.net_payment_term)
    _assign(organization, values)
    _assign(entity, values)
    if entity.timezone != zone:
        enqueue("subscriptions.reschedule_entity", organization_id=organization.id, billing_entity_id=entity.id)
    if (entity.invoice_grace_period, entity.net_payment_term) != dates:
        enqueue("invoicing.redate_drafts_of_entity", organization_id=organization.id, billing_entity_id=entity.id)
    if per_organization is not None:
        _number(organization, entity, together=per_organization != "per_customer")


def rename(organization: Organization, values: dict[str, Any]) -> None:
    """Changes name or feature names, as the operator may. Raises Invalid for a blank name."""
    if values.get("name", "-") == "":
        raise Invalid({"name": ["value_is_mandatory"]})
    for name in values.keys() & {"name", "premium_integrations"}:
        setattr(organization, name, values[name])


def _assign(record: Organization | BillingEntity, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name in type(record).__table__.columns:
            setattr(record, name, _NOT_NULL.get(name) if value is None else value)


def _number(organization: Organization, entity: BillingEntity, *, together: bool) -> None:
    organization.document_numbering = "per_organization" if together else "per_customer"
    entity.document_numbering = "per_billing_entity" if together else "per_customer"


def _prefix(prefix: str) -> str:
    if not prefix:
        raise Invalid({"document_number_prefix": ["value_is_too_short"]})
    if len(prefix) > 10:
        raise Invalid({"document_number_prefix": ["value_is_too_long"]})
    return prefix.upper()


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
