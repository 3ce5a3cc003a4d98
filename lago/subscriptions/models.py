"""Subscriptions: a customer on a plan, from a start to an end."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import Feature, Plan, Privilege
from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.core.search import index_of_beginnings, index_of_words
from lago.customers.models import Customer


class Subscription(Identified, Owned, Base):
    """`subscription_at` anchors anniversary periods; `started_at` is when service began (03 §2.2).
    `first_started_at` is when the first of the customer's subscriptions of this external id did: trials count from it
    (03 §5.5). `last_billed_on` is the last billing day that was settled, a local date of the zone of that time;
    `termination_alerted_on` the last UTC date on which its coming end was told of.
    `activation_rules` are as the API shows them.

    The `*_due_at` are the moments at which its next work falls due; `lago/subscriptions/schedule.py` alone computes
    them.
    """

    __tablename__ = "subscriptions"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plans.id"), index=True)
    previous_subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    billing_entity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billing_entities.id"))
    external_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    status: Mapped[str]
    billing_time: Mapped[str] = mapped_column(default="calendar")
    subscription_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    first_started_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    ending_at: Mapped[datetime | None]
    terminated_at: Mapped[datetime | None]
    canceled_at: Mapped[datetime | None]
    trial_ended_at: Mapped[datetime | None]
    on_termination_credit_note: Mapped[str | None]
    on_termination_invoice: Mapped[str] = mapped_column(default="generate")
    cancellation_reason: Mapped[str | None]
    activation_rules: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    purchase_order_number: Mapped[str | None]
    consolidate_invoice: Mapped[bool] = mapped_column(default=True)
    progressive_billing_disabled: Mapped[bool] = mapped_column(default=False)
    payment_method_type: Mapped[str] = mapped_column(default="provider")
    payment_method_id: Mapped[uuid.UUID | None]
    skip_invoice_custom_sections: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    last_billed_on: Mapped[date | None] = mapped_column(Date)
    termination_alerted_on: Mapped[date | None] = mapped_column(Date)
    activation_due_at: Mapped[datetime | None]
    billing_due_at: Mapped[datetime | None]
    termination_due_at: Mapped[datetime | None]
    trial_end_due_at: Mapped[datetime | None]
    termination_alert_due_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)
    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index(
            "uq_subscriptions_active", "organization_id", "external_id", unique=True,
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_subscriptions_external_id", "organization_id", "external_id"),
        Index("ix_subscriptions_customer", "customer_id"),
        Index("ix_subscriptions_listed", "organization_id", "subscription_at", "seq"),
        Index("ix_subscriptions_previous", "previous_subscription_id"),
        *(index_of_beginnings("subscriptions", name) for name in ("external_id", "name")),
        index_of_words("subscriptions", "external_id", "name"),
        *(
            Index(
                f"ix_subscriptions_{work}_due", "organization_id", f"{work}_due_at",
                postgresql_where=text(f"{work}_due_at IS NOT NULL"),
            )
            for work in ("activation", "billing", "termination", "trial_end", "termination_alert")
        ),
    )


class FixedChargeUnits(Identified, Owned, Base):
    """From `timestamp` on a subscription has so many units of a fixed charge (02 §8.2); later rows overrule earlier."""

    __tablename__ = "fixed_charge_units"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    fixed_charge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fixed_charges.id"))
    units: Mapped[Decimal] = mapped_column(Numeric(30, 10))
    timestamp: Mapped[datetime]

    __table_args__ = (Index("ix_fixed_charge_units", "subscription_id", "fixed_charge_id", "timestamp"),)


class OwnFixedChargeUnits(Identified, Owned, Base):
    """The units that a subscription has of a fixed charge of its plan, whatever the plan says (03 §1.5)."""

    __tablename__ = "own_fixed_charge_units"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    fixed_charge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fixed_charges.id"))
    units: Mapped[Decimal] = mapped_column(Numeric(30, 10))

    __table_args__ = (UniqueConstraint("subscription_id", "fixed_charge_id", name="uq_own_fixed_charge_units"),)


class SubscriptionUsageThreshold(Identified, Owned, SoftDeleted, Base):
    """A usage threshold of one subscription; if it has any, those of its plan do not apply (03 §7.2)."""

    __tablename__ = "subscription_usage_thresholds"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    amount_cents: Mapped[int]
    threshold_display_name: Mapped[str | None]
    recurring: Mapped[bool] = mapped_column(default=False)


class SubscriptionEntitlementValue(Identified, Owned, Base):
    """What a subscription sets a privilege to, as text, whatever its plan says (03 §1.7)."""

    __tablename__ = "subscription_entitlement_values"

    entitlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscription_entitlements.id", ondelete="CASCADE"))
    privilege_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("privileges.id"))
    value: Mapped[str]

    privilege: Mapped[Privilege] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("entitlement_id", "privilege_id", name="uq_subscription_entitlement_values"),)


class SubscriptionEntitlement(Identified, Owned, Base):
    """A feature that a subscription has of its own, or with values of its own."""

    __tablename__ = "subscription_entitlements"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    feature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("features.id"))

    feature: Mapped[Feature] = relationship(lazy="joined", innerjoin=True)
    values: Mapped[list[SubscriptionEntitlementValue]] = relationship(
        order_by=SubscriptionEntitlementValue.seq, lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("subscription_id", "feature_id", name="uq_subscription_entitlements"),)


class EntitlementRemoval(Identified, Owned, Base):
    """A feature of the plan, or one privilege of it, that a subscription does not have."""

    __tablename__ = "entitlement_removals"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    feature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("features.id"))
    privilege_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("privileges.id"))

    __table_args__ = (
        Index(
            "uq_entitlement_removals", "subscription_id", "feature_id", "privilege_id", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
