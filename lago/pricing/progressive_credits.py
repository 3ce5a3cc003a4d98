"""What progressive invoices have billed before, taken off a later invoice (04 §5 S2). Amounts in cents."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ProgressiveCredit:
    """`credit_cents` are taken off the later invoice; `excess_cents` are given back by a credit note."""

    credit_cents: int
    excess_cents: int


def progressive_credit(creditable_cents: int, billed_again_cents: int) -> ProgressiveCredit:
    """What is left of a progressive invoice to be credited, on an invoice that bills so much of the same charges."""
    left = max(0, creditable_cents)
    credit = min(left, max(0, billed_again_cents))
    return ProgressiveCredit(credit, left - credit)


def discount(amount_cents: int, already_cents: Decimal, billed_before_cents: int) -> Decimal:
    """What is taken off a fee for what was billed before of the same usage: like a coupon, up to its own amount.

    `already_cents`: what was taken off it until now.
    """
    return min(Decimal(amount_cents), already_cents + billed_before_cents)
