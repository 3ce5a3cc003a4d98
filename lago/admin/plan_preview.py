"""What a price costs: for sample units, as a curve, and tier by tier, computed as it is billed."""

from dataclasses import dataclass
from decimal import Decimal

from lago.admin.charts import nice_edge
from lago.admin.formats import amount, units
from lago.admin.plan_samples import ONE, Sample, Terms, rows_of_samples, sizes_of_curve, usage_of
from lago.catalog.models import Charge
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.parts import parts_of
from lago.invoicing.models import Fee
from lago.pricing.charge_models import price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.pricing_units import LIKE_A_UNIT, amounts_in_units, in_money
from lago.pricing.rounding import round_to
from lago.pricing.values import FeeAmounts, Price

HUNDRED = Decimal(100)
PLACES = Decimal("0.001")
UNIT_PLACES = 6


@dataclass(frozen=True)
class Money:
    """What an amount is said in. `rate`: what one of the pricing unit is worth, of a charge that is priced in one."""

    currency: str
    rate: Decimal | None = None

    @property
    def priced_in(self) -> str:
        return self.currency if self.rate is None else LIKE_A_UNIT

    def amounts(self, price: Price) -> FeeAmounts:
        """What is charged for a price."""
        if self.rate is None:
            return fee_amounts(price, self.currency)
        return in_money(amounts_in_units(price), self.rate, self.currency)

    def text(self, cents: int) -> str:
        return f"{amount(cents, self.currency)} {self.currency}"


@dataclass(frozen=True)
class Dot:
    """A point of the curve: per cent of its width, and of its height from above; and what it says."""

    x: Decimal
    y: Decimal
    label: str
    text: str


@dataclass(frozen=True)
class Row:
    """A sample and what it costs, as a whole and by the unit."""

    label: str
    text: str
    each: str
    chosen: bool


@dataclass(frozen=True)
class Part:
    """A line of how the amount of the sample comes to be, as the invoice prints it."""

    label: str
    units: str
    price: str
    amount: str


@dataclass(frozen=True)
class Preview:
    """`sample`: its size. `stops`: points of the curve at even distances, to be read; `mark`: that of the sample."""

    sample: str
    row: Row
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    curve: tuple[Dot, ...]
    stops: tuple[Dot, ...]
    mark: Dot
    top_text: str


def preview_of(terms: Terms, sample: Sample, money: Money) -> Preview:
    even, sizes = sizes_of_curve(terms, sample)
    cents = {size: _amounts(terms, Sample(size, sample.each), money).amount_cents for size in sizes}
    top = nice_edge(Decimal(max(cents.values()))) or ONE
    dots = {
        size: Dot(
            (HUNDRED * size / even[-1]).quantize(PLACES), (HUNDRED - HUNDRED * cents[size] / top).quantize(PLACES),
            label_of(Sample(size, sample.each)), money.text(cents[size]),
        )
        for size in sizes
    }
    return Preview(
        sample=units(sample.size),
        row=_row(terms, sample, money, chosen=True),
        rows=tuple(_row(terms, one, money, chosen=one == sample) for one in rows_of_samples(terms, sample)),
        parts=_parts(terms, sample, money),
        curve=tuple(dots.values()),
        stops=tuple(dots[size] for size in even),
        mark=dots[sample.size],
        top_text=money.text(int(top)),
    )


def label_of(sample: Sample) -> str:
    """`1,200 units`, `100 events of 50`."""
    if sample.each is None:
        return f"{units(sample.size)} unit{'' if sample.size == 1 else 's'}"
    events = f"{units(sample.size)} event{'' if sample.size == 1 else 's'}"
    return events if sample.each == 1 else f"{events} of {units(sample.each)}"


def _price(terms: Terms, sample: Sample, money: Money) -> Price:
    return price_usage(terms.model, usage_of(terms, sample), terms.properties, money.priced_in)


def _amounts(terms: Terms, sample: Sample, money: Money) -> FeeAmounts:
    return money.amounts(_price(terms, sample, money))


def _row(terms: Terms, sample: Sample, money: Money, *, chosen: bool) -> Row:
    amounts = _amounts(terms, sample, money)
    each = units(round_to(amounts.precise_unit_amount, UNIT_PLACES))
    return Row(label_of(sample), money.text(amounts.amount_cents), f"{each} {money.currency}", chosen)


def _parts(terms: Terms, sample: Sample, money: Money) -> tuple[Part, ...]:
    """Nothing of what is priced in a unit, whose details no money is in."""
    if money.rate is not None:
        return ()
    price = _price(terms, sample, money)
    charge = Charge(charge_model=terms.model)
    fee = Fee(
        charge=charge, properties={}, amount_details=price.amount_details, units=price.units,
        amount_cents=fee_amounts(price, money.currency).amount_cents,
    )
    show = Formats("en", money.currency).show
    lines = ((one.label, one.units, one.unit_price, one.amount) for one in parts_of(fee))
    return tuple(Part(*map(show, line)) for line in lines)
