"""Dynamic charges: 02 §3.8."""

from decimal import Decimal

import pytest

from lago.pricing.charge_models import CHARGE_MODELS, price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import Price, Usage


def dynamic(units, cents, currency="EUR"):
    usage = Usage(Decimal(units), 2, precise_total_amount_cents=Decimal(cents))
    return price_usage("dynamic", usage, {}, currency)


def test_the_events_name_the_amount():
    amounts = fee_amounts(dynamic("7", "153.83"), "EUR")
    assert (amounts.amount_cents, amounts.precise_amount_cents, amounts.precise_unit_amount) == (
        154, Decimal("153.83"), Decimal("0.219757142857143"),
    )


@pytest.mark.parametrize("currency, amount", [
    ("EUR", "1.5383"), ("JPY", "153.83"), ("KWD", "0.15383"), ("MRO", "30.766"),
])
def test_cents_are_those_of_the_currency(currency, amount):
    assert dynamic("7", "153.83", currency).amount == Decimal(amount)


@pytest.mark.parametrize("units, cents", [("0", "500"), ("-1", "500"), ("5", "-1")])
def test_no_units_or_a_negative_amount_cost_nothing(units, cents):
    assert dynamic(units, cents) == Price(Decimal(0), Decimal(0), Decimal(0), {})


def test_nothing_is_wrong_with_no_properties():
    assert CHARGE_MODELS["dynamic"].problems({}) == []
