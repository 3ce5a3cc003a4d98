"""What would be left of prepaid credits if the running period were billed now: directly from what the API shows, by the
words of 05 §1.12, without any of the code that it is held against."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import and_, or_, select

from lago.core.db import db
from lago.wallets.models import RecurringTransactionRule, Wallet
from tests.builders.organizations import Account
from tests.builders.wallet_deeds import ask
from tests.builders.wallet_stories import Body

Key = tuple[str, str, str, str]
"""Type of fee, metric and target wallet, each "" if there is none, and currency."""


def wrong_balances(account: Account, wallets: Sequence[Body], now: datetime, rate: float) -> list[str]:
    """The active ones of all wallets, as the API shows them, whose ongoing balance is another than it is directly."""
    active = sorted(
        (one for one in wallets if one["status"] == "active"),
        key=lambda one: (one["priority"], one["created_at"]),
    )
    kept = _kept(account)
    parts = shares(account, active, {one for one, is_absorbing in kept.items() if is_absorbing}, now, rate)
    wrong = []
    for one, part in zip(active, parts, strict=True):
        left, credit = one["balance_cents"] - part, 100 * Decimal(one["rate_amount"])
        told = [one[name] for name in _SHOWN]
        due = [int(part), int(left), _credits(part / credit), _credits(left / credit)]
        if [*told[:2], *map(Decimal, told[2:])] != due:
            wrong.append(f"{one['code']} has {told}, directly {due}")
    return wrong


_SHOWN = (
    "ongoing_usage_balance_cents", "ongoing_balance_cents", "credits_ongoing_usage_balance", "credits_ongoing_balance",
)


def _kept(account: Account) -> dict[str, bool]:
    """Active wallets, and whether they had a threshold rule at their last refresh: a rule that comes or goes has none
    of its own (05 §1.12)."""
    db.session.expunge_all()
    rule, wallet = RecurringTransactionRule, Wallet
    then = wallet.last_ongoing_balance_sync_at
    stood = (rule.created_at <= then, or_(rule.expiration_at.is_(None), rule.expiration_at > then))
    query = select(wallet.id, rule.id).outerjoin(rule, and_(
        rule.wallet_id == wallet.id, rule.trigger == "threshold", *stood,
        or_(rule.terminated_at.is_(None), rule.terminated_at > then),
    )).where(wallet.organization_id == account.organization.id)
    return {str(wallet_id): rule_id is not None for wallet_id, rule_id in db.session.execute(query)}


def _credits(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.00001"), ROUND_HALF_UP)


def shares(account: Account, active: Sequence[Body], absorbing: set[str], now: datetime, rate: float) -> list[Decimal]:
    """What falls to each of the active wallets, in their order. `absorbing`: ids of those with a threshold rule.

    `rate`: of the tax that everything carries, in percent.
    """
    net, left = defaultdict[Key, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for key, cents in _unbilled(account, now, Decimal(str(rate))):
        net[key] += cents
        left[key[3]] += cents
    taken = [Decimal(0) for _ in active]
    for key in sorted((key for key in net if net[key] > 0), key=lambda key: (-net[key], " ".join(key))):
        places = [place for place, one in enumerate(active) if one["currency"] == key[3] and accepts(one, key)]
        remaining = max(Decimal(0), min(net[key], left[key[3]]))
        for place in places:
            has_all = active[place]["lago_id"] in absorbing or place == places[-1]
            room = remaining if has_all else max(Decimal(0), active[place]["balance_cents"] - taken[place])
            part = min(remaining, room)
            taken[place], remaining, left[key[3]] = taken[place] + part, remaining - part, left[key[3]] - part
    return taken


def accepts(wallet: Mapping[str, Any], key: Key) -> bool:
    """Whether a wallet may pay such fees; metrics are named by their codes (05 §1.11.6)."""
    kind, metric, target, _ = key
    if target:
        return bool(target == wallet["code"])
    types, metrics = wallet["applies_to"]["fee_types"], wallet["applies_to"]["billable_metric_codes"]
    return not (types or metrics) or kind in types or (kind == "charge" and metric in metrics)


def _unbilled(account: Account, now: datetime, rate: Decimal) -> Iterator[tuple[Key, Decimal]]:
    listed = ask(account, "GET", "/subscriptions", external_customer_id="acme", per_page=100)["subscriptions"]
    active = {row["lago_id"]: row["external_id"] for row in listed if row["status"] == "active"}
    for external_id in active.values():
        yield from _usage(account, external_id, rate)
    for invoice in _invoices(account, status="draft"):
        if invoice["total_amount_cents"]:
            for key, fee in _fees(invoice):
                net = fee["amount_cents"] - Decimal(fee["precise_coupons_amount_cents"])
                yield key, net + fee["taxes_amount_cents"]
    for invoice in _invoices(account, invoice_type="progressive_billing"):
        if invoice["status"] in ("finalized", "failed") and _is_running(invoice, active, now):
            for key, fee in _fees(invoice):
                net = fee["amount_cents"] - Decimal(fee["precise_coupons_amount_cents"])
                yield key, -(net + fee["taxes_amount_cents"])


def _usage(account: Account, external_id: str, rate: Decimal) -> Iterator[tuple[Key, Decimal]]:
    """Current usage, fee by fee, without that of charges in advance, which is billed already."""
    answer = ask(account, "GET", "/customers/acme/current_usage", external_subscription_id=external_id)
    usage = answer["customer_usage"]
    for row in usage["charges_usage"]:
        code = row["billable_metric"]["code"]
        for group in row["grouped_usage"] or [row]:
            if code != "ahead":
                target = (group.get("grouped_by") or {}).get("target_wallet_code") or ""
                cents = Decimal(group["amount_cents"])
                yield ("charge", code, target, usage["currency"]), cents + _rounded(cents * rate / 100)


def _fees(invoice: Body) -> Iterator[tuple[Key, Body]]:
    for fee in invoice["fees"]:
        item = fee["item"]
        metric = item["code"] if item["type"] == "charge" else ""
        target = (item.get("grouped_by") or {}).get("target_wallet_code") or ""
        yield (item["type"], metric, target, invoice["currency"]), fee


def _is_running(invoice: Body, active: Collection[str], now: datetime) -> bool:
    """Whether its usage is of the running period of a subscription that runs; the end is shown without its fraction."""
    (period,) = invoice["billing_periods"]
    begins, ends = (datetime.fromisoformat(period[f"charges_{side}_datetime"]) for side in ("from", "to"))
    return period["lago_subscription_id"] in active and begins <= now < ends + timedelta(seconds=1)


def _invoices(account: Account, **filters: str) -> list[Body]:
    listed = ask(account, "GET", "/invoices", external_customer_id="acme", per_page=100, **filters)["invoices"]
    return [ask(account, "GET", f"/invoices/{row['lago_id']}")["invoice"] for row in listed]


def _rounded(cents: Decimal) -> Decimal:
    return cents.quantize(Decimal(1), ROUND_HALF_UP)
