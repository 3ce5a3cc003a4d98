"""What customers use: the same in every run, whatever happened before."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lago.demo.company import Buyer, story

SEED = 8
REPORTS_A_DAY = {"api_calls": 2, "messages": 2, "compute_minutes": 2, "storage": 1}
METRICS_OF = {
    "team": ("storage",), "team_yearly": ("storage",), "growth": ("api_calls", "messages"), "growth_us": ("api_calls",),
    "scale": ("messages", "compute_minutes", "storage"), "prepaid": ("compute_minutes", "api_calls"),
}
LATEST_HOUR = 8


def usage_between(buyer: Buyer, plans: set[str], after: date, until: date) -> Iterator[dict[str, Any]]:
    """The events of whoever is on these plans, day by day, in the early hours, from the day after `after` on."""
    metrics = sorted({metric for plan in plans for metric in METRICS_OF[plan]})
    for number in range(1, (until - after).days + 1):
        midnight = datetime.combine(after + timedelta(days=number), time.min, UTC)
        for metric in metrics:
            yield from _reports(buyer, metric, midnight)


def _reports(buyer: Buyer, metric: str, day: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(f"{SEED} {buyer.external_id} {metric} {day:%j}")
    if day.weekday() >= 5 and chance.random() < 0.5:
        return  # at the weekend half of them rest
    for number in range(REPORTS_A_DAY[metric]):
        at = day + timedelta(seconds=chance.randrange(3600, LATEST_HOUR * 3600))
        yield {
            "transaction_id": f"{buyer.external_id}-{metric}-{day:%Y%m%d}-{number}", "code": metric,
            "external_subscription_id": buyer.external_id, "timestamp": int(at.timestamp()),
            "properties": _properties(story()["usage"][metric], buyer, chance),
        }


def _properties(terms: dict[str, Any], buyer: Buyer, chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {terms["property"]: buyer.size * chance.randint(terms["least"], terms["most"])}
    if "key" in terms:
        found[terms["key"]] = chance.choice(terms["values"])
    return found

