"""Reads of wallets. Terminated ones are found too."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select

from lago.core.db import db
from lago.core.ids import as_uuid
from lago.customers.models import Customer
from lago.organizations.queries import billing_entity_ids
from lago.wallets.models import Wallet

MOST_WALLETS = 6
"""How many active wallets a customer may have unless his organization says otherwise (05 §1.3)."""


def wallet_by_id(organization_id: uuid.UUID, identifier: object) -> Wallet | None:
    """The wallet of that id; a text that is no id is the id of nothing."""
    query = select(Wallet).where(Wallet.organization_id == organization_id, Wallet.id == as_uuid(identifier))
    return db.session.scalar(query)


def wallet_by_code(customer_id: uuid.UUID, code: str) -> Wallet | None:
    """The customer's wallet of that code: the active one, else the one that was made last (05 §1.5)."""
    query = select(Wallet).where(Wallet.customer_id == customer_id, Wallet.code == code)
    return db.session.scalars(query.order_by(Wallet.status, Wallet.seq.desc()).limit(1)).first()


def active_wallets(customer_ids: Collection[uuid.UUID]) -> Sequence[Wallet]:
    """The active wallets of these customers in the order in which they are used (05 §1.11)."""
    query = select(Wallet).where(Wallet.customer_id.in_(customer_ids), Wallet.status == "active")
    return db.session.scalars(query.order_by(Wallet.priority, Wallet.created_at, Wallet.seq)).all()


def list_wallets(
    organization_id: uuid.UUID, *, customer_id: uuid.UUID | None = None, currency: str | None = None,
    entity_codes: Sequence[str] = (),
) -> Select[Wallet]:
    """Wallets, newest first. `entity_codes`: of one of these billing entities, the wallet's own or else its customer's.

    Raises NotFound for an unknown billing entity.
    """
    query = select(Wallet).where(Wallet.organization_id == organization_id)
    if customer_id:
        query = query.where(Wallet.customer_id == customer_id)
    if currency:
        query = query.where(Wallet.currency == currency)
    if entity_codes:
        entity = func.coalesce(Wallet.billing_entity_id, Customer.billing_entity_id)
        named = entity.in_(billing_entity_ids(organization_id, entity_codes))
        query = query.join(Wallet.customer).where(named)
    return query.order_by(Wallet.created_at.desc(), Wallet.seq.desc())


def count_active_wallets(customer_id: uuid.UUID) -> int:
    query = select(func.count()).where(Wallet.customer_id == customer_id, Wallet.status == "active")
    return db.session.scalar(query) or 0


def has_untraceable_wallet(customer_id: uuid.UUID) -> bool:
    """Whether an active wallet of the customer does not keep track of which credits were used (05 §1.14)."""
    query = select(Wallet.id).where(
        Wallet.customer_id == customer_id, Wallet.status == "active", Wallet.traceable.is_(False)
    )
    return db.session.scalar(query.limit(1)) is not None
