"""Links that need no key: whoever has one may read the file that it leads to, for seven days (00 §5)."""

import uuid

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from lago.core import config

_HOUR_S = 3600
LINK_LIFETIME_S = 7 * 24 * _HOUR_S


def link_to(files: str, record_id: uuid.UUID) -> str:
    """The address of the file of a record; `files` names the kind, so that no link leads to one of another kind."""
    return f"{config.settings().api_url}/documents/{_signer(files).dumps(str(record_id))}"


def linked(files: str, token: str) -> uuid.UUID | None:
    """The record whose file of that kind a link leads to; None if the link is of another kind, false or too old."""
    try:
        return uuid.UUID(_signer(files).loads(token, max_age=LINK_LIFETIME_S + _HOUR_S))
    except BadSignature:
        return None


class _ByTheHour(TimestampSigner):
    """Signs as of the beginning of the hour: the same object shown twice has the same link."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() // _HOUR_S * _HOUR_S


def _signer(files: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(config.settings().secret_key, salt=f"{files} files", signer=_ByTheHour)
