"""Which roles somebody may be given, and by whom (06 §6)."""

from collections.abc import Sequence

from sqlalchemy import select

from lago.core.db import db
from lago.core.errors import Forbidden, Invalid
from lago.organizations.members import Member
from lago.organizations.models import Role
from lago.organizations.roles import BUILT_IN


def checked_roles(granter: Member, codes: Sequence[str], held: Sequence[str] = ()) -> list[str]:
    """The codes in order, each once. `held`: those that the receiver has already.

    Raises Invalid `roles: [invalid_role]` for none at all and for one that is no role of the organization, Forbidden
    `cannot_grant_admin` where one who is no admin would make somebody an admin.
    """
    own = select(Role.code).where(Role.organization_id == granter.organization.id, Role.code.in_(codes))
    known = {*BUILT_IN, *db.session.scalars(own)}
    if not codes or not known.issuperset(codes):
        raise Invalid({"roles": ["invalid_role"]})
    if "admin" in codes and "admin" not in held and not granter.is_admin:
        raise Forbidden("cannot_grant_admin")
    return [*dict.fromkeys(codes)]
