"""The amounts of a credit note: coupon part, taxes, subtotal, and how its total is made to add up (04 §9.4).

Amounts in cents. An item is a part of a fee, before tax and with the fee's coupons still in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lago.pricing.rounding import divide, exact, round_half_up, round_to, share_in_doubles, trunc5
from lago.pricing.taxes import HUNDRED, ZERO
from lago.pricing.values import Line, Tax


@dataclass(frozen=True)
class CreditItem:
    """`precise_amount_cents` (x of 04 §9.4, 5 decimals) of the fee `line`."""

    line: Line
    precise_amount_cents: Decimal

    @property
    def amount_cents(self) -> int:
        """What the fee counts as credited."""
        return round_half_up(self.precise_amount_cents)

    @property
    def coupon_part_cents(self) -> Decimal:
        """The part of the fee's coupons that goes back with the item: its share of the fee is a double (f × C)."""
        if not self.line.amount_cents:
            return ZERO
        share = share_in_doubles(self.precise_amount_cents, self.line.amount_cents)
        return share * self.line.precise_coupons_amount_cents

    @property
    def net_cents(self) -> Decimal:
        """What is taxed of it."""
        return self.precise_amount_cents - self.coupon_part_cents


@dataclass(frozen=True)
class CreditTax:
    """One tax that is given back: on its exact base, unrounded and rounded."""

    tax: Tax
    base_cents: Decimal
    precise_amount_cents: Decimal

    @property
    def base_amount_cents(self) -> int:
        return round_half_up(self.base_cents)

    @property
    def amount_cents(self) -> int:
        return round_half_up(self.precise_amount_cents)


@dataclass(frozen=True)
class CreditAmounts:
    """What a note amounts to; `precise_*` with 5 decimals, `taxes_rate` in percent.

    `requested_total_cents` is what the items come to, before it is made to add up (`adjusted`).
    """

    precise_items_amount_cents: Decimal
    precise_coupons_adjustment_amount_cents: Decimal
    taxes: tuple[CreditTax, ...]
    precise_taxes_amount_cents: Decimal
    taxes_rate: Decimal

    @property
    def coupons_adjustment_amount_cents(self) -> int:
        return round_half_up(self.precise_coupons_adjustment_amount_cents)

    @property
    def taxes_amount_cents(self) -> int:
        return round_half_up(self.precise_taxes_amount_cents)

    @property
    def sub_total_excluding_taxes_amount_cents(self) -> int:
        return round_half_up(self._precise_sub_total_cents)

    @property
    def precise_total_amount_cents(self) -> Decimal:
        """Items less coupons, with taxes."""
        return self._precise_sub_total_cents + self.precise_taxes_amount_cents

    @property
    def requested_total_cents(self) -> int:
        return round_half_up(self.precise_total_amount_cents)

    @property
    def _precise_sub_total_cents(self) -> Decimal:
        return self.precise_items_amount_cents - self.precise_coupons_adjustment_amount_cents


@dataclass(frozen=True)
class Parts:
    """What becomes of a note's total: credit for later invoices, money back, less to pay of its own invoice."""

    credit: int = 0
    refund: int = 0
    offset: int = 0

    @property
    def total(self) -> int:
        return self.credit + self.refund + self.offset


@exact
def credit_amounts(items: Sequence[CreditItem], *, tax_rounded_before: Decimal = ZERO) -> CreditAmounts:
    """The amounts of a note with these items.

    `tax_rounded_before`: what the other notes of the invoice gave back too much of tax by their rounding, if this one
    leaves nothing to be credited; so all of them together give back the right tax.
    """
    taxes = _taxes(items)
    amount, coupons = _sum(item.precise_amount_cents for item in items), _sum(item.coupon_part_cents for item in items)
    precise_taxes = _sum(tax.precise_amount_cents for tax in taxes) - tax_rounded_before
    return CreditAmounts(
        amount, round_to(coupons, 5), taxes, round_to(precise_taxes, 5), _taxes_rate(taxes, amount - coupons)
    )


def with_rounded_taxes(amounts: CreditAmounts) -> CreditAmounts:
    """The same with each tax rounded for itself: of notes on drafts, whenever these are made anew (04 §9.8)."""
    return replace(amounts, precise_taxes_amount_cents=_sum(Decimal(tax.amount_cents) for tax in amounts.taxes))


@exact
def excess_credit_cents(amount_cents: int, items: Sequence[CreditItem]) -> int:
    """The credit for what a progressive invoice billed too much, by these items of its fees (04 §9.7).

    Each tax is rounded for itself; no more than a cent off what the items come to, which is what a note may be.
    """
    amounts = credit_amounts(items)
    taxes, coupons = sum(tax.amount_cents for tax in amounts.taxes), _sum(item.coupon_part_cents for item in items)
    credit, exact_credit = round_half_up(amount_cents + taxes - trunc5(coupons)), amounts.requested_total_cents
    return max(exact_credit - 1, min(exact_credit + 1, credit))


def adjusted(parts: Parts, amounts: CreditAmounts) -> Parts:
    """The parts with their total moved by 1 where subtotal and taxes do not add up to it.

    The credit takes the difference; without one the refund; the offset if it is all there is (04 §9.4, where the
    reference system forgets the offset).
    """
    wanted = amounts.sub_total_excluding_taxes_amount_cents + amounts.taxes_amount_cents
    move = max(-1, min(1, wanted - parts.total))
    if parts.credit or not parts.total:
        return replace(parts, credit=parts.credit + move)
    return replace(parts, refund=parts.refund + move) if parts.refund else replace(parts, offset=parts.offset + move)


def within(parts: Parts, refundable_cents: int, due_cents: int) -> Parts:
    """The parts with a refund of no more than was paid, and an offset of no more than is due: the cent by which their
    total has moved may be too much, and becomes credit then."""
    refund, offset = min(parts.refund, refundable_cents), min(parts.offset, due_cents)
    return Parts(parts.total - refund - offset, refund, offset)


def creditable_cents(amount_cents: int, credited: Iterable[int]) -> int:
    """What is left of a fee to be credited: all items on it count, those of voided notes too (04 §9.2)."""
    return max(0, amount_cents - sum(credited))


def take_excess(amount_cents: int, creditable: Sequence[int]) -> list[int] | None:
    """How much of an excess is taken of each fee, one after the other; None if they do not reach (04 §9.7)."""
    taken, rest = [], amount_cents
    for cents in creditable:
        taken.append(min(rest, cents))
        rest -= taken[-1]
    return None if rest else taken


def _taxes(items: Sequence[CreditItem]) -> tuple[CreditTax, ...]:
    found = dict.fromkeys(tax for item in items for tax in item.line.taxes)
    bases = {tax: _sum(item.net_cents for item in items if tax in item.line.taxes) for tax in found}
    return tuple(CreditTax(tax, base, base * tax.rate / HUNDRED) for tax, base in bases.items())


def _taxes_rate(taxes: Sequence[CreditTax], net_cents: Decimal) -> Decimal:
    """Each rate by its share of what is taxed."""
    if not net_cents:
        return ZERO
    return round_to(_sum(divide(tax.base_cents, net_cents) * tax.tax.rate for tax in taxes), 5)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
