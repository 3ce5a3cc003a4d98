"""Who has chosen a custom section, for its page (04 §15)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity, ChosenCustomSection, InvoiceCustomSection
from lago.subscriptions.models import Subscription
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction


@dataclass(frozen=True)
class Use:
    """Something that has chosen the section: what it is, how it is called, and whose page shows it."""

    kind: str
    name: str
    page: str
    page_id: uuid.UUID


def choices_of(section: InvoiceCustomSection) -> Select[ChosenCustomSection]:
    """Who has chosen it, the last ones first."""
    query = select(ChosenCustomSection).where(ChosenCustomSection.section_id == section.id)
    return query.options(lazyload("*")).order_by(ChosenCustomSection.created_at.desc(), ChosenCustomSection.seq.desc())


def uses(rows: Sequence[ChosenCustomSection]) -> list[Use]:
    """What these choices are called, in as many queries for many as for few."""
    entities = _by_id(BillingEntity, [row.billing_entity_id for row in rows])
    customers = _by_id(Customer, [row.customer_id for row in rows])
    subscriptions = _by_id(Subscription, [row.subscription_id for row in rows])
    rules = _wallets_of(RecurringTransactionRule, [row.recurring_transaction_rule_id for row in rows])
    bought = _wallets_of(WalletTransaction, [row.wallet_transaction_id for row in rows])
    wallets = _by_id(Wallet, [*(row.wallet_id for row in rows), *rules.values(), *bought.values()])
    return [_use(row, entities | customers | subscriptions | wallets, rules | bought) for row in rows]


def _use(row: ChosenCustomSection, records: Mapping[uuid.UUID, Any], wallets: Mapping[uuid.UUID, uuid.UUID]) -> Use:
    if row.billing_entity_id:
        return Use("Billing entity", records[row.billing_entity_id].name, "billing_entity", row.billing_entity_id)
    if row.customer_id:
        return Use("Customer", records[row.customer_id].display_name, "customer", row.customer_id)
    if row.subscription_id:
        one = records[row.subscription_id]
        return Use("Subscription", one.name or one.external_id, "subscription", one.id)
    of_wallet = row.recurring_transaction_rule_id or row.wallet_transaction_id
    wallet = records[wallets[of_wallet] if of_wallet else row.wallet_id]
    kind = "Wallet" if row.wallet_id else "Rule of a wallet" if row.recurring_transaction_rule_id else "Top-up"
    return Use(kind, wallet.name or wallet.code, "wallet", wallet.id)


def _by_id(model: Any, ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, Any]:
    wanted = set(filter(None, ids))
    if not wanted:
        return {}
    rows = db.session.scalars(select(model).where(model.id.in_(wanted)).options(lazyload("*")))
    return {row.id: row for row in rows}


def _wallets_of(model: Any, ids: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, uuid.UUID]:
    """The wallet of each rule or transaction."""
    wanted = set(filter(None, ids))
    query = select(model.id, model.wallet_id).where(model.id.in_(wanted))
    return {row.id: row.wallet_id for row in db.session.execute(query)} if wanted else {}
