"""An invoice or a credit note as EN 16931 sees it (04 §18). Cents of the document's currency; those of credit notes
are negative."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lago.invoicing.einvoicing.figures import RateGroup


class TypeCode(StrEnum):
    """UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    PREPAID = "386"
    SELF_BILLED = "389"


class Category(StrEnum):
    """How a line is taxed: at a rate, at a rate of zero, or outside of the scope of VAT."""

    STANDARD = "S"
    ZERO = "Z"
    OUTSIDE = "O"


@dataclass(frozen=True)
class EParty:
    """Seller or buyer. Country and VAT number are not there for everyone, though the standard asks for them."""

    name: str
    country: str | None
    lines: tuple[str | None, str | None]
    city: str | None
    zipcode: str | None
    state: str | None
    legal_number: str | None
    tax_number: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True)
class ELine:
    """A fee. `price`: of a unit, in major units, never below zero."""

    name: str
    description: str | None
    units: Decimal
    price: Decimal
    cents: int
    rate: Decimal


@dataclass(frozen=True)
class EDocument:
    """`discount_is_charge`: what coupons took off an invoice comes back to the seller on its credit note.
    `refers_to`: number and date of what a credit note is for. `prepaid_cents`: paid by wallets and credit
    notes."""

    type_code: TypeCode
    number: str
    issuing_date: date
    due_date: date | None
    delivery_date: date
    currency: str
    country: str
    seller: EParty
    buyer: EParty
    buyer_reference: str
    purchase_order_number: str | None
    refers_to: tuple[tuple[str, date], ...]
    notes: tuple[str, ...]
    lines: tuple[ELine, ...]
    groups: tuple[RateGroup, ...]
    discount_is_charge: bool
    prepaid_cents: int
    outside_of_vat: bool

    @property
    def lines_cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def discount_cents(self) -> int:
        return sum(group.discount_cents for group in self.groups)

    @property
    def excluding_cents(self) -> int:
        return self.lines_cents - self.discount_cents

    @property
    def tax_cents(self) -> int:
        return sum(group.tax_cents for group in self.groups)

    @property
    def including_cents(self) -> int:
        return self.excluding_cents + self.tax_cents

    @property
    def payable_cents(self) -> int:
        return self.including_cents - self.prepaid_cents

    def category(self, rate: Decimal) -> Category:
        if self.outside_of_vat:
            return Category.OUTSIDE
        return Category.STANDARD if rate > 0 else Category.ZERO
