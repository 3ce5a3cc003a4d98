"""`/admin/organizations`: makes organizations by the operator's key (06 §1.4, 00 §3)."""

import hmac
from typing import Any

from flask import Blueprint, Response, request

from lago.api.kit import found, payload
from lago.api.replies import as_response
from lago.core import config
from lago.core.db import transaction
from lago.core.errors import Unauthorized
from lago.organizations.create import create_organization, invite
from lago.organizations.queries import organization_by_id
from lago.organizations.schemas import AdminOrganizationInput, AdminOrganizationSchema
from lago.organizations.update import rename

blueprint = Blueprint("admin_organizations", __name__, url_prefix="/admin")


@blueprint.before_request
def require_admin_key() -> None:
    """Raises Unauthorized unless the header has the operator's key; without such a key set, always."""
    expected, given = config.settings().admin_api_key, request.headers.get("X-Admin-API-Key", "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Unauthorized


@blueprint.post("/organizations")
def create_admin_organization() -> Response:
    values = AdminOrganizationInput().read(payload())
    with transaction():
        created = create_organization(
            values["name"], sandbox=values["sandbox"], email=values["email"],
            premium_integrations=values["premium_integrations"],
        )
        invitation = invite(created.organization, values["email"], ["admin"])
        reply = _reply(created.organization)
    invite_url = f"{config.settings().front_url}/invitation/{invitation.token}"
    return as_response({**reply, "api_key": created.api_key, "invite_url": invite_url}, 201)


@blueprint.route("/organizations/<uuid:organization_id>", methods=["PUT", "PATCH"])
def update_admin_organization(organization_id: Any) -> Response:
    values = AdminOrganizationInput().read(payload(), partial=True)
    with transaction():
        organization = found(organization_by_id(organization_id), "organization")
        rename(organization, values)
        return as_response(_reply(organization))


def _reply(organization: Any) -> dict[str, Any]:
    return {"organization": AdminOrganizationSchema().dump(organization)}
