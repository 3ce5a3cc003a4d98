"""Fixed charges of plans: a quantity of an add-on in every period."""

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models.add_ons import AddOn
from lago.catalog.models.taxes import Tax, tax_table
from lago.core.db import Base, Identified, Owned, SoftDeleted

fixed_charge_taxes = tax_table("fixed_charge_taxes", "fixed_charge_id", "fixed_charges")


class FixedCharge(Identified, Owned, SoftDeleted, Base):
    """The price of a number of units of an add-on in each period of a plan (02 §8); the add-on's own is not used."""

    __tablename__ = "fixed_charges"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fixed_charges.id"))
    add_on_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("add_ons.id"), index=True)
    code: Mapped[str]
    charge_model: Mapped[str]
    properties: Mapped[dict[str, Any]]
    invoice_display_name: Mapped[str | None]
    units: Mapped[Decimal] = mapped_column(Numeric(30, 10))
    pay_in_advance: Mapped[bool] = mapped_column(default=False)
    prorated: Mapped[bool] = mapped_column(default=False)

    add_on: Mapped[AddOn] = relationship(lazy="joined", innerjoin=True)
    taxes: Mapped[list[Tax]] = relationship(secondary=fixed_charge_taxes, order_by=Tax.seq, lazy="selectin")

    __table_args__ = (
        Index(
            "uq_fixed_charges_code", "plan_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
