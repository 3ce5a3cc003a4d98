"""`/organizations`: the caller's own."""

from typing import Any

from lago.api.kit import body, current_organization, one
from lago.api.routes import endpoint
from lago.organizations.schemas import OrganizationInput, OrganizationSchema
from lago.organizations.update import update_organization


@endpoint("GET", "/organizations", permission="organization")
def show_organization() -> dict[str, Any]:
    return one("organization", OrganizationSchema(), current_organization())


@endpoint("PUT", "/organizations", permission="organization")
def update_own_organization() -> dict[str, Any]:
    organization = current_organization()
    update_organization(organization, OrganizationInput().read(body("organization")))
    return one("organization", OrganizationSchema(), organization)
