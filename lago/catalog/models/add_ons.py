"""Add-ons."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, relationship

from lago.catalog.models.taxes import Tax, tax_table
from lago.core.db import Base, Identified, Owned, SoftDeleted

add_on_taxes = tax_table("add_on_taxes", "add_on_id", "add_ons")


class AddOn(Identified, Owned, SoftDeleted, Base):
    """Something that is sold by the piece: once on an invoice, or with a plan as a fixed charge.

    `amount_cents` in units of `amount_currency` is the price of one on an invoice of its own.
    """

    __tablename__ = "add_ons"

    name: Mapped[str]
    code: Mapped[str]
    description: Mapped[str | None]
    invoice_display_name: Mapped[str | None]
    amount_cents: Mapped[int]
    amount_currency: Mapped[str]

    taxes: Mapped[list[Tax]] = relationship(secondary=add_on_taxes, order_by=Tax.seq, lazy="selectin")

    __table_args__ = (
        Index(
            "uq_add_ons_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
