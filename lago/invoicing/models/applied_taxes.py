"""Taxes as they were applied to documents."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lago.core.db import Identified, Owned


class AppliedTax(Identified, Owned):
    """A tax as it was applied: a copy, so that the document stays what it was."""

    tax_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("taxes.id"))
    tax_name: Mapped[str]
    tax_code: Mapped[str]
    tax_rate: Mapped[float]
    tax_description: Mapped[str | None]
    amount_cents: Mapped[int]
