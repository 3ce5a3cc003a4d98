"""The types of alerts: whose figure it is, and in which direction it is watched (03 §8, 05 §1.16)."""

from dataclasses import dataclass

from lago.pricing.alerts import Direction

CURRENT_AMOUNT = "current_usage_amount"
LIFETIME_AMOUNT = "lifetime_usage_amount"
METRIC_AMOUNT = "billable_metric_current_usage_amount"
METRIC_UNITS = "billable_metric_current_usage_units"
METRIC_LIFETIME_UNITS = "billable_metric_lifetime_usage_units"
BALANCE = "wallet_balance_amount"
CREDITS_BALANCE = "wallet_credits_balance"
ONGOING_BALANCE = "wallet_ongoing_balance_amount"
CREDITS_ONGOING_BALANCE = "wallet_credits_ongoing_balance"

OF_METRICS = (METRIC_AMOUNT, METRIC_UNITS, METRIC_LIFETIME_UNITS)
AMOUNTS = (CURRENT_AMOUNT, LIFETIME_AMOUNT, METRIC_AMOUNT)
"""Those whose values are cents of the plan's currency; the others are units of a metric."""


@dataclass(frozen=True)
class Family:
    """The alerts of one kind of object."""

    types: tuple[str, ...]
    direction: Direction


OF_SUBSCRIPTIONS = Family((CURRENT_AMOUNT, LIFETIME_AMOUNT, *OF_METRICS), "increasing")
OF_WALLETS = Family((BALANCE, CREDITS_BALANCE, ONGOING_BALANCE, CREDITS_ONGOING_BALANCE), "decreasing")
