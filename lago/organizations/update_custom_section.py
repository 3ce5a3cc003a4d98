"""Changes of a custom section (04 §15)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import unique
from lago.organizations.custom_section_schemas import CustomSectionInput
from lago.organizations.models import InvoiceCustomSection


def update_custom_section(section: InvoiceCustomSection, data: Mapping[str, Any]) -> None:
    """Changes what `data` names; invoices that carry it keep their copies. Raises Invalid."""
    with unique("uq_invoice_custom_sections_code", "code"):
        for name, value in CustomSectionInput().read(data, partial=True).items():
            setattr(section, name, value)
