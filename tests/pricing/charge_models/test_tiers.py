"""What is wrong with given tiers: 02 §2.4."""

from decimal import Decimal

import pytest

from lago.pricing.charge_models import CHARGE_MODELS
from tests.pricing.charge_models.usages import tiers


def graduated(*bounds):
    rows = tiers(*((first, last, "1", "0") for first, last in bounds))
    return CHARGE_MODELS["graduated"].problems({"graduated_ranges": rows})


def volume(*bounds):
    rows = tiers(*((first, last, "1", "0") for first, last in bounds))
    return CHARGE_MODELS["volume"].problems({"volume_ranges": rows})


BAD, BAD_VOLUME = "invalid_graduated_ranges", "invalid_volume_ranges"


@pytest.mark.parametrize("bounds", [
    [(0, None)],
    [(1, None)],
    [(0, 10), (10, 20), (21, None)],
    [(0, 0.5), (0.5, 1.75), (2.75, None)],
    [(0, Decimal("0.5")), (Decimal("1.5"), None)],
    [(0, 10**60), (10**60 + 1, None)],
])
def test_valid_bounds(bounds):
    assert graduated(*bounds) == []


@pytest.mark.parametrize("bounds, codes", [
    ([(2, None)], [BAD]),
    ([(0, 10)], [BAD]),
    ([(0, None), (11, None)], [BAD, BAD]),
    ([(0, 10), (12, None)], [BAD]),
    ([(0, 10), (9, None)], [BAD]),
    ([(0, 0), (1, None)], [BAD]),
    ([(0, 10), (11, 11), (12, None)], [BAD]),
    ([("0", None)], [BAD]),
    ([(None, None)], [BAD]),
    ([(False, None)], [BAD]),
    ([(0, "10"), (11, None)], [BAD, BAD]),
    ([(0, float("inf")), (11, None)], [BAD, BAD]),
    ([(float("nan"), None)], [BAD]),
])
def test_bounds_out_of_order(bounds, codes):
    assert graduated(*bounds) == codes


@pytest.mark.parametrize("second, codes", [(10, [BAD_VOLUME]), (11, []), (12, []), (13, [BAD_VOLUME])])
def test_volume_tiers_must_not_touch(second, codes):
    assert volume((0, 10), (second, None)) == codes


@pytest.mark.parametrize("ranges", [None, [], {}, "tiers", 5])
def test_tiers_are_required(ranges):
    assert CHARGE_MODELS["volume"].problems({"volume_ranges": ranges}) == ["missing_volume_ranges"]


def test_each_bad_tier_counts_and_fields_stay_together():
    rows = tiers((0, 10, "x", "0"), (15, 20, "1", 3), (21, None, None, "0"))
    assert CHARGE_MODELS["graduated"].problems({"graduated_ranges": rows}) == [
        "invalid_amount", "invalid_amount", "invalid_amount", BAD,
    ]


def test_fields_come_in_the_order_of_their_first_failure():
    rows = tiers((5, 10, "1", "0"), (11, None, "1", "x"))
    assert CHARGE_MODELS["graduated"].problems({"graduated_ranges": rows}) == [BAD, "invalid_amount"]


def test_a_tier_that_is_no_object_fails_in_all_its_fields():
    codes = CHARGE_MODELS["graduated"].problems({"graduated_ranges": ["tier"]})
    assert codes == ["invalid_amount", "invalid_amount", BAD]
