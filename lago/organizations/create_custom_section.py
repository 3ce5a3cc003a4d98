"""A new custom section (04 §15)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.core.db import db, unique
from lago.organizations.custom_section_schemas import CustomSectionInput
from lago.organizations.models import InvoiceCustomSection


def create_custom_section(organization_id: uuid.UUID, data: Mapping[str, Any]) -> InvoiceCustomSection:
    """A section that nobody has chosen yet. Raises Invalid, for a code that another one has too."""
    section = InvoiceCustomSection(organization_id=organization_id, **CustomSectionInput().read(data))
    with unique("uq_invoice_custom_sections_code", "code"):
        db.session.add(section)
    return section
