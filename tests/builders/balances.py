"""Ongoing balances of wallets, and what has them computed anew."""

from typing import Any

from sqlalchemy import delete, select

from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.customers.models import Customer
from lago.invoicing.refresh_wallets import refresh_wallets
from tests.builders.organizations import Account
from tests.builders.outbox import waiting
from tests.builders.wallets import read

MARK = "metering.watch_balances"
REFRESH = "invoicing.refresh_wallets"


def balances(caller: Account, wallet: dict[str, Any]) -> tuple[int, int, int]:
    """What is settled, what of it is used and not billed yet, and what that leaves, in cents."""
    found = read(caller, wallet)
    return found["balance_cents"], found["ongoing_usage_balance_cents"], found["ongoing_balance_cents"]


def customer_id(caller: Account, external_id: str = "acme") -> Any:
    query = select(Customer.id).where(
        Customer.organization_id == caller.organization.id, Customer.external_id == external_id
    )
    return db.session.scalars(query).one()


def refresh(caller: Account, *external_ids: str) -> None:
    """Refreshes the wallets of these customers, of `acme` if none is named, as a worker does."""
    names = external_ids or ("acme",)
    refresh_wallets([(caller.organization.id, customer_id(caller, name)) for name in names])


def marked(caller: Account) -> list[str]:
    """The customers whose wallets are to be refreshed, by their ids, in order: directly, or after one more job."""
    asked = [one for args in waiting(caller, MARK) for one in args["customer_ids"]]
    return asked + [args["customer_id"] for args in waiting(caller, REFRESH)]


def forget_marks() -> None:
    with transaction():
        db.session.execute(delete(OutboxRow).where(OutboxRow.name.in_((MARK, REFRESH))))
