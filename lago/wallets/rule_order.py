"""What a rule orders of its wallet, as the wallet stands (05 §1.13)."""

from datetime import date
from decimal import Decimal

from lago.organizations.choose_sections import choice_of
from lago.pricing.top_up_rules import Standing, TopUp, TopUpRule, in_credits, top_up
from lago.wallets.balance import rate_of
from lago.wallets.models import RecurringTransactionRule, Wallet
from lago.wallets.orders import TransactionOrder


def standing(wallet: Wallet, pending: Decimal = Decimal(0)) -> Standing:
    """How a wallet stands, as of its last refresh."""
    rate = rate_of(wallet)
    least, most = (
        in_credits(cents, rate.amount * rate.subunit)
        for cents in (wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents)
    )
    return Standing(wallet.credits_ongoing_balance, pending, least, most)


def amounts(rule: RecurringTransactionRule, stands: Standing) -> TopUp:
    """What it would buy and give."""
    asked = TopUpRule(
        rule.paid_credits, rule.granted_credits,
        threshold=rule.threshold_credits if rule.trigger == "threshold" else None,
        target=rule.target_ongoing_balance if rule.method == "target" else None,
        grants_target=bool(rule.grants_target_top_up), ignores_limits=rule.ignore_paid_top_up_limits,
    )
    return top_up(asked, stands)


def rule_order(
    rule: RecurringTransactionRule, wallet: Wallet, credits: TopUp, day: date | None = None
) -> TransactionOrder:
    """The order for these credits, with what the rule says of its transactions; `day`: the date of an interval.

    Limits are those of the wallet for fixed credits alone.
    """
    return TransactionOrder(
        paid=credits.paid, granted=credits.granted, source=rule.trigger, name=rule.transaction_name,
        metadata=rule.transaction_metadata,
        purchase_order_number=rule.purchase_order_number or wallet.purchase_order_number,
        invoice_requires_successful_payment=rule.invoice_requires_successful_payment,
        ignore_limits=rule.ignore_paid_top_up_limits or rule.method == "target", rule_id=rule.id, rule_date=day,
        payment_method_type=rule.payment_method_type, payment_method_id=rule.payment_method_id,
        sections=choice_of(rule),
    )
