"""A rule tops up a wallet on a date of its interval (05 §1.13)."""

import logging
import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Row, Select, select

from lago.core import clock
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid
from lago.customers.models import Customer
from lago.wallets.create_transactions import create_transactions
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction
from lago.wallets.rule_order import amounts, rule_order, standing
from lago.wallets.schedule_rule import schedule_rule, today_of
from lago.wallets.threshold_rules import is_in_force

log = logging.getLogger(__name__)

_rule = RecurringTransactionRule


def serve_interval(rule: RecurringTransactionRule, wallet: Wallet) -> list[WalletTransaction]:
    """Does what an interval rule asks for if today, at the customer's, is one of its days and it is yet to be served;
    moves it on. Its customer is locked. Returns what was bought and given.

    A rule that no longer fits the wallet's limits gives nothing (05 §1.13), and waits for its next date.
    """
    today = today_of(rule, wallet)
    made = _served(rule, wallet, today) if today is not None and is_in_force(rule) else []
    schedule_rule(rule, served=today)
    return made


def _served(rule: RecurringTransactionRule, wallet: Wallet, today: date) -> list[WalletTransaction]:
    try:
        with all_or_nothing():
            return create_transactions(wallet, rule_order(rule, wallet, amounts(rule, standing(wallet)), today))
    except Invalid as error:
        log.warning("interval not served", extra={"rule_id": str(rule.id), "details": error.details})
        return []


def due_rules(customer_ids: Collection[uuid.UUID]) -> Sequence[Row[RecurringTransactionRule, Wallet]]:
    """Interval rules of customers that are due by now, with their wallets, the oldest first."""
    query = _with_wallets().where(Wallet.customer_id.in_(customer_ids), _rule.top_up_due_at <= clock.now())
    return db.session.execute(query.order_by(_rule.seq)).all()


def reschedule_rules(customer_id: uuid.UUID) -> None:
    """Moves the due moments of a customer's rules after his days have moved (another time zone)."""
    query = _with_wallets().where(Wallet.customer_id == customer_id, _rule.top_up_due_at.is_not(None))
    for rule, _ in db.session.execute(query).all():
        schedule_rule(rule)


def owners_of_interval_rules(billing_entity_id: uuid.UUID) -> Sequence[Row[uuid.UUID, uuid.UUID]]:
    """The organization and the customer of each interval rule whose customer that entity bills, once each."""
    query = (
        select(Customer.organization_id, Customer.id)
        .join(Wallet, Wallet.customer_id == Customer.id)
        .join(_rule, _rule.wallet_id == Wallet.id)
        .where(Customer.billing_entity_id == billing_entity_id, _rule.top_up_due_at.is_not(None))
    )
    return db.session.execute(query.distinct()).all()


def _with_wallets() -> Select[RecurringTransactionRule, Wallet]:
    return select(_rule, Wallet).join(Wallet, Wallet.id == _rule.wallet_id)
