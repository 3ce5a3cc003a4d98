"""Features of the product, and what plans entitle to of them (03 §1.7). Nothing here is priced."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.db import Base, Identified, Owned, SoftDeleted


class Privilege(Identified, Owned, SoftDeleted, Base):
    """A setting of a feature: `value_type` is integer, string, boolean or select; `config` has a select's options."""

    __tablename__ = "privileges"

    feature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("features.id"))
    code: Mapped[str]
    name: Mapped[str | None]
    value_type: Mapped[str] = mapped_column(default="string")
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        Index("uq_privileges_code", "feature_id", "code", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )


class Feature(Identified, Owned, SoftDeleted, Base):
    """Something that a plan gives or does not give."""

    __tablename__ = "features"

    code: Mapped[str]
    name: Mapped[str | None]
    description: Mapped[str | None]

    privileges: Mapped[list[Privilege]] = relationship(
        primaryjoin="and_(Privilege.feature_id == Feature.id, Privilege.deleted_at.is_(None))",
        order_by=Privilege.seq, viewonly=True, lazy="selectin",
    )

    __table_args__ = (
        Index("uq_features_code", "organization_id", "code", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )


class EntitlementValue(Identified, Owned, Base):
    """What a plan sets a privilege to, as text (03 §1.7)."""

    __tablename__ = "entitlement_values"

    entitlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("entitlements.id", ondelete="CASCADE"))
    privilege_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("privileges.id"))
    value: Mapped[str]

    privilege: Mapped[Privilege] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("entitlement_id", "privilege_id", name="uq_entitlement_values"),)


class Entitlement(Identified, Owned, Base):
    """A plan gives a feature. Plans that override it have what it gives."""

    __tablename__ = "entitlements"

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"))
    feature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("features.id"))

    feature: Mapped[Feature] = relationship(lazy="joined", innerjoin=True)
    values: Mapped[list[EntitlementValue]] = relationship(
        order_by=EntitlementValue.seq, lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("plan_id", "feature_id", name="uq_entitlements"),)
