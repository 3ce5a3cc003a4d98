"""Rules that the start of a subscription waits for (03 §2.6). There is one type, a payment, and no provider to pay yet.

So a rule that a start would wait for is refused; one that never applies to the subscription is kept and shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lago.core import clock
from lago.core.errors import Invalid
from lago.core.fields import exact, iso
from lago.core.ids import new_id
from lago.subscriptions.models import Subscription
from lago.subscriptions.trial import first_start, trial_from

_TYPES = ("payment",)


def rule_problems(data: Any) -> dict[str, list[str]]:
    """What is wrong with a client's list of rules, by field."""
    if data is None:
        return {}
    if not isinstance(data, list) or not all(isinstance(row, Mapping) for row in data):
        return {"activation_rules": ["invalid_format"]}
    types = [row.get("type") for row in data]
    problems = {}
    if any(kind not in _TYPES for kind in types):
        problems["activation_rules"] = ["invalid_type"]
    elif len(types) > len(set(types)):
        problems["activation_rules"] = ["duplicated_type"]
    if any(_hours(row) is None for row in data):
        problems["timeout_hours"] = ["value_must_be_positive_or_zero"]
    return problems


def put_rules(subscription: Subscription, data: Any, start: datetime) -> None:
    """Gives a subscription that is to start then the rules of a client's list, in the place of those that it has.

    Raises Invalid if the start would wait for one of them.
    """
    if data and _is_paid_at(subscription, start):
        raise Invalid({"customer": ["no_linked_payment_provider"]})
    now = iso(clock.now())
    subscription.activation_rules = [
        {
            "lago_id": str(new_id()), "type": row["type"], "timeout_hours": _hours(row), "status": "inactive",
            "expires_at": None, "created_at": now, "updated_at": now,
        }
        for row in data or ()
    ]


def replace_rules(subscription: Subscription, data: Any) -> None:
    """The same for one that is to start on another plan; if the client sent no list, it keeps its own (03 §3.2)."""
    kept = subscription.activation_rules or []
    put_rules(subscription, kept if data is None else data, subscription.subscription_at)


def settle_rules(subscription: Subscription) -> None:
    """Marks the rules of a subscription that starts now: it waits for none of them."""
    now = iso(clock.now())
    subscription.activation_rules = [
        {**rule, "status": "not_applicable", "updated_at": now} for rule in subscription.activation_rules or ()
    ]


def _is_paid_at(subscription: Subscription, start: datetime) -> bool:
    """Whether something is billed at the start: the fee of a plan in advance, unless in a trial, or fixed charges."""
    plan = subscription.plan
    if any(fixed_charge.pay_in_advance for fixed_charge in plan.fixed_charges):
        return True
    trial = trial_from(first_start(subscription, start), plan.trial_period)
    return plan.pay_in_advance and (trial is None or trial.ends_at <= start)


def _hours(row: Mapping[str, Any]) -> int | None:
    """A whole number of hours, none given means 0; None if it is none, or below 0."""
    hours = exact(row.get("timeout_hours", 0))
    if hours is None or hours < 0 or hours != hours.to_integral_value() or hours > 10**9:
        return None
    return int(hours)
