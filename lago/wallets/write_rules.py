"""The recurring transaction rules of a wallet: made, changed, ended (05 §1.3, §1.4, §1.13)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.organizations.choose_sections import SectionChoice, decide
from lago.pricing.rounding import round_to
from lago.pricing.wallet_amounts import limit_problem, of_sold
from lago.subscriptions.payment_method import payment_method_type
from lago.wallets.balance import rate_of
from lago.wallets.credits import MOST_CENTS
from lago.wallets.expiration import expire_rule_at
from lago.wallets.first_credits import FirstCredits
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.rule_inputs import INVALID_RULE, RULES, Values
from lago.wallets.schedule_rule import schedule_rule

_AMOUNTS = ("paid_credits", "granted_credits", "threshold_credits")
_FLAGS = ("ignore_paid_top_up_limits", "invoice_requires_successful_payment")
_NOT_COLUMNS = ("lago_id", "payment_method", "invoice_custom_section", "expiration_at")


def create_rule(wallet: Wallet, values: Values, first: FirstCredits | None = None) -> RecurringTransactionRule:
    """A rule of a stored wallet; a fixed one that names no amount tops up what the wallet gets at `first`.

    Raises Invalid where what it buys does not fit the wallet's limits.
    """
    defaults = {
        "method": "fixed", **dict.fromkeys(_AMOUNTS, Decimal(0)), "ignore_paid_top_up_limits": False,
        "invoice_requires_successful_payment": wallet.invoice_requires_successful_payment, "transaction_metadata": [],
    }
    rule = RecurringTransactionRule(
        organization_id=wallet.organization_id, wallet_id=wallet.id, status="active", payment_method_type="provider",
        skip_invoice_custom_sections=False, **defaults,
    )
    _assign(rule, {**{name: value for name, value in values.items() if value is not None}, **_copied(values, first)})
    db.session.add(rule)
    _written(wallet)
    _decide(rule, values)
    check_rules(wallet)
    schedule_rule(rule)
    return rule


def replace_rules(wallet: Wallet, sent: Sequence[Values]) -> None:
    """Changes the rules whose ids are named, makes the others anew, and ends those that nobody named."""
    known = {str(rule.id): rule for rule in wallet.rules}
    named = [known.pop(str(values.get("lago_id")), None) for values in sent]
    terminate_rules(known.values())
    _written(wallet)
    for rule, values in zip(named, sent, strict=True):
        if rule is None:
            create_rule(wallet, values)
        else:
            _assign(rule, values)
            _written(wallet)
            _decide(rule, values)
            check_rules(wallet)
            schedule_rule(rule)


def terminate_rules(rules: Iterable[RecurringTransactionRule]) -> None:
    """Ends these rules now."""
    for rule in rules:
        rule.status, rule.terminated_at = "terminated", clock.now()
        rule.top_up_due_at = rule.expiration_due_at = None


def check_rules(wallet: Wallet) -> None:
    """Raises Invalid where what a fixed rule of the wallet buys is outside of its limits, or beyond all measure."""
    least, most = wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents
    for rule in wallet.rules:
        amounts = [*(getattr(rule, name) for name in _AMOUNTS), rule.target_ongoing_balance or Decimal(0)]
        paid, *others = (of_sold(amount, rate_of(wallet)).amount_cents for amount in amounts)
        limited = rule.method == "fixed" and rule.paid_credits > 0 and not rule.ignore_paid_top_up_limits
        if (limited and limit_problem(paid, least, most)) or max(paid, *others) > MOST_CENTS:
            raise Invalid({RULES: [INVALID_RULE]})


def _written(wallet: Wallet) -> None:
    """Has the wallet know which rules it has."""
    db.session.flush()
    db.session.expire(wallet, ["rules"])


def _decide(rule: RecurringTransactionRule, values: Values) -> None:
    decide(rule, values.get("invoice_custom_section", SectionChoice()))


def _assign(rule: RecurringTransactionRule, values: Mapping[str, Any]) -> None:
    """Sets what `values` name; null amounts are 0, null flags are as good as not sent."""
    for name in values.keys() - set(_NOT_COLUMNS):
        value = values[name]
        if value is None and name in _AMOUNTS:
            value = Decimal(0)
        if value is not None or name not in (*_FLAGS, "method"):
            setattr(rule, name, value or [] if name == "transaction_metadata" else value)
    if "payment_method" in values:
        rule.payment_method_type = payment_method_type(values["payment_method"])
    if "expiration_at" in values:
        expire_rule_at(rule, values["expiration_at"])
    rule.interval = rule.interval if rule.trigger == "interval" else None
    rule.grants_target_top_up = bool(rule.grants_target_top_up) if rule.method == "target" else None


def _copied(values: Values, first: FirstCredits | None) -> Values:
    """The amounts that a fixed rule without any takes from the wallet's first credits."""
    named = any(values.get(name) is not None for name in ("paid_credits", "granted_credits"))
    if first is None or named or values.get("method") == "target":
        return {}
    return {"paid_credits": round_to(first.paid, 5), "granted_credits": round_to(first.granted, 5)}
