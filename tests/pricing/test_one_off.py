"""Amounts of fees on one-off invoices (04 §10)."""

from decimal import Decimal

import pytest

from lago.pricing.one_off import one_off_amount


@pytest.mark.parametrize("unit_cents, units, cents, precise", [
    (1355, "2.5", 3388, "3387.5"),
    (10000, "1", 10000, "10000"),
    (1, "0.4", 0, "0.4"),
    (500, "0", 0, "0"),
    (100, "1.005", 100, "100.500"),  # 1.005 is a little less as a double
    (100, "0.285", 28, "28.500"),  # so is 28.499999999999996
])
def test_the_charged_amount_is_a_doubles_product(unit_cents, units, cents, precise):
    amount = one_off_amount(unit_cents, Decimal(units))
    assert (amount.amount_cents, amount.precise_amount_cents) == (cents, Decimal(precise))
