"""What stands in the form of a plan: a tree of texts, named as the API names its fields; money in currency units."""

import json
from collections.abc import Sequence
from typing import Any

from lago.admin.form_tree import Tree
from lago.admin.plan_money import typed_amount
from lago.admin.plan_prices import price_of, typed
from lago.admin.plan_thresholds import BEFORE, threshold_texts
from lago.catalog.models import Charge, ChargeFilter, Commitment, FixedCharge, Plan, Tax

YES = "yes"
MOST_OPEN = 2
"""A plan with more charges shows them folded."""

_TEXTS = ("name", "code", "invoice_display_name", "description", "interval", "amount_currency")
_FLAGS = ("pay_in_advance", "bill_charges_monthly", "bill_fixed_charges_monthly")
_CHARGE_FLAGS = ("pay_in_advance", "invoiceable", "prorated")
_FIXED_FLAGS = ("pay_in_advance", "prorated")


def new_draft(currency: str) -> Tree:
    """What a new plan begins with."""
    return {"interval": "monthly", "amount_currency": currency, "charges": [], "fixed_charges": []}


def draft_of(plan: Plan) -> Tree:
    """What the form of a plan shows before anything is typed."""
    folded = len(plan.charges) + len(plan.fixed_charges) > MOST_OPEN
    return {
        **{name: getattr(plan, name) or "" for name in _TEXTS},
        **_flags(plan, _FLAGS),
        "amount_cents": typed_amount(plan.amount_cents, plan.amount_currency),
        "trial_period": typed(plan.trial_period).removesuffix(".0"),
        "tax_codes": _codes(plan.taxes),
        "minimum_commitment": _commitment(plan.minimum_commitment, plan.amount_currency),
        "charges": [_charge(row, plan.amount_currency, folded) for row in plan.charges],
        "fixed_charges": [_fixed_charge(row, folded) for row in plan.fixed_charges],
        **threshold_texts(plan.usage_thresholds, plan.amount_currency),
    }


def copy_of(plan: Plan) -> Tree:
    """A new plan with all that there is in another one; `copy_of`: the one whose features it will give."""
    draft = draft_of(plan)
    parts = {name: [{**row, "id": ""} for row in draft[name]] for name in ("charges", "fixed_charges")}
    named = {"name": f"{plan.name} (copy)", "code": f"{plan.code}_copy", "copy_of": str(plan.id)}
    return {**draft, **named, **parts, BEFORE: ""}


def pair(key: str, value: str) -> str:
    """What the form sends for a chosen value of a filter's key."""
    return json.dumps([key, value], ensure_ascii=False)


def _flags(record: Any, names: Sequence[str]) -> Tree:
    return {name: YES if getattr(record, name) else "" for name in names}


def _codes(taxes: Sequence[Tax]) -> list[str]:
    return [tax.code for tax in taxes]


def _commitment(commitment: Commitment | None, currency: str) -> Tree:
    if commitment is None:
        return {}
    return {
        "amount_cents": typed_amount(commitment.amount_cents, currency),
        "invoice_display_name": commitment.invoice_display_name or "",
        "tax_codes": _codes(commitment.taxes),
    }


def _charge(charge: Charge, currency: str, folded: bool) -> Tree:
    return {
        "id": str(charge.id),
        "open": "" if folded else YES,
        **charge_terms(charge, currency),
        **_flags(charge, ("accepts_target_wallet",)),
        "invoice_display_name": charge.invoice_display_name or "",
        "conversion_rate": typed_rate(charge),
        "tax_codes": _codes(charge.taxes),
        "price": price_of(charge.charge_model, charge.properties),
        "filters": [_filter(row, charge.charge_model) for row in charge.filters],
    }


def charge_terms(charge: Charge, currency: str) -> Tree:
    """What of a charge is fixed by subscriptions."""
    return {
        **_flags(charge, _CHARGE_FLAGS),
        "billable_metric_id": str(charge.billable_metric_id),
        "charge_model": charge.charge_model,
        "code": charge.code,
        "regroup_paid_fees": charge.regroup_paid_fees or "",
        "min_amount_cents": typed_amount(charge.min_amount_cents or None, priced_in(charge, currency)),
        "pricing_unit": charge.pricing_unit.code if charge.pricing_unit else "",
    }


def priced_in(charge: Charge, currency: str) -> str:
    """The currency of a charge's amounts; none where that is a pricing unit."""
    return "" if charge.pricing_unit else currency


def typed_rate(charge: Charge) -> str:
    """A conversion rate without needless zeros."""
    rate = charge.conversion_rate
    return "" if rate is None else f"{rate.normalize():f}"


def _filter(row: ChargeFilter, model: str) -> Tree:
    return {
        "invoice_display_name": row.invoice_display_name or "",
        "chosen": [pair(key, value) for key, values in row.values.items() for value in values],
        "order": json.dumps(row.values),
        "price": price_of(model, row.properties),
    }


def _fixed_charge(row: FixedCharge, folded: bool) -> Tree:
    return {
        "id": str(row.id),
        "open": "" if folded else YES,
        **fixed_terms(row),
        "units": f"{row.units.normalize():f}",
        "invoice_display_name": row.invoice_display_name or "",
        "tax_codes": _codes(row.taxes),
        "price": price_of(row.charge_model, row.properties),
    }


def fixed_terms(row: FixedCharge) -> Tree:
    """The same of a fixed charge."""
    return {
        **_flags(row, _FIXED_FLAGS), "add_on_id": str(row.add_on_id), "charge_model": row.charge_model,
        "code": row.code,
    }
