"""A made-up life with prepaid credits is lived: over the API, by the sandbox clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from lago.core import due
from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.organizations.clock import _set
from tests.builders.coupons import coupon_body, percent_body
from tests.builders.organizations import Account
from tests.builders.stories import customer, metric, plan, standard
from tests.builders.wallet_deeds import VERBS, ask
from tests.builders.wallet_stories import BIRTH, METRICS, OUTAGE, Action, Body, Story

Look = Callable[[Action], None]


def live(account: Account, life: Story, look: Look = lambda action: None, *, outage: str = "none") -> None:
    """Lives it, and looks after each action, once all that it brings about is done.

    `outage`: the forty days go by in steps ("none"), in one leap of the clock ("leap"), or nobody is at work until they
    are over, and then all is caught up as workers do it under real time ("asleep").
    """
    move(account, BIRTH)
    _settle_in(account, life)
    before = [action for action in life.actions if action.moment < life.outage_at]
    for action in before:
        _do(account, action, look)
    move(account, life.outage_at)
    _OUTAGES[outage](account, life.outage_at)
    for action in life.actions[len(before):]:
        _do(account, action, look)
    move(account, life.ends_at)
    look(Action(life.ends_at, "nothing", 0, {}))


def move(account: Account, moment: datetime) -> None:
    """Moves the clock; nothing on the way may fail."""
    answer = ask(account, "PUT", "/test_clock", {"test_clock": {"now": moment.isoformat()}})
    assert "test_clock" in answer, answer


def _settle_in(account: Account, life: Story) -> None:
    if life.tax_rate:
        tax = {"name": "VAT", "code": "vat", "rate": life.tax_rate, "applied_to_organization": True}
        account.post("/taxes", {"tax": tax})
    metrics = [metric(account, code, "sum_agg", field_name="units") for code in METRICS]
    of_charges: list[Body] = [{"pay_in_advance": True}, {}, {}, {"accepts_target_wallet": True}]
    for fields in life.plans:
        rows = zip(metrics, fields["prices"], of_charges, strict=True)
        charges = [{**standard(row, price), **others} for row, price, others in rows]
        others = {name: value for name, value in fields.items() if name not in ("prices", "thresholds")}
        plan(account, **others, charges=charges, usage_thresholds=fields["thresholds"])
    customer(account, **life.customer)
    account.post("/coupons", {"coupon": coupon_body("ten", reusable=True)})
    account.post("/coupons", {"coupon": percent_body(10.0, "tenth", frequency="forever", reusable=True)})


def _do(account: Account, action: Action, look: Look) -> None:
    move(account, action.moment)
    VERBS[action.verb](account, action)
    move(account, action.moment)  # does what waits in the background
    look(action)


def _stay_awake(account: Account, since: datetime) -> None:
    for days in range(4, OUTAGE.days + 1, 4):
        move(account, since + timedelta(days=days))


def _leap(account: Account, since: datetime) -> None:
    move(account, since + OUTAGE)


def _fall_asleep(account: Account, since: datetime) -> None:
    over, organization_id = since + OUTAGE, account.organization.id
    _set(organization_id, None)
    with transaction():
        ids = db.session.scalars(select(Customer.id).where(Customer.organization_id == organization_id)).all()
    due.perform_all(over, ids)
    _set(organization_id, over)
    move(account, over)


_OUTAGES = {"none": _stay_awake, "leap": _leap, "asleep": _fall_asleep}
