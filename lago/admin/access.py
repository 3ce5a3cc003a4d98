"""Which permission each page needs, and who has it (06 §6)."""

from typing import Any

from flask import g, url_for

from lago.core.errors import Forbidden
from lago.organizations.members import Member
from lago.organizations.roles import roles_with

NEEDS: dict[str, str] = {}
"""The permission of every page that asks for a sign-in, by the name of its view."""


class NotPermitted(Forbidden):
    """The member's roles do not open the page; `roles`: the names of those that do."""

    def __init__(self, permission: str, roles: list[str]) -> None:
        super().__init__("not_permitted")
        self.permission = permission
        self.roles = roles


def check(member: Member, view: str) -> None:
    """Raises NotPermitted unless the member may open the page of this view."""
    if not member.may(NEEDS[view]):
        raise NotPermitted(NEEDS[view], roles_with(member.organization.id, NEEDS[view]))


def may_open(member: Member | None, view: str) -> bool:
    """Whether links and buttons to this page are shown to the member."""
    return member is not None and member.may(NEEDS[view])


def address(view: str, **values: Any) -> str:
    """The address of the page of this view; none for who may not open it."""
    return url_for(f"admin.{view}", **values) if may_open(g.member, view) else ""
