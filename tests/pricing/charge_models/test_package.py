"""Package charges: the table of 02 §3.5."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.charge_models import CHARGE_MODELS
from tests.pricing.charge_models.usages import fee, price
from tests.pricing.steady import steady

PACKAGES = {"package_size": 250, "amount": "7.50", "free_units": 100}


@pytest.mark.parametrize("units, amount, unit_amount", [
    ("0", "0", "0"),
    ("100", "0", "0"),
    ("-5", "0", "0"),
    ("100.01", "7.5", "750"),
    ("101", "7.5", "7.5"),
    ("350", "7.5", "0.03"),
    ("350.5", "15", "0.059880239520958"),
    ("351", "15", "0.059760956175299"),
    ("1000", "30", "0.033333333333333"),
])
def test_begun_packages_are_paid(units, amount, unit_amount):
    amounts = fee("package", PACKAGES, units)
    assert (amounts.precise_amount_cents, amounts.precise_unit_amount) == (Decimal(amount) * 100, Decimal(unit_amount))


def details(units):
    return price("package", PACKAGES, units).amount_details


def test_details():
    assert details("351") == {
        "free_units": "100.0", "paid_units": "251.0", "per_package_size": 250, "per_package_unit_amount": "7.5",
    }


@pytest.mark.parametrize("units", ["99", "100", "-5"])
def test_details_without_paid_units(units):
    assert details(units) == {
        "free_units": "100.0", "paid_units": "0.0", "per_package_size": 250, "per_package_unit_amount": "7.5",
    }


def test_details_without_usage():
    assert details("0") == {
        "free_units": "0.0", "paid_units": "0.0", "per_package_size": 0, "per_package_unit_amount": "0.0",
    }


def test_packages_are_divided_in_doubles():
    """Exactly, a hair more than one package is two; as a double it is one."""
    properties = {"package_size": 1, "amount": "1", "free_units": 0}
    assert price("package", properties, "1.00000000000000000001").amount == 1


@pytest.mark.parametrize("properties, codes", [
    (PACKAGES, []),
    ({"package_size": 1, "amount": "0", "free_units": 0}, []),
    ({"package_size": 10**59, "amount": "0", "free_units": 10**59}, []),
    ({}, ["invalid_amount", "invalid_free_units", "invalid_package_size"]),
    (PACKAGES | {"free_units": -1}, ["invalid_free_units"]),
    (PACKAGES | {"free_units": None}, ["invalid_free_units"]),
    (PACKAGES | {"free_units": True}, ["invalid_free_units"]),
    (PACKAGES | {"free_units": "10"}, ["invalid_free_units"]),
    (PACKAGES | {"package_size": 0}, ["invalid_package_size"]),
    (PACKAGES | {"package_size": True}, ["invalid_package_size"]),
    (PACKAGES | {"package_size": 2.5}, ["invalid_package_size"]),
    (PACKAGES | {"package_size": 10**400}, ["invalid_package_size"]),
    (PACKAGES | {"amount": 5}, ["invalid_amount"]),
])
def test_problems(properties, codes):
    assert CHARGE_MODELS["package"].problems(properties) == codes


@steady
@given(st.integers(0, 10**6), st.integers(1, 10**4), st.integers(0, 10**4))
def test_packages_hold_all_paid_units_and_no_package_is_empty(units, size, free):
    properties = {"package_size": size, "amount": "1", "free_units": free}
    packages = price("package", properties, str(units)).amount
    assert (packages - 1) * size < max(0, units - free) <= packages * size
