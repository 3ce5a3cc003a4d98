"""Fees that are priced in a pricing unit, on documents: in the unit, then converted (04 §17, 02 §1.7, §10)."""

from typing import Any

from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from tests.builders.invoices import a_charge, a_charge_fee, a_subscription, an_invoice

CREDITS = {"short_name": "CR", "conversion_rate": "0.25"}


def _printed(model: str, cents: int, units: str, kept: dict[str, Any], **fields: Any) -> list[tuple[str, ...]]:
    """Label, units, price and amount of the sub-lines of a fee, as printed, with ordinary spaces."""
    subscription = a_subscription()
    charge = a_charge(subscription, "Usage", model)
    fields |= {"charge": charge, "pricing_unit_details": CREDITS | kept}
    invoice = an_invoice(a_charge_fee(subscription, "Usage", cents, units, **fields))
    (line,) = document_of(invoice).chapters[0].sections[0].lines
    show = Formats("en", "EUR").show
    rows = [(part.label, part.units, part.unit_price, part.amount) for part in line.parts]
    return [tuple(show(it).replace("\u00a0", " ") for it in row) for row in rows]


def test_a_single_price_is_in_the_unit_and_the_sum_in_money() -> None:
    kept = {"amount_cents": 1235, "precise_unit_amount": "0.0375"}
    assert _printed("standard", 309, "329.2", kept) == [
        ("Fee per unit", "329.2", "CR 0.0375", "CR 12.35"),
        ("1 CR = €0.25", "", "", "€3.09"),
    ]


def test_packages_are_in_the_unit() -> None:
    details = {"free_units": "100.0", "paid_units": "251.0", "per_package_size": 250, "per_package_unit_amount": "7.5"}
    kept = {"amount_cents": 1500, "precise_unit_amount": "0.0597609561753"}
    assert _printed("package", 375, "351", kept, amount_details=details) == [
        ("Free units", "100", "CR 0.00", "CR 0.00"),
        ("Packages of 250", "2", "CR 7.50", "CR 15.00"),
        ("Subtotal", "", "", "CR 15.00"),
        ("1 CR = €0.25", "", "", "€3.75"),
    ]


def test_rates_stay_rates() -> None:
    details = {
        "free_units": "0.0", "rate": "2.0", "per_unit_total_amount": "20.0", "paid_units": "1000.0",
        "fixed_fee_total_amount": "0.5", "fixed_fee_unit_amount": "0.25", "paid_events": "2.0",
    }
    kept = {"amount_cents": 2050, "precise_unit_amount": "0.0205"}
    assert _printed("percentage", 513, "1000", kept, amount_details=details) == [
        ("Rate on the amount", "1,000", "2%", "CR 20.00"),
        ("Fixed fee per transaction", "2", "CR 0.25", "CR 0.50"),
        ("Subtotal", "", "", "CR 20.50"),
        ("1 CR = €0.25", "", "", "€5.13"),
    ]


def test_a_unit_has_two_decimals_whatever_the_currency() -> None:
    yen = Formats("en", "JPY")
    assert yen.cents(1235, "CR").replace("\u00a0", " ") == "CR 12.35"
    assert yen.cents(1235) == "¥1,235"


def test_a_unit_stands_where_the_locale_puts_codes() -> None:
    assert Formats("it", "EUR").cents(123456, "CR").replace("\u00a0", " ") == "1.234,56 CR"
