"""Ongoing balances of made-up customers, beside a direct computation that gives away cent by cent (05 §1.12)."""

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.builders.balances import balances
from tests.builders.progressive import taxed
from tests.builders.stories import customer, metric, plan, standard, subscribe, use
from tests.builders.wallets import threshold_rule, wallet

CODES = "abc"
MIDDLE = 1707523200  # 10 February 2024


def made_up(seed):
    """What there is: fee of the plan, metrics that are paid in advance, usage of both months, wallets."""
    lot = random.Random(seed)
    usage = [{code: lot.choice([0, lot.randrange(1, 900)]) for code in CODES} for _ in range(2)]
    wallets = [
        {
            "priority": place, "granted": lot.choice([0, lot.randrange(1, 1500)]), "absorbs": lot.random() < 0.2,
            "types": lot.choice([[], [], ["subscription"], ["charge"]]),
            "metrics": lot.choice([[], [], lot.sample(CODES, 1), lot.sample(CODES, 2)]),
        }
        for place in range(1, lot.randrange(1, 5) + 1)
    ]
    return {
        "fee": lot.choice([0, lot.randrange(1, 2000)]), "tax": lot.random() < 0.7,
        "in_advance": {code for code in CODES if lot.random() < 0.2}, "usage": usage, "wallets": wallets,
    }


def told(sandbox, story):
    """It is lived: a period with a draft, the next one under way. Returns wallets and the metrics' ids."""
    sandbox.at("2024-01-01T00:00:00Z")
    if story["tax"]:
        taxed(sandbox)
    metrics = {code: metric(sandbox, code, "sum_agg", field_name="cents") for code in CODES}
    charges = [
        {**standard(metrics[code], "0.01"), **({"pay_in_advance": True, "invoiceable": False} if ahead else {})}
        for code in CODES for ahead in [code in story["in_advance"]]
    ]
    plan(sandbox, amount_cents=story["fee"], charges=charges)
    customer(sandbox, billing_configuration={"invoice_grace_period": 25})
    subscribe(sandbox)
    used(sandbox, story["usage"][0], MIDDLE - 31 * 86400)
    sandbox.at("2024-02-10T00:00:00Z")
    made = [given(sandbox, one) for one in story["wallets"]]
    used(sandbox, story["usage"][1], MIDDLE)
    sandbox.at("2024-02-10T00:00:00Z")
    return made, {code: row["lago_id"] for code, row in metrics.items()}


def used(sandbox, usage, moment):
    sandbox.at("2024-01-10T00:00:00Z" if moment < MIDDLE else "2024-02-10T00:00:00Z")
    for code, cents in usage.items():
        if cents:
            use(sandbox, code, timestamp=moment, properties={"cents": cents})


def given(sandbox, one):
    rule = threshold_rule(threshold_credits="0", paid_credits="0", granted_credits="0")
    return wallet(
        sandbox, code=f"w{one['priority']}", priority=one["priority"],
        granted_credits=str(Decimal(one["granted"]) / 100),
        applies_to={"fee_types": one["types"], "billable_metric_codes": one["metrics"]},
        recurring_transaction_rules=[rule] if one["absorbs"] else [],
    )


def directly(story, metric_ids):
    """What falls to each wallet: of the largest amounts first, cent by cent, the first one with room that accepts it,
    or else the last."""
    owed = Counter()
    for usage in story["usage"]:
        for code in set(CODES) - story["in_advance"]:
            owed["charge", code] += with_tax(usage[code], story)
    owed["subscription", None] = with_tax(story["fee"], story)
    left = Counter({place: one["granted"] for place, one in enumerate(story["wallets"])})
    shares = Counter()
    in_order = sorted(owed.items(), key=lambda one: (-one[1], one[0][0], metric_ids.get(one[0][1], "")))
    for (kind, code), cents in in_order:
        accepting = [place for place, one in enumerate(story["wallets"]) if accepts(one, kind, code)]
        for _ in range(cents if accepting else 0):
            place = next(
                (place for place in accepting if story["wallets"][place]["absorbs"] or left[place] > 0), accepting[-1]
            )
            left[place] -= 1
            shares[place] += 1
    return [shares[place] for place in range(len(story["wallets"]))]


def accepts(one, kind, code):
    if not one["types"] and not one["metrics"]:
        return True
    return kind in one["types"] or code in one["metrics"]


def with_tax(cents, story):
    tax = Decimal(cents) / 5 if story["tax"] else Decimal(0)
    return cents + int(tax.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("seed", range(5))
def test_balances_are_what_a_direct_computation_gives(sandbox, seed):
    story = made_up(seed)
    made, metric_ids = told(sandbox, story)
    expected = directly(story, metric_ids)
    assert [balances(sandbox, one) for one in made] == [
        (one["granted"], share, one["granted"] - share) for one, share in zip(story["wallets"], expected, strict=True)
    ]


def test_the_stories_have_something_to_tell():
    """Not nothing: some wallets are left with credits, some have none, some are shared."""
    shares = [directly(made_up(seed), dict.fromkeys(CODES, "")) for seed in range(5)]
    assert sum(map(sum, shares)) > 5000 and any(len([part for part in row if part]) > 1 for row in shares)
