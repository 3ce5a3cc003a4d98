"""What concerns a user as such is in the security log of every organization of theirs."""

from lago.audit.note_security import note_security
from lago.organizations.members import organizations_of
from lago.organizations.models import User


def note_of_user(log_event: str, user: User) -> None:
    """Notes it, as done by the user."""
    for organization in organizations_of(user):
        note_security(
            log_event, organization.id, resources={"email": user.email}, user_id=user.id, user_email=user.email
        )
