"""Changes of plans, metrics, taxes and settings that move what customers owe for: their balances follow (05 §1.12)."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from lago.catalog.models import Tax
from lago.customers.models import Customer
from lago.invoicing.flag_drafts import Changed
from lago.subscriptions.models import Subscription
from lago.wallets.ask_refresh import ask_refresh_where
from lago.wallets.models import Wallet


def flag_balances(changed: Changed) -> None:
    """Has the ongoing balances of all customers refreshed who may be concerned, as far as they have wallets."""
    for condition in _conditions(changed):
        ask_refresh_where(condition)


def _conditions(changed: Changed) -> Iterator[ColumnElement[bool]]:
    if changed.plan_ids:
        on_them = Subscription.plan_id.in_(changed.plan_ids), Subscription.status == "active"
        yield Wallet.customer_id.in_(select(Subscription.customer_id).where(*on_them))
    if changed.customer_id:
        yield Wallet.customer_id == changed.customer_id
    if changed.billing_entity_id:
        billed = Customer.billing_entity_id == changed.billing_entity_id
        yield Wallet.customer_id.in_(select(Customer.id).where(billed))
    if changed.tax_id:
        yield Wallet.organization_id.in_(select(Tax.organization_id).where(Tax.id == changed.tax_id))
