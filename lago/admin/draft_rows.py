"""What the page of a draft lets people adjust: its fees, and what has none yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lago.catalog.models import Charge, ChargeFilter, FixedCharge
from lago.invoicing.adjust_fee import Target, adjustments_of, is_adjustable, needs_price
from lago.invoicing.adjusted_fees import key_of
from lago.invoicing.document.lines import subscription_name
from lago.invoicing.fee_filter import filter_name
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import AdjustedFee, Fee, Invoice, InvoiceSubscription


@dataclass(frozen=True)
class Row:
    """A fee of a draft, with what is wanted of it; `subscription`: its name, where there are several."""

    fee: Fee
    name: str
    adjustment: AdjustedFee | None
    subscription: str | None = None


@dataclass(frozen=True)
class Offer:
    """Something of a plan that is not on the draft, because nothing was used of it."""

    target: Target
    name: str
    unit: str
    needs_price: bool = False
    subscription: str | None = None

    @property
    def address(self) -> dict[str, str]:
        """The target as parameters of an address."""
        names = {
            "subscription": self.target.subscription_id, "charge": self.target.charge_id,
            "filter": self.target.charge_filter_id, "fixed_charge": self.target.fixed_charge_id,
        }
        return {name: str(value) for name, value in names.items() if value}


def rows_of(invoice: Invoice) -> list[Row]:
    """The fees that can be adjusted, in the order in which they were made."""
    wanted = {key_of(one): one for one in adjustments_of(invoice)}
    several = len(invoice.invoice_subscriptions) > 1
    return [
        Row(fee, name_of(fee), wanted.get(key_of(fee)),
            subscription_name(fee.subscription) if several and fee.subscription else None)
        for fee in invoice.fees if is_adjustable(fee)
    ]


def offers_of(invoice: Invoice) -> list[Offer]:
    """What a fee can be added for: usage in arrears and fixed charges of the plans that have none on the draft."""
    there = {_place(fee) for fee in invoice.fees}
    lines = invoice.invoice_subscriptions
    offers = (offer for line in lines for offer in _offers(line, len(lines) > 1))
    return [offer for offer in offers if _place(offer.target) not in there]


def name_of(fee: Fee) -> str:
    """How the document calls it."""
    groups = [str(value) for value in fee.grouped_by.values() if value]
    return " · ".join([fee_name(fee), *groups, *filter(None, [filter_name(fee)])])


def price_unit(charge: Charge | None, currency: str) -> str:
    """What a unit price is in: the currency, or the pricing unit of the charge."""
    return charge.pricing_unit.short_name if charge and charge.pricing_unit else currency


def shown_units(units: Decimal) -> str:
    """Units as they are typed."""
    return f"{units.normalize():f}"


def _place(one: Fee | Target) -> tuple[object, ...]:
    """What it is for, whatever the group."""
    return one.subscription_id, one.charge_id, one.charge_filter_id, one.fixed_charge_id


def _offers(line: InvoiceSubscription, several: bool) -> Iterator[Offer]:
    plan = line.subscription.plan
    name = subscription_name(line.subscription) if several else None
    if line.invoicing_reason == "subscription_starting" or line.charges_from_datetime is None:
        return
    for charge in plan.charges:
        if not charge.pay_in_advance:
            for one in (*charge.filters, None):
                target = Target(
                    subscription_id=line.subscription_id, charge_id=charge.id, charge_filter_id=one and one.id
                )
                unit = price_unit(charge, plan.amount_currency)
                yield Offer(target, _charge_name(charge, one), unit, needs_price(charge), name)
    for fixed in plan.fixed_charges:
        if not fixed.pay_in_advance:
            target = Target(subscription_id=line.subscription_id, fixed_charge_id=fixed.id)
            yield Offer(target, _fixed_name(fixed), plan.amount_currency, subscription=name)


def _charge_name(charge: Charge, charge_filter: ChargeFilter | None) -> str:
    name = charge.invoice_display_name or charge.billable_metric.name
    if charge_filter is None:
        return name
    texts = (", ".join(values) for values in charge_filter.values.values())
    return f"{name} · {charge_filter.invoice_display_name or ' · '.join(texts)}"


def _fixed_name(fixed: FixedCharge) -> str:
    return fixed.invoice_display_name or fixed.add_on.invoice_display_name or fixed.add_on.name
