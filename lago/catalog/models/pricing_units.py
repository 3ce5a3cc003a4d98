"""Pricing units."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from lago.core.db import Base, Identified, Owned


class PricingUnit(Identified, Owned, Base):
    """A currency of the organization's own, such as credits, in which charges may be priced (02 §10)."""

    __tablename__ = "pricing_units"

    name: Mapped[str]
    code: Mapped[str]
    short_name: Mapped[str]
    description: Mapped[str | None]

    __table_args__ = (UniqueConstraint("organization_id", "code", name="uq_pricing_units_code"),)
