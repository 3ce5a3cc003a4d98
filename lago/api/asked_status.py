"""Which subscription is meant, where several have the external id of the path."""

from lago.api.kit import argument, payload


def asked_status() -> str:
    """The status that is asked for, by either name, in body or query; else active (contract, differences)."""
    sent = payload()
    given = (sent.get(name) or argument(name) for name in ("subscription_status", "status"))
    return str(next((status for status in given if status), "active"))
