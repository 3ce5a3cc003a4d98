"""An organization that a user makes for themselves."""

from lago.organizations.add_membership import add_membership
from lago.organizations.create import create_organization
from lago.organizations.members import Member, as_member
from lago.organizations.models import User


def found(user: User, name: str, *, sandbox: bool = False) -> Member:
    """The user as the admin of a new organization. Raises Invalid for a blank name."""
    organization = create_organization(name.strip(), sandbox=sandbox, email=user.email).organization
    return as_member(user, organization, add_membership(organization, user).roles)
