"""What subscriptions have of features, as it is shown (03 §1.7)."""

from typing import Any

from marshmallow import Schema, fields

from lago.catalog.features.schemas import PrivilegeSchema
from lago.subscriptions.entitlements.effective import EffectiveEntitlement, EffectiveValue


class SubscriptionEntitlementSchema(Schema):
    """A feature that a subscription has; `overrides`: the values that are its own, by privilege."""

    code = fields.Raw(attribute="feature.code")
    name = fields.Raw(attribute="feature.name")
    description = fields.Raw(attribute="feature.description")
    privileges = fields.Function(lambda row: [_privilege(value) for value in row.values])
    overrides = fields.Function(lambda row: _overrides(row))


def _privilege(value: EffectiveValue) -> dict[str, Any]:
    return {
        **PrivilegeSchema().dump(value.privilege),
        "value": value.value, "plan_value": value.plan_value, "override_value": value.override_value,
    }


def _overrides(row: EffectiveEntitlement) -> dict[str, Any]:
    return {one.privilege.code: one.override_value for one in row.values if one.override_value is not None}
