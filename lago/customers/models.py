"""Customers: who is billed."""

import uuid
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.catalog.models import Tax
from lago.core.db import Base, Identified, Owned, SoftDeleted
from lago.core.search import index_of_beginnings, index_of_words
from lago.organizations.models import BillingEntity

customer_taxes = Table(
    "customer_taxes",
    Base.metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("tax_id", ForeignKey("taxes.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class CustomerMetadata(Identified, Owned, Base):
    """A note of key and value that the organization keeps on a customer, and may show on documents."""

    __tablename__ = "customer_metadata"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    key: Mapped[str]
    value: Mapped[str]
    display_in_invoice: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("customer_id", "key", name="uq_customer_metadata_key", deferrable=True, initially="DEFERRED"),
    )


class Customer(Identified, Owned, SoftDeleted, Base):
    """Settings that are null are inherited from the customer's billing entity (04 §2.1)."""

    __tablename__ = "customers"

    external_id: Mapped[str]
    billing_entity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("billing_entities.id"))
    sequential_id: Mapped[int]
    slug: Mapped[str]
    account_type: Mapped[str] = mapped_column(default="customer")
    customer_type: Mapped[str | None]
    name: Mapped[str | None]
    firstname: Mapped[str | None]
    lastname: Mapped[str | None]
    legal_name: Mapped[str | None]
    legal_number: Mapped[str | None]
    tax_identification_number: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    logo_url: Mapped[str | None]
    country: Mapped[str | None]
    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    zipcode: Mapped[str | None]
    shipping_country: Mapped[str | None]
    shipping_address_line1: Mapped[str | None]
    shipping_address_line2: Mapped[str | None]
    shipping_city: Mapped[str | None]
    shipping_state: Mapped[str | None]
    shipping_zipcode: Mapped[str | None]
    currency: Mapped[str | None]
    timezone: Mapped[str | None]
    document_locale: Mapped[str | None]
    net_payment_term: Mapped[int | None]
    invoice_grace_period: Mapped[int | None]
    subscription_invoice_issuing_date_anchor: Mapped[str | None]
    subscription_invoice_issuing_date_adjustment: Mapped[str | None]
    finalize_zero_amount_invoice: Mapped[str] = mapped_column(default="inherit")
    external_salesforce_id: Mapped[str | None]
    payment_provider: Mapped[str | None]
    payment_provider_code: Mapped[str | None]
    skip_invoice_custom_sections: Mapped[bool] = mapped_column(default=False)
    exclude_from_dunning_campaign: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    applied_dunning_campaign_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dunning_campaigns.id"))

    billing_entity: Mapped[BillingEntity] = relationship(lazy="joined", innerjoin=True)
    taxes: Mapped[list[Tax]] = relationship(secondary=customer_taxes, order_by=Tax.seq, lazy="selectin")
    metadata_rows: Mapped[list[CustomerMetadata]] = relationship(
        order_by=CustomerMetadata.seq, lazy="selectin", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index(
            "uq_customers_external_id", "organization_id", "external_id", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        UniqueConstraint("organization_id", "sequential_id", name="uq_customers_sequential_id"),
        Index("ix_customers_listed", "organization_id", "created_at", "seq"),
        *(index_of_beginnings("customers", name, "deleted_at IS NULL") for name in ("name", "external_id", "email")),
        index_of_words("customers", "name", "firstname", "lastname", "legal_name", "email", "external_id"),
    )

    @property
    def applicable_timezone(self) -> str:
        """An IANA name: the customer's own zone, else its billing entity's (03 §0)."""
        return self.timezone or self.billing_entity.timezone or "UTC"

    @property
    def display_name(self) -> str:
        """What a person reads: the name, first and last name, legal name, else the external id."""
        return name_shown(self)


def name_shown(named: Any) -> str:
    """The display name of a customer, or of a row with the columns that it is made of."""
    person = " ".join(filter(None, (named.firstname, named.lastname)))
    return str(named.name or person or named.legal_name or named.external_id)


class ViesCheck(Identified, Owned, Base):
    """The question whether a customer's VAT number is registered, and its answer (04 §7).

    `status`: pending until there is an answer, then done; `answer` is shown in the webhook of it. Of a customer one is
    pending at most.
    """

    __tablename__ = "vies_checks"

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    number: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)

    customer: Mapped[Customer] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("uq_vies_checks_pending", "customer_id", unique=True, postgresql_where=text("status = 'pending'")),
    )
