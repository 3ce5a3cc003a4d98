"""The logo of a billing entity: read from a data URL, kept in the database, shown under a public address (06 §1.3)."""

import base64
import binascii
import hashlib
import re

from lago.core import config
from lago.core.errors import Invalid
from lago.organizations.models import BillingEntity

MOST_BYTES = 800_000

_DATA_URL = re.compile(r"data:(image/(?:png|jpe?g));base64,(.*)", re.DOTALL)
_BEGINNINGS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def set_logo(entity: BillingEntity, data_url: str | None) -> None:
    """Gives an entity the picture of a data URL; null or blank takes it away. Raises Invalid for what is no PNG or
    JPEG, or too large."""
    entity.logo, entity.logo_type = _read(data_url) if data_url else (None, None)


def logo_url(entity: BillingEntity) -> str | None:
    """Where everybody can get the logo; another picture has another address."""
    if entity.logo_type is None:
        return None
    version = hashlib.blake2b(str(entity.updated_at).encode(), digest_size=6).hexdigest()
    return f"{config.settings().api_url}/logos/{entity.id}?v={version}"


def _read(data_url: str) -> tuple[bytes, str]:
    match = _DATA_URL.fullmatch(data_url.strip())
    kind = match.group(1).replace("jpg", "jpeg") if match else ""
    try:
        picture = base64.b64decode(match.group(2), validate=True) if match else b""
    except (binascii.Error, ValueError):
        picture = b""
    if not picture or not picture.startswith(_BEGINNINGS[kind]):
        raise Invalid({"logo": ["invalid_content_type"]})
    if len(picture) > MOST_BYTES:
        raise Invalid({"logo": ["invalid_size"]})
    return picture, kind
