"""Plans."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models.charges import Charge
from lago.catalog.models.commitments import Commitment
from lago.catalog.models.fixed_charges import FixedCharge
from lago.catalog.models.taxes import Tax, tax_table
from lago.catalog.models.usage_thresholds import UsageThreshold
from lago.core.db import Base, Identified, Owned, SoftDeleted

plan_taxes = tax_table("plan_taxes", "plan_id", "plans")


class Plan(Identified, Owned, SoftDeleted, Base):
    """A price list with a rhythm; `amount_cents` in units of `amount_currency` (03 §1).

    A plan with a parent is an override made for one subscription and shares its parent's code. `notes`: what the
    client keeps on the plan as `metadata`, None if there is no such record (03 §1.6).
    """

    __tablename__ = "plans"

    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plans.id"), index=True)
    name: Mapped[str]
    invoice_display_name: Mapped[str | None]
    code: Mapped[str]
    description: Mapped[str | None]
    interval: Mapped[str]
    amount_cents: Mapped[int]
    amount_currency: Mapped[str]
    trial_period: Mapped[float | None]
    pay_in_advance: Mapped[bool]
    bill_charges_monthly: Mapped[bool | None]
    bill_fixed_charges_monthly: Mapped[bool | None]
    pending_deletion: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[dict[str, Any] | None] = mapped_column("metadata")

    taxes: Mapped[list[Tax]] = relationship(secondary=plan_taxes, order_by=Tax.seq, lazy="selectin")
    charges: Mapped[list[Charge]] = relationship(
        primaryjoin="and_(Charge.plan_id == Plan.id, Charge.deleted_at.is_(None))",
        order_by="Charge.seq", viewonly=True, lazy="selectin",
    )
    fixed_charges: Mapped[list[FixedCharge]] = relationship(
        primaryjoin="and_(FixedCharge.plan_id == Plan.id, FixedCharge.deleted_at.is_(None))",
        order_by="FixedCharge.seq", viewonly=True, lazy="selectin",
    )
    minimum_commitment: Mapped[Commitment | None] = relationship(lazy="selectin", viewonly=True)
    usage_thresholds: Mapped[list[UsageThreshold]] = relationship(
        primaryjoin="and_(UsageThreshold.plan_id == Plan.id, UsageThreshold.deleted_at.is_(None))",
        order_by=UsageThreshold.seq, viewonly=True,
    )

    parent: Mapped["Plan | None"] = relationship(remote_side="Plan.id", viewonly=True)

    @property
    def applicable_usage_thresholds(self) -> list[UsageThreshold]:
        """Of a plan that overrides another those of the other, else its own (03 §1.1)."""
        return self.parent.usage_thresholds if self.parent else self.usage_thresholds

    __table_args__ = (
        Index(
            "uq_plans_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL AND parent_id IS NULL"),
        ),
    )
