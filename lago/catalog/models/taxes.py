"""Taxes, and which objects of the catalog have them."""

from sqlalchemy import Column, ForeignKey, Index, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.organizations.models import BillingEntity


class Tax(Identified, Owned, SoftDeleted, Base):
    """A tax; `rate` in percent, a double as in the API (04 §0).

    `applied_to_organization` is what a client last set; whether the default billing entity has the tax is told
    by `billing_entities`, which a query has to ask for.
    """

    __tablename__ = "taxes"

    name: Mapped[str]
    code: Mapped[str]
    rate: Mapped[float]
    description: Mapped[str | None]
    auto_generated: Mapped[bool] = mapped_column(default=False)
    applied_to_organization: Mapped[bool] = mapped_column(default=False)

    billing_entities: Mapped[list[BillingEntity]] = relationship(
        secondary="billing_entity_taxes", order_by=BillingEntity.code
    )

    __table_args__ = (
        Index(
            "uq_taxes_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


def tax_table(name: str, owner: str, owners: str) -> Table:
    """The table that says which rows of `owners` have which taxes."""
    return Table(
        name,
        Base.metadata,
        Column(owner, ForeignKey(f"{owners}.id", ondelete="CASCADE"), primary_key=True),
        Column("tax_id", ForeignKey("taxes.id", ondelete="CASCADE"), primary_key=True, index=True),
    )


billing_entity_taxes = tax_table("billing_entity_taxes", "billing_entity_id", "billing_entities")
