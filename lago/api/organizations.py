"""`/organizations`: the caller's own."""

from typing import Any

from lago.api.kit import body, current_organization
from lago.api.routes import endpoint
from lago.catalog.queries import taxes_of_entity
from lago.catalog.schemas import TaxSchema
from lago.core.db import db
from lago.organizations.models import Organization
from lago.organizations.queries import default_billing_entity
from lago.organizations.schemas import OrganizationInput, OrganizationSchema
from lago.organizations.update import update_organization
from lago.webhooks.endpoints import set_first_url
from lago.webhooks.queries import urls_of


@endpoint("GET", "/organizations", permission="organization")
def show_organization() -> dict[str, Any]:
    return {"organization": _shown(current_organization())}


@endpoint("PUT", "/organizations", permission="organization")
def update_own_organization() -> dict[str, Any]:
    organization = current_organization()
    values = OrganizationInput().read(body("organization"))
    if "webhook_url" in values:
        set_first_url(organization.id, values.pop("webhook_url"))
    update_organization(organization, values)
    taxes = db.session.scalars(taxes_of_entity(default_billing_entity(organization.id)))
    return {"organization": {**_shown(organization), "taxes": TaxSchema().dump(taxes, many=True)}}


def _shown(organization: Organization) -> dict[str, Any]:
    urls = list(urls_of(organization.id))
    shown: dict[str, Any] = OrganizationSchema().dump(organization)
    return {**shown, "webhook_url": urls[0] if urls else "", "webhook_urls": urls}
