"""Guessing passwords is slow: sign-ins are counted per quarter of an hour in Redis, and so is what else strangers may
ask of us."""

from lago.core import jobs
from lago.core.crypto import digest
from lago.core.errors import TooManyRequests

WINDOW_S = 900
PER_EMAIL_AND_ADDRESS = 10
PER_ADDRESS = 50
PER_EMAIL = 100


def count(email: str, address: str, deed: str = "sign_in") -> None:
    """Counts one attempt at `deed`. Raises TooManyRequests beyond the limits.

    One address is stopped early; an e-mail as such late, so that a stranger cannot lock its owner out at will.
    """
    limits = (
        (_key(deed, email, address), PER_EMAIL_AND_ADDRESS),
        (_key(deed, address), PER_ADDRESS),
        (_key(deed, email), PER_EMAIL),
    )
    exceeded = [key for key, most in limits if _add(key) > most]
    if exceeded:
        raise TooManyRequests(max(1, *(int(jobs.connection().ttl(key)) for key in exceeded)))


def forget(email: str, address: str, deed: str = "sign_in") -> None:
    """After a success: clears the count of this e-mail here, and does not hold the attempt against others."""
    with jobs.connection().pipeline() as pipeline:
        pipeline.delete(_key(deed, email, address))
        pipeline.decr(_key(deed, address))
        pipeline.decr(_key(deed, email))
        pipeline.execute()


def _add(key: str) -> int:
    with jobs.connection().pipeline() as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, WINDOW_S, nx=True)
        return int(pipeline.execute()[0])


def _key(deed: str, *parts: str) -> str:
    return f"lago:{deed}:{digest(' '.join(part.strip().lower() for part in parts))}"
