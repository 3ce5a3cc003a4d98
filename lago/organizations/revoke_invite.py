"""Taking an invitation back (06 §6)."""

from lago.organizations.models import Invite


def revoke_invite(invite: Invite) -> None:
    """Its link opens nothing any more. `invite`: an open one, held by this transaction."""
    invite.status = "revoked"
