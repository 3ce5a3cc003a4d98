"""What goes together in a charge: the matrix of 02 §2.3."""

from typing import Any

import pytest

from lago.catalog.charge_rules import check_charge
from lago.catalog.models import BillableMetric, Charge
from lago.core.errors import Invalid
from lago.pricing.charge_models import default_properties

COMBINATION = ["invalid_aggregation_type_or_charge_model"]
PRORATION = ["invalid_billable_metric_or_charge_model"]
RECURRING = {"prorated": True, "recurring": True}
IN_ADVANCE = {"pay_in_advance": True}
LATE = {"pay_in_advance": False, "invoiceable": True, "regroup_paid_fees": None, "min_amount_cents": 0}


def problems(model: str, aggregation_type: str, recurring: bool = False, **fields: Any) -> dict[str, list[str]]:
    metric = BillableMetric(aggregation_type=aggregation_type, recurring=recurring)
    settings = LATE | {"prorated": False, "properties": default_properties(model)} | fields
    try:
        check_charge(Charge(charge_model=model, billable_metric=metric, **settings))
    except Invalid as error:
        return error.details
    return {}


@pytest.mark.parametrize("model", ["percentage", "graduated_percentage"])
@pytest.mark.parametrize("aggregation_type, details", [
    ("latest_agg", {"properties": ["invalid_value"]}), ("sum_agg", {}), ("max_agg", {}), ("weighted_sum_agg", {}),
])
def test_no_percents_of_the_latest_value(model, aggregation_type, details):
    assert problems(model, aggregation_type) == details


def test_bad_percents_of_the_latest_value():
    assert problems("percentage", "latest_agg", properties={"rate": 1}) == {
        "properties": ["invalid_rate", "invalid_value"],
    }


@pytest.mark.parametrize("aggregation_type, details", [
    ("sum_agg", {}), ("count_agg", {"charge_model": COMBINATION}), ("max_agg", {"charge_model": COMBINATION}),
])
def test_only_sums_can_be_dynamic(aggregation_type, details):
    assert problems("dynamic", aggregation_type) == details


@pytest.mark.parametrize("model, aggregation_type, details", [
    ("standard", "sum_agg", {}),
    ("percentage", "count_agg", {}),
    ("graduated_percentage", "unique_count_agg", {}),
    ("dynamic", "sum_agg", {}),
    ("volume", "sum_agg", {"pay_in_advance": COMBINATION}),
    ("standard", "max_agg", {"pay_in_advance": COMBINATION}),
    ("standard", "latest_agg", {"pay_in_advance": COMBINATION}),
    ("percentage", "weighted_sum_agg", {"pay_in_advance": COMBINATION}),
])
def test_what_can_be_paid_in_advance(model, aggregation_type, details):
    assert problems(model, aggregation_type, **IN_ADVANCE) == details


@pytest.mark.parametrize("model, aggregation_type, fields, details", [
    ("standard", "sum_agg", RECURRING, {}),
    ("volume", "sum_agg", RECURRING, {}),
    ("graduated", "unique_count_agg", RECURRING, {}),
    ("standard", "sum_agg", RECURRING | IN_ADVANCE, {}),
    ("graduated", "sum_agg", RECURRING | IN_ADVANCE, {"prorated": PRORATION}),
    ("percentage", "sum_agg", RECURRING, {"prorated": PRORATION}),
    ("graduated_percentage", "sum_agg", RECURRING, {"prorated": PRORATION}),
    ("dynamic", "sum_agg", RECURRING, {"prorated": PRORATION}),
    ("package", "sum_agg", RECURRING, {"prorated": PRORATION}),
    ("standard", "weighted_sum_agg", RECURRING, {"prorated": PRORATION}),
    ("standard", "sum_agg", {"prorated": True}, {"prorated": PRORATION}),
])
def test_what_can_be_prorated(model, aggregation_type, fields, details):
    assert problems(model, aggregation_type, **fields) == details


@pytest.mark.parametrize("fields, details", [
    ({"invoiceable": False} | IN_ADVANCE, {}),
    ({"invoiceable": False}, {"invoiceable": ["must_be_true_unless_pay_in_advance"]}),
    ({"invoiceable": False, "regroup_paid_fees": "invoice"} | IN_ADVANCE, {}),
    ({"regroup_paid_fees": "invoice"} | IN_ADVANCE,
     {"regroup_paid_fees": ["only_compatible_with_pay_in_advance_and_non_invoiceable"]}),
    ({"min_amount_cents": 5}, {}),
    ({"min_amount_cents": 5} | IN_ADVANCE, {"min_amount_cents": ["not_compatible_with_pay_in_advance"]}),
])
def test_when_it_is_invoiced(fields, details):
    assert problems("standard", "sum_agg", **fields) == details
