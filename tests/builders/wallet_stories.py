"""A year or more of a customer with prepaid credits, made up from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

BIRTH, OUTAGE = datetime(2023, 2, 7, 9, 30, tzinfo=UTC), timedelta(days=40)
ZONES = ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin"]
RATES = ["1", "0.07", "2.5", "0.33333", "10"]
INTERVALS = ["weekly", *["monthly"] * 3, *["quarterly"] * 3, *["semiannual"] * 3, *["yearly"] * 2]
METRICS = ("ahead", "bytes", "calls", "named")
NAMES = ("left", "right")
Body = dict[str, Any]

_VERBS = {
    "use": 14, "make": 5, "grant": 4, "buy": 5, "pay": 6, "fail": 2, "void": 3, "void_one": 2, "change": 3, "rule": 3,
    "end": 1, "void_invoice": 3, "note": 2, "return": 2, "stop": 1, "subscribe": 3, "coupon": 1, "draft": 2,
}
"""How often each is done."""


@dataclass(frozen=True)
class Action:
    """What is done at a moment; of what there is then, the one at place `pick`, counted in circles."""

    moment: datetime
    verb: str
    pick: int
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


def story(seed: int, *, years: int = 2, every_days: int = 12) -> Story:
    """The same for the same arguments. `every_days`: about how much time passes between two actions."""
    random = Random(seed)
    zone = random.choice(ZONES)
    plans = [_plan(random, f"plan{number}") for number in range(3)]
    ends_at = BIRTH + timedelta(days=365 * years)
    outage_at = BIRTH + timedelta(days=random.randint(100 * years, 300 * years), seconds=random.randint(0, 86_399))
    grace = {"invoice_grace_period": random.choice([0, 0, 5])}
    actions = list(_actions(random, ZoneInfo(zone), outage_at, ends_at, every_days))
    fields = {"timezone": zone, "billing_configuration": grace}
    return Story(fields, random.choice([0.0, 20.0, 7.5]), plans, actions, outage_at, ends_at)


def _plan(random: Random, code: str) -> Body:
    return {
        "code": code, "interval": random.choice(["monthly", "quarterly", "quarterly"]),
        "amount_cents": random.choice([0, random.randint(100, 9_000)]), "pay_in_advance": random.random() < 0.4,
        "thresholds": random.choice([[], [], [{"amount_cents": 3000}, {"amount_cents": 5000, "recurring": True}]]),
        "prices": [random.choice(["0.5", "1", "3.333", "12"]) for _ in METRICS],
    }


def _actions(
    random: Random, zone: ZoneInfo, outage_at: datetime, ends_at: datetime, every_days: int
) -> Iterator[Action]:
    now = BIRTH
    for verb in ("subscribe", "make", "make", "use"):
        yield _action(random, now, verb)
    while True:
        now = _later(random, zone, now, every_days)
        if outage_at <= now <= outage_at + OUTAGE:
            now = outage_at + OUTAGE + timedelta(hours=random.randint(1, 100))
        if now >= ends_at:
            return
        verbs, weights = zip(*_VERBS.items(), strict=True)
        yield _action(random, now, random.choices(verbs, weights)[0])


def _later(random: Random, zone: ZoneInfo, now: datetime, every_days: int) -> datetime:
    """Some minutes or weeks later; at times a second before midnight where the customer lives."""
    days = random.choice([0, 0, random.randint(0, every_days), random.randint(0, 3 * every_days)])
    moment = now + timedelta(days=days, seconds=random.randint(60, 86_399))
    if random.random() < 0.8:
        return moment
    day = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(seconds=1)


def _action(random: Random, now: datetime, verb: str) -> Action:
    make = _FIELDS.get(verb)
    return Action(now, verb, random.randrange(10**6), make(random, now) if make else {})


def _use(random: Random, now: datetime) -> Body:
    """Some events, of which each has its metric, its units, and at times the wallet that is to pay."""
    events = [
        {"code": random.choice(METRICS), "units": random.randint(1, 12), "target": random.choice([None, 0, 1, 2])}
        for _ in range(random.randint(1, 3))
    ]
    return {"name": random.choice(NAMES), "events": events}


def _make(random: Random, now: datetime) -> Body:
    fields = {
        "rate_amount": random.choice(RATES), "currency": random.choice(["EUR"] * 9 + ["USD"]),
        "paid_credits": _credits(random), "granted_credits": _credits(random),
        "invoice_requires_successful_payment": random.random() < 0.3, **_terms(random),
    }
    if random.random() < 0.2:
        fields |= {"paid_top_up_min_amount_cents": 500, "paid_top_up_max_amount_cents": 20_000}
    if random.random() < 0.3:
        fields["expiration_at"] = _moment(random, now, 300)
    return fields | ({"recurring_transaction_rules": [_rule(random, now)]} if random.random() < 0.5 else {})


def _terms(random: Random) -> Body:
    """Its place among the wallets, and what it may pay."""
    metrics = random.choice([[], [], random.sample(METRICS, 1), random.sample(METRICS, 2)])
    types = random.choice([[], [], [], ["subscription"], ["charge"]])
    return {"priority": random.randint(1, 5), "applies_to": {"fee_types": types, "billable_metric_codes": metrics}}


def _change(random: Random, now: datetime) -> Body:
    return _terms(random) | random.choice([{}, {}, {"expiration_at": _moment(random, now, 200)}])


def _rules(random: Random, now: datetime) -> Body:
    return {"recurring_transaction_rules": random.choice([[], [_rule(random, now)], [_rule(random, now)]])}


def _rule(random: Random, now: datetime) -> Body:
    kind = random.choice([
        {"trigger": "interval", "interval": random.choice(INTERVALS)},
        {"trigger": "threshold", "threshold_credits": str(random.randint(0, 10))},
    ])
    amounts = random.choice([
        {"paid_credits": "0" if "interval" in kind else "15", "granted_credits": _credits(random, least=1)},
        {"paid_credits": _credits(random, least=10), "granted_credits": random.choice(["0", "3"])},
        {"method": "target", "target_ongoing_balance": str(random.randint(10, 60))},
        {"method": "target", "target_ongoing_balance": str(random.randint(10, 60)), "grants_target_top_up": True},
    ])
    rule = {**kind, **amounts, "ignore_paid_top_up_limits": True, "transaction_name": "by rule"}
    if random.random() < 0.3:
        rule["started_at"] = (now + timedelta(days=random.randint(-40, 40))).isoformat()
    return rule | ({"expiration_at": _moment(random, now, 250)} if random.random() < 0.3 else {})


def _moment(random: Random, now: datetime, days: int) -> str:
    return (now + timedelta(days=random.randint(1, days), seconds=random.randint(0, 86_399))).isoformat()


def _credits(random: Random, least: int = 0) -> str:
    whole = str(random.randint(least, 60))
    return random.choice([whole, whole, "0" if not least else whole, f"{whole}.{random.randint(10, 99999)}"])


def _amounts(random: Random, now: datetime) -> Body:
    priority = random.choice([50, 50, 1, 20])
    return {"credits": _credits(random, least=1), "priority": priority, "late": random.random() < 0.3}


_FIELDS = {
    "use": _use, "make": _make, "change": _change, "rule": _rules, "grant": _amounts, "buy": _amounts, "void": _amounts,
    "void_one": lambda random, now: {"credits": random.choice([None, None, "1", "2.00001"])},
    "pay": lambda random, now: {"by": random.choice(["status", "status", "payment", "part"])},
    "void_invoice": lambda random, now: {"noted": random.random() < 0.3},
    "note": lambda random, now: {"share": random.choice([1, 2, 3])},
    "stop": lambda random, now: {"name": random.choice(NAMES)},
    "subscribe": lambda random, now: {
        "name": random.choice(NAMES), "plan_code": f"plan{random.randrange(3)}",
        "billing_time": random.choice(["calendar", "anniversary"]),
    },
    "coupon": lambda random, now: {"code": random.choice(["ten", "tenth"])},
}
