"""Webhook endpoints as they are read and written (06 §4.1)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields

from lago.core.fields import MANDATORY, Choice, Moment, Text
from lago.core.schemas import InputSchema
from lago.webhooks.event_types import unknown

SIGNATURE_ALGORITHMS = ("jwt", "hmac")
_LONGEST_BYTES = 2000  # what an index can hold
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f]")


class WebAddress(Text):
    """An http or https URL with a host."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        url = str(value).strip()
        if not url:
            raise ValidationError(MANDATORY)
        if not is_web_address(url):
            raise ValidationError("url_is_invalid")
        return url


class EventTypes(fields.Raw):
    """Names of webhook types, trimmed, lower-cased, each once; `["*"]` is null: everything."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("must_be_array")
        names = list(dict.fromkeys(str(name).strip().lower() for name in value))
        if names == ["*"]:
            return None
        if strange := unknown(names):
            raise ValidationError(f"contains invalid types: {', '.join(strange)}")
        return names


class WebhookEndpointInput(InputSchema):
    """The body of a creation; of an update where read with `partial`."""

    webhook_url = WebAddress(required=True)
    signature_algo = Choice(SIGNATURE_ALGORITHMS, load_default="jwt", allow_none=True)
    name = Text(load_default=None, allow_none=True)
    event_types = EventTypes(load_default=None, allow_none=True)


class WebhookEndpointSchema(Schema):
    """The webhook endpoint object."""

    lago_id = fields.UUID(attribute="id")
    lago_organization_id = fields.UUID(attribute="organization_id")
    webhook_url = fields.Raw()
    signature_algo = fields.Raw()
    name = fields.Raw()
    event_types = fields.Raw()
    created_at = Moment()


def is_web_address(url: str) -> bool:
    """Whether `url` is http or https, names a host, and could be called."""
    if len(url.encode()) > _LONGEST_BYTES or _FORBIDDEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
