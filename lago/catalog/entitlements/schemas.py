"""What plans give, as it is shown (03 §1.7)."""

from typing import Any

from marshmallow import Schema, fields

from lago.catalog.entitlements.privilege_values import from_text
from lago.catalog.entitlements.queries import values_of
from lago.catalog.features.schemas import PrivilegeSchema
from lago.catalog.models import Entitlement


class PlanEntitlementSchema(Schema):
    """A feature that a plan gives, with the privileges that it sets."""

    code = fields.Raw(attribute="feature.code")
    name = fields.Raw(attribute="feature.name")
    description = fields.Raw(attribute="feature.description")
    privileges = fields.Function(lambda entitlement: _privileges(entitlement))


def _privileges(entitlement: Entitlement) -> list[dict[str, Any]]:
    return [
        {**PrivilegeSchema().dump(row.privilege), "value": from_text(row.privilege, row.value)}
        for row in values_of(entitlement)
    ]
