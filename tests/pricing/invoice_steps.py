"""An invoice through all steps of 04 §5, S1 to S8, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lago.pricing.coupons import Coupon, Discounted, take
from lago.pricing.progressive_credits import discount
from lago.pricing.taxes import tax_line
from lago.pricing.totals import totals
from lago.pricing.used_credit import UsedCredit, use_credit
from lago.pricing.values import Line, TaxedLine, Totals
from lago.pricing.wallet_allocation import FeeKey, PayingFee, WalletScope, allocate


@dataclass(frozen=True)
class Given:
    """What an invoice is made of. `lines`: its fees before any credit; `billed_before`: in cents, of each fee, by
    progressive invoices, and `billed_beside` of what has no fee any more; `coupons` with the places of the fees that
    each is limited to, None if it is for all."""

    lines: Sequence[Line]
    billed_before: Sequence[int] = ()
    coupons: Sequence[tuple[Coupon, set[int] | None]] = ()
    notes: Sequence[int] = ()
    wallets: Sequence[tuple[WalletScope, int]] = ()
    keys: Sequence[FeeKey] = ()
    billed_beside: int = 0


@dataclass(frozen=True)
class Made:
    """The invoice, with what each coupon took of it, each note and each wallet. `before`: the totals without notes and
    wallets."""

    totals: Totals
    before: Totals
    lines: Sequence[TaxedLine]
    of_coupons: Sequence[int]
    of_notes: UsedCredit
    of_wallets: Sequence[int]


def invoice(given: Given) -> Made:
    """The amounts of the invoice that these things make."""
    credit, fees = _progressive(given)
    of_coupons, fees = _coupons(given, sum(line.amount_cents for line in given.lines) - credit, fees)
    lines = [
        tax_line(replace(line, precise_coupons_amount_cents=fee.precise_coupons_amount_cents))
        for line, fee in zip(given.lines, fees, strict=True)
    ]
    credits: dict[str, Any] = {
        "progressive_billing_credit_amount_cents": credit, "coupons_amount_cents": sum(of_coupons)
    }
    before = totals(lines, **credits)
    owed = [one.line.net_amount_cents + one.taxes_amount_cents for one in lines]
    notes = use_credit(before.total_amount_cents, given.notes, owed)
    left = before.total_amount_cents - notes.total
    wallets = allocate(left, _paying(given, lines, notes), given.wallets) if left else [0 for _ in given.wallets]
    after = totals(
        lines, **credits, credit_notes_amount_cents=notes.total, prepaid_credit_amount_cents=sum(wallets)
    )
    return Made(after, before, lines, of_coupons, notes, wallets)


def _progressive(given: Given) -> tuple[int, list[Discounted]]:
    """S2: what is credited, no more than the fees come to, and the fees after it."""
    billed = given.billed_before or [0 for _ in given.lines]
    fees = [
        Discounted(line.amount_cents, discount(line.amount_cents, Decimal(0), cents))
        for line, cents in zip(given.lines, billed, strict=True)
    ]
    credit = given.billed_beside + int(sum(fee.precise_coupons_amount_cents for fee in fees))
    return min(credit, sum(line.amount_cents for line in given.lines)), fees


def _coupons(given: Given, left: int, fees: Sequence[Discounted]) -> tuple[list[int], Sequence[Discounted]]:
    """S3: until nothing is left; a limited one only where it has a fee."""
    taken = []
    for coupon, targets in given.coupons:
        if left > 0 and targets != set():
            found = take(coupon, left, fees, targets)
            fees, left = found.fees, left - found.amount_cents
            taken.append(found.amount_cents)
    return taken, fees


def _paying(given: Given, lines: Sequence[TaxedLine], notes: UsedCredit) -> list[PayingFee]:
    keys = given.keys or [FeeKey("subscription") for _ in lines]
    return [
        PayingFee(key, one.line.net_amount_cents, one.taxes_precise_amount_cents, paid)
        for key, one, paid in zip(keys, lines, notes.of_fees, strict=True)
    ]
