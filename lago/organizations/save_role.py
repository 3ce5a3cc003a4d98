"""Roles of an organization's own: made and changed (06 §6)."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from lago.audit.note_security import note_security
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import Text
from lago.core.schemas import InputSchema
from lago.organizations.members import Member
from lago.organizations.models import Role
from lago.organizations.roles import PERMISSIONS, RESERVED

LONGEST_CODE = 100
_CODE = re.compile(r"[a-z0-9_]+")


class RoleInput(InputSchema):
    """What a role is called."""

    name = Text(required=True, most=255, strip=True)
    code = Text(required=True, most=LONGEST_CODE)
    description = Text(allow_none=True, most=600)


def create_role(member: Member, data: dict[str, Any], permissions: Sequence[str]) -> Role:
    """A new role in the member's organization. Raises Invalid.

    `code`: a-z, 0-9 and _, at most 100 of them, none that every organization has; `permissions`: one at least, all of
    which the member has.
    """
    values = _read(data, permissions)
    _check_own(member, values["permissions"])
    _check_code(values["code"])
    role = Role(organization_id=member.organization.id, **values)
    with unique("uq_roles_code", "code"):
        db.session.add(role)
    note_security("role.created", role.organization_id, resources=_shown(role))
    return role


def update_role(member: Member, role: Role, data: dict[str, Any], permissions: Sequence[str]) -> None:
    """Changes everything but the code, for all who have the role, at once. Raises Invalid, also for a permission that
    neither the role had nor `member` has."""
    before = _shown(role)
    values = _read({**data, "code": role.code}, permissions)
    _check_own(member, set(values["permissions"]) - set(role.permissions))
    for name, value in values.items():
        setattr(role, name, value)
    after = _shown(role)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changes:
        note_security("role.updated", role.organization_id, resources={"code": role.code, "changes": changes})


def _read(data: dict[str, Any], permissions: Sequence[str]) -> dict[str, Any]:
    values = RoleInput().read({name: value for name, value in data.items() if value is not None})
    blank = [name for name in ("name", "code") if not values[name]]
    if blank:
        raise Invalid({name: ["value_is_mandatory"] for name in blank})
    if not permissions or not PERMISSIONS.issuperset(permissions):
        raise Invalid({"permissions": ["value_is_invalid" if permissions else "value_is_mandatory"]})
    return {"description": None, **values, "permissions": sorted(set(permissions))}


def _check_own(member: Member, added: Iterable[str]) -> None:
    """Only admins make admins (06 §6): nobody else puts into a role what they may not do themselves, or whoever may
    change roles could have everything."""
    if not member.is_admin and not member.permissions.issuperset(added):
        raise Invalid({"permissions": ["permission_not_held"]})


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise Invalid({"code": ["value_is_invalid"]})
    if code in RESERVED:
        raise Invalid({"code": ["value_is_reserved"]})


def _shown(role: Role) -> dict[str, Any]:
    return {"code": role.code, "name": role.name, "permissions": list(role.permissions)}
