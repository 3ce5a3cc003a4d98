"""Three years of a customer with two subscriptions, made up from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

BIRTH, YEARS, OUTAGE = datetime(2023, 1, 9, 7, 30, tzinfo=UTC), 3, timedelta(days=40)
ZONES = ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Europe/Berlin", "America/St_Johns"]
INTERVALS = ["weekly", *["monthly"] * 3, *["quarterly"] * 3, *["semiannual"] * 3, *["yearly"] * 4]
NAMES = ("left", "right")
Body = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """What happens to one of the subscriptions at a moment; `fields` are those of the request."""

    moment: datetime
    verb: str
    name: str
    fields: Body


@dataclass(frozen=True)
class Story:
    """`outage_at`: from then on nothing happens for 40 days but what falls due."""

    customer: Body
    tax_rate: float
    plans: Sequence[Body]
    actions: Sequence[Action]
    outage_at: datetime
    ends_at: datetime


def story(seed: int) -> Story:
    """The same for the same seed."""
    random = Random(seed)
    zone = random.choice(ZONES)
    plans = [_plan(random, f"plan{number}") for number in range(6)]
    ends_at = BIRTH + timedelta(days=365 * YEARS)
    first_of_december = datetime(random.choice([2023, 2024]), 12, 1, tzinfo=UTC)  # the new year lies in the outage
    outage_at = first_of_december + timedelta(days=random.randint(0, 20), seconds=random.randint(0, 86_399))
    actions = list(_actions(random, ZoneInfo(zone), plans, outage_at, ends_at))
    fields = {"timezone": zone, "billing_configuration": {"invoice_grace_period": random.choice([0, 0, 0, 4])}}
    return Story(fields, random.choice([0.0, 20.0, 7.7]), plans, actions, outage_at, ends_at)


def _plan(random: Random, code: str) -> Body:
    interval = random.choice(INTERVALS)
    by_month = {"bill_charges_monthly": random.random() < 0.4, "bill_fixed_charges_monthly": random.random() < 0.4}
    return {
        "code": code, "interval": interval, "amount_cents": random.randint(700, 90_000),
        "pay_in_advance": random.random() < 0.5, "trial_period": random.choice([0, 0, 0, 10, 45]),
        "fixed": random.choice([None, False, True]), **(by_month if interval in ("semiannual", "yearly") else {}),
    }


def _actions(
    random: Random, zone: ZoneInfo, plans: Sequence[Body], outage_at: datetime, ends_at: datetime
) -> Iterator[Action]:
    now = BIRTH
    for name in NAMES:
        yield Action(now, "subscribe", name, {"plan_code": random.choice(plans)["code"], "billing_time": "anniversary"})
    while True:
        now = _later(random, zone, now)
        if outage_at <= now <= outage_at + OUTAGE:
            now = outage_at + OUTAGE + timedelta(hours=random.randint(1, 100))
        if now >= ends_at:
            return
        yield _action(random, now, plans)


def _later(random: Random, zone: ZoneInfo, now: datetime) -> datetime:
    """Some minutes or weeks later; at times at midnight where the customer lives, or at the beginning of a month."""
    moment = now + timedelta(days=random.choice([0, 0, *range(1, 70)]), seconds=random.randint(60, 86_399))
    kind = random.random()
    if kind < 0.6:
        return moment
    day = moment.astimezone(zone).date() + timedelta(days=1)
    day = day if kind < 0.8 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _action(random: Random, now: datetime, plans: Sequence[Body]) -> Action:
    verb = random.choice(["change"] * 6 + ["use"] * 4 + ["pay"] * 2 + ["undo", "end", "end_later", "refresh"])
    billing_time = random.choice(["calendar", "anniversary"])
    fields: Body = {"plan_code": random.choice(plans)["code"], "billing_time": billing_time}
    if random.random() < 0.2:
        fields["plan_overrides"] = {"amount_cents": random.randint(700, 90_000)}
    if verb == "end":
        credit = random.choice(["credit", "credit", "refund", "offset", "skip", None])
        invoice = random.choice(["generate", "generate", "generate", "skip", None])
        chosen = {"on_termination_credit_note": credit, "on_termination_invoice": invoice}
        fields = {name: value for name, value in chosen.items() if value}
    if verb == "end_later":
        fields = {"ending_at": (now + timedelta(days=random.randint(2, 50))).isoformat()}
    if verb == "change":
        days = random.choice([0, 0, 0, 0, -40, -8, 5])
        fields["start_in"] = days
    return Action(now, verb, random.choice(NAMES), fields)
