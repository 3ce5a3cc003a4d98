"""What may happen in the story: each deed by its name, done by calls of the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lago.demo.calls import Calls
from lago.demo.company import Buyer
from lago.demo.months import iso


@dataclass
class World:
    """The company as the story goes on. `plans`: what each subscriber is on, or was before his present plan; who has
    ended is not in there. `used`: the last day of each whose usage was reported, at first that of his beginning."""

    calls: Calls
    buyers: dict[str, Buyer]
    now: datetime
    plans: dict[str, set[str]] = field(default_factory=dict)
    used: dict[str, date] = field(default_factory=dict)

    def move_to(self, moment: datetime) -> None:
        """Has the time go by until then, with all that falls due on the way."""
        self.calls.put("/test_clock", {"test_clock": {"now": iso(moment)}})
        self.now = moment


Deed = Callable[..., None]
DEEDS: dict[str, Deed] = {}


def deed(function: Deed) -> Deed:
    """Registers a deed under its own name."""
    DEEDS[function.__name__] = function
    return function


@deed
def join(world: World, customer: str) -> None:
    buyer = world.buyers[customer]
    world.calls.post("/customers", {"customer": customer_body(buyer)})
    body = {"external_customer_id": customer, "external_id": customer, "plan_code": buyer.plan, "name": buyer.name}
    world.calls.post("/subscriptions", {"subscription": body})
    world.plans[customer], world.used[customer] = {buyer.plan}, world.now.date()
    if buyer.seats:
        seats(world, customer, buyer.seats)


def customer_body(buyer: Buyer) -> dict[str, Any]:
    body = {
        "external_id": buyer.external_id, "name": buyer.name, "legal_name": buyer.name, "country": buyer.country,
        "city": buyer.city, "timezone": buyer.timezone, "currency": buyer.currency, "tax_codes": [buyer.tax],
        "email": f"accounts@{buyer.external_id.replace('_', '-')}.example",
    }
    return {**body, "billing_entity_code": buyer.entity} if buyer.entity else body


@deed
def change_plan(world: World, customer: str, plan: str) -> None:
    body = {"external_customer_id": customer, "external_id": customer, "plan_code": plan}
    world.calls.post("/subscriptions", {"subscription": body})
    world.plans[customer].add(plan)


@deed
def seats(world: World, subscription: str, units: int) -> None:
    body = {"units": units, "apply_units_immediately": True}
    world.calls.put(f"/subscriptions/{subscription}/fixed_charges/seats", {"fixed_charge": body})


@deed
def terminate(world: World, subscription: str) -> None:
    world.calls.delete(f"/subscriptions/{subscription}")
    del world.plans[subscription]


@deed
def coupon(world: World, customer: str, code: str) -> None:
    body = {"external_customer_id": customer, "coupon_code": code}
    world.calls.post("/applied_coupons", {"applied_coupon": body})


@deed
def wallet(world: World, customer: str, name: str, paid: str, granted: str, **rule: str) -> None:
    body = {
        "external_customer_id": customer, "name": name, "rate_amount": "1", "currency": "EUR",
        "paid_credits": paid, "granted_credits": granted, "recurring_transaction_rules": _rules(**rule),
    }
    world.calls.post("/wallets", {"wallet": body})


def _rules(below: str | None = None, fill: str | None = None, monthly: str | None = None) -> list[dict[str, Any]]:
    if monthly:
        return [{"trigger": "interval", "interval": "monthly", "paid_credits": monthly, "granted_credits": "0"}]
    if below:
        return [{"trigger": "threshold", "threshold_credits": below, "paid_credits": fill, "granted_credits": "0"}]
    return []


@deed
def top_up(world: World, customer: str, paid: str, granted: str) -> None:
    (found, *_) = world.calls.get(f"/wallets?external_customer_id={customer}")["wallets"]
    body = {"wallet_id": found["lago_id"], "paid_credits": paid, "granted_credits": granted}
    world.calls.post("/wallet_transactions", {"wallet_transaction": body})


@deed
def alert(world: World, subscription: str, code: str, at: list[str]) -> None:
    thresholds = [{"code": f"over_{value}", "value": f"{value}00"} for value in at]
    body = {"alert_type": "current_usage_amount", "code": code, "name": "Spending", "thresholds": thresholds}
    world.calls.post(f"/subscriptions/{subscription}/alerts", {"alert": body})
