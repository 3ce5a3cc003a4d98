"""What the form of a plan offers: what there is to choose from, and which terms go together, by the catalog's rules."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.catalog.browse import metrics_by_name
from lago.catalog.charge_rules import check_charge
from lago.catalog.fixed_charge_rules import check_fixed_charge
from lago.catalog.models import AddOn, BillableMetric, Charge, FixedCharge, PricingUnit, Tax
from lago.catalog.queries import add_ons, pricing_units, taxes
from lago.core.db import db
from lago.core.errors import Invalid
from lago.pricing.charge_models import CHARGE_MODELS, default_properties

PLAIN_TERMS: dict[str, Any] = {
    "pay_in_advance": False, "invoiceable": True, "regroup_paid_fees": None, "prorated": False, "min_amount_cents": 0,
}
PLAIN_FIXED_TERMS: dict[str, Any] = {"pay_in_advance": False, "prorated": False}

ANY_CURRENCY = "EUR"
"""Where nothing is priced."""


@dataclass(frozen=True)
class Choices:
    """What the organization's catalog has: metrics, add-ons and pricing units by the text that the form sends."""

    metrics: Mapping[str, BillableMetric]
    add_ons: Mapping[str, AddOn]
    taxes: Sequence[Tax]
    pricing_units: Mapping[str, PricingUnit]


def choices_of(organization_id: uuid.UUID) -> Choices:
    return Choices(
        {str(metric.id): metric for metric in metrics_by_name(organization_id)},
        {str(add_on.id): add_on for add_on in db.session.scalars(add_ons(organization_id))},
        db.session.scalars(taxes(organization_id)).all(),
        {unit.code: unit for unit in db.session.scalars(pricing_units(organization_id))},
    )


def models_for(metric: BillableMetric) -> list[str]:
    """The charge models that may price the metric."""
    return [model for model in CHARGE_MODELS if not charge_problems(a_charge(metric, model))]


def terms_for(metric: BillableMetric, model: str, *, in_advance: bool, invoiceable: bool) -> frozenset[str]:
    """Which terms a charge may have besides those it has: each is tried on it.

    `in_advance` counts only where it is possible.
    """
    in_advance = in_advance and not charge_problems(a_charge(metric, model, pay_in_advance=True))
    said = {"pay_in_advance": in_advance, "invoiceable": invoiceable or not in_advance}
    tried: dict[str, dict[str, Any]] = {
        "pay_in_advance": {"pay_in_advance": True},
        "invoiceable": {"pay_in_advance": in_advance, "invoiceable": False},
        "regroup_paid_fees": {**said, "regroup_paid_fees": "invoice"},
        "prorated": {**said, "prorated": True},
        "min_amount_cents": {**said, "min_amount_cents": 1},
    }
    return frozenset(name for name, terms in tried.items() if not charge_problems(a_charge(metric, model, **terms)))


def fixed_terms_for(model: str, *, in_advance: bool) -> frozenset[str]:
    """The same of a fixed charge (02 §8.1)."""
    tried = {"pay_in_advance": {"pay_in_advance": True}, "prorated": {"pay_in_advance": in_advance, "prorated": True}}
    return frozenset(name for name, terms in tried.items() if not fixed_charge_problems(a_fixed_charge(model, **terms)))


def a_charge(metric: BillableMetric, model: str, **terms: Any) -> Charge:
    """A charge that is looked at and never stored."""
    given = {"properties": default_properties(model), **PLAIN_TERMS, **terms}
    return Charge(billable_metric=metric, charge_model=model, **given)


def a_fixed_charge(model: str, **terms: Any) -> FixedCharge:
    """The same of a fixed charge."""
    given = {"properties": default_properties(model), "units": Decimal(0), **PLAIN_FIXED_TERMS, **terms}
    return FixedCharge(charge_model=model, **given)


def charge_problems(charge: Charge) -> Mapping[str, list[str]]:
    """Error codes by field, of the catalog's own check."""
    try:
        check_charge(charge)
    except Invalid as error:
        return error.details  # type: ignore[return-value]
    return {}


def fixed_charge_problems(fixed_charge: FixedCharge, currency: str = ANY_CURRENCY) -> Mapping[str, list[str]]:
    """The same of a fixed charge in a plan of that currency."""
    try:
        check_fixed_charge(fixed_charge, currency)
    except Invalid as error:
        return error.details  # type: ignore[return-value]
    return {}
