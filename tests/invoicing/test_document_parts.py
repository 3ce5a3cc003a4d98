"""The sub-lines of usage fees: tiers, packages, flat fees (04 §17)."""

from typing import Any

from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from tests.builders.invoices import a_charge, a_charge_fee, a_subscription, an_invoice


def _tier(bounds: tuple[int, int | None], units: str, price: str, total: str, flat: str) -> dict[str, Any]:
    first, last = bounds
    return {
        "from_value": first, "to_value": last, "flat_unit_amount": flat, "per_unit_amount": price, "units": units,
        "per_unit_total_amount": total, "total_with_flat_amount": "0.0",
    }


def _parts(model: str, cents: int, units: str, details: dict[str, Any]) -> list[tuple[str, ...]]:
    """Label, units, price and amount of the sub-lines of a fee, as printed."""
    subscription = a_subscription()
    charge = a_charge(subscription, "Usage", model)
    invoice = an_invoice(a_charge_fee(subscription, "Usage", cents, units, charge=charge, amount_details=details))
    (line,) = document_of(invoice).chapters[0].sections[0].lines
    show = Formats("en", "EUR").show
    return [tuple(show(it) for it in (part.label, part.units, part.unit_price, part.amount)) for part in line.parts]


def test_graduated_tiers_come_before_their_flat_fees() -> None:
    tiers = [
        _tier((0, 100), "100.0", "0.2", "20.0", "5.0"),
        _tier((101, 500), "400.0", "0.15", "60.0", "0.0"),
        _tier((501, None), "1.0", "0.1", "0.1", "20.0"),
    ]
    assert _parts("graduated", 10510, "501", {"graduated_ranges": tiers}) == [
        ("First 100 units", "100", "€0.20", "€20.00"),
        ("Units 101 to 500", "400", "€0.15", "€60.00"),
        ("Units from 501 on", "1", "€0.10", "€0.10"),
        ("Flat fee for the first 100 units", "1", "€5.00", "€5.00"),
        ("Flat fee for units from 501 on", "1", "€20.00", "€20.00"),
        ("Subtotal", "", "", "€105.10"),
    ]


def test_a_single_graduated_tier_names_no_bounds() -> None:
    tier = _tier((0, None), "10.0", "0.5", "5.0", "1.0")
    assert _parts("graduated", 600, "10", {"graduated_ranges": [tier]}) == [
        ("Fee per unit", "10", "€0.50", "€5.00"),
        ("Flat fee", "1", "€1.00", "€1.00"),
        ("Subtotal", "", "", "€6.00"),
    ]


def test_packages_are_counted_after_the_free_units() -> None:
    details = {"free_units": "100.0", "paid_units": "251.0", "per_package_size": 250, "per_package_unit_amount": "7.5"}
    assert _parts("package", 1500, "351", details) == [
        ("Free units", "100", "€0.00", "€0.00"),
        ("Packages of 250", "2", "€7.50", "€15.00"),
        ("Subtotal", "", "", "€15.00"),
    ]


def test_packages_without_free_units_stand_alone() -> None:
    details = {"free_units": "0.0", "paid_units": "1.0", "per_package_size": 10, "per_package_unit_amount": "0.0375"}
    assert _parts("package", 4, "1", details)[0] == ("Packages of 10", "1", "€0.0375", "€0.04")


def test_volume_has_one_price_and_one_flat_fee() -> None:
    details = {"flat_unit_amount": "5.0", "per_unit_amount": "1.5", "per_unit_total_amount": "75.3"}
    assert _parts("volume", 8030, "50.2", details) == [
        ("Fee per unit", "50.2", "€1.50", "€75.30"),
        ("Flat fee", "1", "€5.00", "€5.00"),
        ("Subtotal", "", "", "€80.30"),
    ]


def test_a_single_price_needs_no_sub_lines() -> None:
    assert _parts("standard", 4375, "1250", {}) == []
