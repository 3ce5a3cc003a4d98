"""Who calls, and what the key allows (06 §1.1)."""

from lago.core.errors import Forbidden, Unauthorized
from lago.organizations.keys import find_key, touch
from lago.organizations.models import ApiKey, Organization


def authenticate(header: str | None) -> tuple[ApiKey, Organization]:
    """The key in an Authorization header and its organization.

    The second word is the key; the scheme is not looked at. Raises Unauthorized if there is no valid one.
    """
    words = (header or "").split()
    found = find_key(words[1]) if len(words) > 1 else None
    if found is None:
        raise Unauthorized
    return found


def allow(key: ApiKey, method: str, resource: str) -> None:
    """Raises Forbidden unless the key may read (GET) or write (any other verb) the resource."""
    mode = "read" if method == "GET" else "write"
    if key.permissions is not None and mode not in key.permissions.get(resource, []):
        raise Forbidden(f"{mode}_action_not_allowed_for_{resource}")
    if resource != "event":
        touch(key)
