"""Organizations, their billing entities, users and API keys."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lago.core.crypto import Encrypted
from lago.core.db import Base, Identified, Owned, SoftDeleted


class BillingDetails:
    """Who issues documents, and how: an organization and its default billing entity carry the same."""

    name: Mapped[str]
    default_currency: Mapped[str] = mapped_column(default="USD")
    country: Mapped[str | None]
    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    state: Mapped[str | None]
    zipcode: Mapped[str | None]
    city: Mapped[str | None]
    email: Mapped[str | None]
    legal_name: Mapped[str | None]
    legal_number: Mapped[str | None]
    tax_identification_number: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(default="UTC")
    net_payment_term: Mapped[int] = mapped_column(default=0)
    email_settings: Mapped[list[str]] = mapped_column(default=list)
    document_numbering: Mapped[str]
    document_number_prefix: Mapped[str]
    document_locale: Mapped[str] = mapped_column(default="en")
    finalize_zero_amount_invoice: Mapped[bool] = mapped_column(default=True)
    invoice_footer: Mapped[str | None]
    invoice_grace_period: Mapped[int] = mapped_column(default=0)


class Organization(Identified, BillingDetails, Base):
    """A tenant. `clock_now` is where its sandbox clock stands; null: it lives by real time. `max_wallets`: how many
    active wallets a customer of it may have; null: as many as usual (05 §1.3). `checklist_hidden_at`: when somebody put
    away the list of first steps."""

    __tablename__ = "organizations"

    slug: Mapped[str] = mapped_column(unique=True)
    premium_integrations: Mapped[list[str]] = mapped_column(default=list)
    hmac_key: Mapped[str] = mapped_column(Encrypted, deferred=True)
    sandbox: Mapped[bool] = mapped_column(default=False)
    clock_now: Mapped[datetime | None]
    max_wallets: Mapped[int | None]
    checklist_hidden_at: Mapped[datetime | None]


class BillingEntity(Identified, Owned, BillingDetails, Base):
    """A legal body that bills. The oldest active one is the organization's default; its id is the organization's."""

    __tablename__ = "billing_entities"

    code: Mapped[str]
    phone: Mapped[str | None]
    einvoicing: Mapped[bool] = mapped_column(default=False)
    eu_tax_management: Mapped[bool] = mapped_column(default=False)
    subscription_invoice_issuing_date_anchor: Mapped[str] = mapped_column(default="next_period_start")
    subscription_invoice_issuing_date_adjustment: Mapped[str] = mapped_column(default="align_with_finalization_date")
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    applied_dunning_campaign_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dunning_campaigns.id"))

    __table_args__ = (
        Index(
            "uq_billing_entities_code", "organization_id", "code", unique=True,
            postgresql_where=text("archived_at IS NULL"),
        ),
    )


class InvoiceCustomSection(Identified, Owned, SoftDeleted, Base):
    """A text of the organization's own that invoices may carry (04 §15). `section_type`: manual, or system_generated,
    which invoices of customers that have it always carry."""

    __tablename__ = "invoice_custom_sections"

    code: Mapped[str]
    name: Mapped[str]
    display_name: Mapped[str | None]
    details: Mapped[str | None]
    description: Mapped[str | None]
    section_type: Mapped[str] = mapped_column(default="manual")

    __table_args__ = (
        Index(
            "uq_invoice_custom_sections_code", "organization_id", "code", unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )


CHOOSERS = (
    "billing_entity_id", "customer_id", "subscription_id", "wallet_id", "recurring_transaction_rule_id",
    "wallet_transaction_id",
)
"""By whom a custom section may be chosen."""


class ChosenCustomSection(Identified, Owned, Base):
    """A custom section that one of the six has chosen (04 §15)."""

    __tablename__ = "chosen_custom_sections"

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice_custom_sections.id"), index=True)
    billing_entity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("billing_entities.id"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customers.id"))
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    wallet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wallets.id"))
    recurring_transaction_rule_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("recurring_transaction_rules.id")
    )
    wallet_transaction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("wallet_transactions.id"))

    section: Mapped[InvoiceCustomSection] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint(f"num_nonnulls({', '.join(CHOOSERS)}) = 1", name="ck_chosen_custom_sections_chooser"),
        *(
            Index(
                f"uq_chosen_custom_sections_{chooser}", chooser, "section_id", unique=True,
                postgresql_where=text(f"{chooser} IS NOT NULL"),
            )
            for chooser in CHOOSERS
        ),
    )


class User(Identified, Base):
    """Someone who signs in; may belong to several organizations."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class PasswordReset(Identified, Base):
    """A link by which a user chooses a new password, once, until `expires_at` (06 §6). Only the token's digest is
    kept; all times are real time."""

    __tablename__ = "password_resets"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Role(Identified, Owned, Base):
    """A role that an organization has made for itself (06 §6): `permissions` are names such as `plans:view`."""

    __tablename__ = "roles"

    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    permissions: Mapped[list[str]]

    __table_args__ = (UniqueConstraint("organization_id", "code", name="uq_roles_code"),)


class Membership(Identified, Owned, Base):
    """A user's place in an organization, with role codes such as `admin`."""

    __tablename__ = "memberships"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    roles: Mapped[list[str]] = mapped_column(default=list)
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_memberships", "organization_id", "user_id", unique=True, postgresql_where=text("revoked_at IS NULL")
        ),
    )


class Invite(Identified, Owned, Base):
    """An open invitation to join; its token is in the link that is shown to the inviter (06 §6)."""

    __tablename__ = "invites"

    email: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    roles: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="pending")


class ApiKey(Identified, Owned, Base):
    """A key of the API: only its digest and last four characters are kept. `permissions` null: everything."""

    __tablename__ = "api_keys"

    name: Mapped[str | None]
    digest: Mapped[str]
    last_four: Mapped[str]
    permissions: Mapped[dict[str, Any] | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("digest", name="uq_api_keys_digest"),)
