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


def _rate(bounds: tuple[int, int | None], units: str, rate: str, share: str, flat: str, total: str) -> dict[str, Any]:
    first, last = bounds
    return {
        "from_value": first, "to_value": last, "flat_unit_amount": flat, "rate": rate, "units": units,
        "per_unit_total_amount": share, "total_with_flat_amount": total,
    }


def test_graduated_percentages_show_their_rates() -> None:
    tiers = [
        _rate((0, 1000), "1000.0", "2.0", "20.0", "10.0", "30.0"),
        _rate((1001, None), "0.5", "1.5", "0.0075", "0.0", "0.0075"),
    ]
    assert _parts("graduated_percentage", 3001, "1000.5", {"graduated_percentage_ranges": tiers}) == [
        ("First 1,000 units", "1,000", "2%", "€20.00"),
        ("Units from 1,001 on", "0.5", "1.5%", "€0.01"),
        ("Flat fee for the first 1,000 units", "1", "€10.00", "€10.00"),
        ("Subtotal", "", "", "€30.01"),
    ]


def test_the_share_of_a_single_event_is_its_total_without_the_flat_fee() -> None:
    """The details of an event have the price of a unit where those of a period have the share (02 §6.2)."""
    tiers = [_rate((0, None), "60.0", "1.0", "0.18", "10.0", "10.6")]
    assert _parts("graduated_percentage", 1060, "60", {"graduated_percentage_ranges": tiers}) == [
        ("Fee per unit", "60", "1%", "€0.60"),
        ("Flat fee", "1", "€10.00", "€10.00"),
        ("Subtotal", "", "", "€10.60"),
    ]


def test_a_percentage_is_free_units_rate_fixed_fees_and_bounds() -> None:
    details = {
        "units": "470.0", "free_units": "120.0", "free_events": 1, "paid_units": "350.0", "rate": "2.0",
        "per_unit_total_amount": "7.0", "paid_events": 3, "fixed_fee_unit_amount": "0.25",
        "fixed_fee_total_amount": "0.75", "min_max_adjustment_total_amount": "-0.75",
    }
    assert _parts("percentage", 700, "470", details) == [
        ("Free units", "120", "€0.00", "€0.00"),
        ("Rate on the amount", "350", "2%", "€7.00"),
        ("Fixed fee per transaction", "3", "€0.25", "€0.75"),
        ("Adjustment for minimum or maximum per transaction", "", "", "-€0.75"),
        ("Subtotal", "", "", "€7.00"),
    ]


def test_a_percentage_may_be_a_rate_alone() -> None:
    details = {
        "units": "100.0", "free_units": "0.0", "free_events": 0, "paid_units": "100.0", "rate": "1.25",
        "per_unit_total_amount": "1.25", "paid_events": 4, "fixed_fee_unit_amount": "0.0",
        "fixed_fee_total_amount": "0.0",
    }
    assert _parts("percentage", 125, "100", details) == [
        ("Rate on the amount", "100", "1.25%", "€1.25"), ("Subtotal", "", "", "€1.25"),
    ]


def test_a_percentage_of_more_free_units_than_there_are_costs_nothing() -> None:
    details = {
        "units": "5.0", "free_units": "10.0", "free_events": 1, "paid_units": "0.0", "rate": "2.0",
        "per_unit_total_amount": 0, "paid_events": 1, "fixed_fee_unit_amount": "0.25", "fixed_fee_total_amount": "0.25",
    }
    assert _parts("percentage", 25, "5", details)[1] == ("Rate on the amount", "0", "2%", "€0.00")


def test_a_single_price_needs_no_sub_lines() -> None:
    assert _parts("standard", 4375, "1250", {}) == []
