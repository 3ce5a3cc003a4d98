"""Minimum commitments of plans."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models.taxes import Tax, tax_table
from lago.core.db import Base, Identified, Owned

commitment_taxes = tax_table("commitment_taxes", "commitment_id", "commitments")


class Commitment(Identified, Owned, Base):
    """What a period costs at least, in cents of its plan's currency (02 §9)."""

    __tablename__ = "commitments"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"), unique=True)
    amount_cents: Mapped[int]
    invoice_display_name: Mapped[str | None]

    taxes: Mapped[list[Tax]] = relationship(secondary=commitment_taxes, order_by=Tax.seq, lazy="selectin")
