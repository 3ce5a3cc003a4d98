"""What invoices carry of an organization's own texts."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lago.core.db import Base, Identified, Owned


class AppliedCustomSection(Identified, Owned, Base):
    """A custom section as it was when the invoice was made (04 §15)."""

    __tablename__ = "applied_invoice_custom_sections"

    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    display_name: Mapped[str | None]
    details: Mapped[str | None]
