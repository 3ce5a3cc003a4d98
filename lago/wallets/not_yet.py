"""What the contract lets a client ask of a wallet and this version cannot do: refused, never ignored."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields


class CustomSections(fields.Raw):
    """`invoice_custom_section` of a wallet, a rule or a transaction, read as whether its invoices have none at all.

    Sections themselves there are none to name yet.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        given = value if isinstance(value, Mapping) else {}
        if given.get("invoice_custom_section_codes"):
            raise ValidationError("not_supported_yet")
        return given.get("skip_invoice_custom_sections") is True
