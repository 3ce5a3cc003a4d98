"""Which charge models there are for whom, and what goes together in a charge (02 §2.2, §2.3, §2.4)."""

from typing import Any

from lago.catalog.models import BillableMetric, Charge
from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY
from lago.pricing.charge_models import CHARGE_MODELS, clean_properties, default_properties, property_problems

INCOMPATIBLE = "invalid_aggregation_type_or_charge_model"

COUNTED_AT_ONCE = ("count_agg", "sum_agg", "unique_count_agg")
"""The aggregations whose single events can be billed when they arrive."""

PERCENTAGES = ("percentage", "graduated_percentage")

PRORATED_IN_ARREARS = ("standard", "volume", "graduated")


def charge_model_of(data: Any) -> str:
    """The charge model that a client names. Raises Invalid for one that cannot be had."""
    if not data:
        raise Invalid({"charge_model": [INVALID, MANDATORY]})
    if data == "custom":  # it prices custom aggregations only, of which there are none
        raise Invalid({"charge_model": [INCOMPATIBLE]})
    if not isinstance(data, str) or data not in CHARGE_MODELS:
        raise Invalid({"charge_model": [INVALID]})
    return data


def read_properties(model: str, data: Any) -> dict[str, Any]:
    """A client's properties reduced to those that the model knows; the model's defaults if there are none."""
    return clean_properties(model, data) if data else default_properties(model)


def check_charge(charge: Charge) -> None:
    """Raises Invalid with all that is wrong with the charge."""
    rules = {
        "charge_model": _if(not _may_price(charge), INCOMPATIBLE),
        "properties": [
            *property_problems(charge.charge_model, charge.properties),
            *_if(not _may_take_percents(charge), "invalid_value"),
        ],
        "pay_in_advance": _if(charge.pay_in_advance and not _may_be_in_advance(charge), INCOMPATIBLE),
        "prorated": _if(
            charge.prorated and not _may_be_prorated(charge), "invalid_billable_metric_or_charge_model"
        ),
        "invoiceable": _if(
            not charge.invoiceable and not charge.pay_in_advance, "must_be_true_unless_pay_in_advance"
        ),
        "regroup_paid_fees": _if(
            charge.regroup_paid_fees is not None and (charge.invoiceable or not charge.pay_in_advance),
            "only_compatible_with_pay_in_advance_and_non_invoiceable",
        ),
        "min_amount_cents": _if(
            charge.min_amount_cents > 0 and charge.pay_in_advance, "not_compatible_with_pay_in_advance"
        ),
    }
    if found := {field: codes for field, codes in rules.items() if codes}:
        raise Invalid(found)


def _if(broken: bool, code: str) -> list[str]:
    return [code] if broken else []


def _may_price(charge: Charge) -> bool:
    """Only sums have amounts that events name (02 §3.8)."""
    return charge.charge_model != "dynamic" or charge.billable_metric.aggregation_type == "sum_agg"


def _may_take_percents(charge: Charge) -> bool:
    return charge.charge_model not in PERCENTAGES or charge.billable_metric.aggregation_type != "latest_agg"


def _may_be_in_advance(charge: Charge) -> bool:
    return charge.charge_model != "volume" and charge.billable_metric.aggregation_type in COUNTED_AT_ONCE


def _may_be_prorated(charge: Charge) -> bool:
    metric: BillableMetric = charge.billable_metric
    models = ("standard",) if charge.pay_in_advance else PRORATED_IN_ARREARS
    return metric.recurring and metric.aggregation_type != "weighted_sum_agg" and charge.charge_model in models
