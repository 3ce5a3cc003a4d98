"""What members may do: permissions, the roles everyone has, and those that an organization makes (06 §6)."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from lago.core.db import db
from lago.organizations.models import Role

AREAS: dict[str, tuple[str, ...]] = {
    "analytics": ("view",),
    "customers": ("view", "create", "update", "delete"),
    "subscriptions": ("view", "create", "update"),
    "invoices": ("view", "create", "update", "void", "send", "delete"),
    "credit_notes": ("view", "create", "update", "void", "send"),
    "wallets": ("view", "create", "update", "top_up", "terminate"),
    "payments": ("view", "create"),
    "plans": ("view", "create", "update", "delete"),
    "billable_metrics": ("view", "create", "update", "delete"),
    "add_ons": ("view", "create", "update", "delete"),
    "features": ("view", "create", "update", "delete"),
    "coupons": ("view", "create", "update", "delete", "attach", "detach"),
    "events": ("view", "create"),
    "organization": ("view", "update"),
    "organizations": ("create",),
    "billing_entities": ("view", "create", "update", "delete"),
    "email_settings": ("view", "update"),
    "taxes": ("view", "create", "update", "delete"),
    "invoice_custom_sections": ("view", "create", "update", "delete"),
    "pricing_units": ("view", "create", "update"),
    "dunning_campaigns": ("view", "create", "update", "delete"),
    "members": ("view", "create", "update", "delete"),
    "roles": ("view", "create", "update", "delete"),
    "test_clock": ("update",),
    "developers": ("view", "manage"),
    "developers:keys": ("manage",),
    "audit_logs": ("view",),
    "security_logs": ("view",),
}
"""Areas and what may be done in each: usage and alerts belong to subscriptions, entitlements to what has them."""

PERMISSIONS = frozenset(f"{area}:{action}" for area, actions in AREAS.items() for action in actions)

HOME = "home:open"
"""What every member may: the dashboard, their own profile, changing to another organization of theirs."""

_OF_ADMINS = ("developers", "developers:keys", "members", "roles", "taxes", "email_settings", "audit_logs",
              "security_logs")
"""Areas that are closed to finance and manager altogether."""


def _all_of(*areas: str) -> set[str]:
    return {f"{area}:{action}" for area in areas for action in AREAS[area]}


_VIEWS = {name for name in PERMISSIONS if name.endswith(":view")}

BUILT_IN: dict[str, frozenset[str]] = {
    "admin": PERMISSIONS,
    "manager": frozenset(
        (_all_of("customers", "subscriptions", "wallets", "credit_notes", "invoices", "payments") - {"invoices:delete"})
        | {"coupons:attach", "coupons:detach", "plans:view", "add_ons:view", "coupons:view"}
    ),
    "finance": frozenset(
        (_VIEWS - _all_of(*_OF_ADMINS))
        | _all_of("billing_entities", "dunning_campaigns", "invoice_custom_sections", "organization", "payments")
        | (_all_of("credit_notes", "invoices") - {"invoices:delete"})
    ),
    "read_only": frozenset(_VIEWS),
}
"""The roles of every organization. `read_only`: every view and nothing else; the others as 06 §6 says, and no more."""

NAMES = {"admin": "Admin", "manager": "Manager", "finance": "Finance", "read_only": "Read-only"}

RESERVED = frozenset((*BUILT_IN, "owner"))
"""Codes that no role of an organization's own may have."""


def permissions_of(organization_id: uuid.UUID, codes: Iterable[str]) -> frozenset[str]:
    """What roles of these codes allow together; a code that is no role allows nothing."""
    own = [code for code in codes if code not in BUILT_IN]
    allowed = [BUILT_IN[code] for code in codes if code in BUILT_IN]
    if own:
        query = select(Role.permissions).where(Role.organization_id == organization_id, Role.code.in_(own))
        allowed += [frozenset(names) for names in db.session.scalars(query)]
    return frozenset().union(*allowed)


def roles_with(organization_id: uuid.UUID, permission: str) -> list[str]:
    """The names of the roles that allow it, those of everyone first."""
    everyones = [NAMES[code] for code, names in BUILT_IN.items() if permission in names]
    query = select(Role.name).where(Role.organization_id == organization_id, Role.permissions.contains([permission]))
    return everyones + list(db.session.scalars(query.order_by(Role.name)))


def own_roles(organization_id: uuid.UUID) -> list[Role]:
    """The roles that the organization has made, by name."""
    query = select(Role).where(Role.organization_id == organization_id).order_by(Role.name, Role.seq)
    return list(db.session.scalars(query))


def find_role(organization_id: uuid.UUID, role_id: uuid.UUID) -> Role | None:
    """One of them."""
    return db.session.scalar(select(Role).where(Role.organization_id == organization_id, Role.id == role_id))


def role_names(organization_id: uuid.UUID) -> dict[str, str]:
    """What each role that may be given is called, by its code: those of everyone first."""
    return {**NAMES, **{role.code: role.name for role in own_roles(organization_id)}}
