"""What stands in the form of a plan: a tree of texts, named as the API names its fields; money in currency units."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lago.admin.form_tree import Tree, part_of, rows_of, text_of
from lago.admin.plan_money import typed_amount
from lago.admin.plan_offers import Choices, models_for
from lago.admin.plan_prices import TIERS, default_price, next_from, price_of, ranges_of, typed
from lago.catalog.models import Charge, ChargeFilter, Commitment, FixedCharge, Plan, Tax
from lago.pricing.charge_models import CHARGE_MODELS

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
        "trial_period": typed(plan.trial_period),
        "tax_codes": _codes(plan.taxes),
        "minimum_commitment": _commitment(plan.minimum_commitment, plan.amount_currency),
        "charges": [_charge(row, plan.amount_currency, folded) for row in plan.charges],
        "fixed_charges": [_fixed_charge(row, folded) for row in plan.fixed_charges],
    }


def copy_of(plan: Plan) -> Tree:
    """A new plan with all that there is in another one."""
    draft = draft_of(plan)
    parts = {name: [{**row, "id": ""} for row in draft[name]] for name in ("charges", "fixed_charges")}
    return {**draft, "name": f"{plan.name} (copy)", "code": f"{plan.code}_copy", **parts}


def completed(draft: Tree, choices: Choices, plan: Plan | None, *, attached: bool) -> Tree:
    """With what follows from what is typed: a model that the metric can have, a first tier, where tiers begin.

    `attached`: the terms of the plan's charges are fixed, whatever was sent.
    """
    charges = {str(row.id): row for row in plan.charges} if plan else {}
    fixed_charges = {str(row.id): row for row in plan.fixed_charges} if plan else {}
    return {
        **draft,
        "charges": [
            _complete_charge(_with_terms(row, charges, plan, attached), choices) for row in rows_of(draft, "charges")
        ],
        "fixed_charges": [
            _complete_fixed(_with_fixed_terms(row, fixed_charges, attached)) for row in rows_of(draft, "fixed_charges")
        ],
    }


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
        **_charge_terms(charge, currency),
        "invoice_display_name": charge.invoice_display_name or "",
        "conversion_rate": typed_rate(charge),
        "tax_codes": _codes(charge.taxes),
        "price": price_of(charge.charge_model, charge.properties),
        "filters": [_filter(row, charge.charge_model) for row in charge.filters],
    }


def _charge_terms(charge: Charge, currency: str) -> Tree:
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
        **_fixed_terms(row),
        "units": f"{row.units.normalize():f}",
        "invoice_display_name": row.invoice_display_name or "",
        "tax_codes": _codes(row.taxes),
        "price": price_of(row.charge_model, row.properties),
    }


def _fixed_terms(row: FixedCharge) -> Tree:
    return {
        **_flags(row, _FIXED_FLAGS), "add_on_id": str(row.add_on_id), "charge_model": row.charge_model,
        "code": row.code,
    }


def _with_terms(row: Tree, charges: Mapping[str, Charge], plan: Plan | None, attached: bool) -> Tree:
    """A charge of the plan keeps its pricing unit in any case, and all its terms once they are fixed."""
    charge = charges.get(text_of(row, "id"))
    if charge is None or plan is None:
        return {**row, "id": ""}
    terms = _charge_terms(charge, plan.amount_currency)
    return {**row, **(terms if attached else {"pricing_unit": terms["pricing_unit"]})}


def _with_fixed_terms(row: Tree, fixed_charges: Mapping[str, FixedCharge], attached: bool) -> Tree:
    """The add-on and the times of a fixed charge never change, model and code not once they are fixed."""
    stored = fixed_charges.get(text_of(row, "id"))
    if stored is None:
        return {**row, "id": ""}
    never = {name: text for name, text in _fixed_terms(stored).items() if name not in ("charge_model", "code")}
    return {**row, **(_fixed_terms(stored) if attached else never)}


def _complete_charge(row: Tree, choices: Choices) -> Tree:
    if not row or row.keys() == {"id"}:
        row = {"open": YES, "invoiceable": YES, "filters": []}
    metric = choices.metrics.get(text_of(row, "billable_metric_id"))
    models = models_for(metric) if metric else [*CHARGE_MODELS]
    model = text_of(row, "charge_model")
    model = model if model in models else models[0]
    filters = [{**part, "price": _complete_price(part_of(part, "price"), model)} for part in rows_of(row, "filters")]
    price = _complete_price(part_of(row, "price"), model)
    return {**row, "charge_model": model, "price": price, "filters": filters}


def _complete_fixed(row: Tree) -> Tree:
    if not row or row.keys() == {"id"}:
        row = {"open": YES, "units": "1"}
    model = text_of(row, "charge_model") if text_of(row, "charge_model") in TIERS else "standard"
    return {**row, "charge_model": model, "price": _complete_price(part_of(row, "price"), model)}


def _complete_price(price: Tree, model: str) -> Tree:
    """What a model begins with where nothing was sent, and the bounds that follow from others."""
    price = {**default_price(model), **price}
    if model not in TIERS:
        return price
    rows = rows_of(price, "tiers") or [{}]
    ranges = ranges_of(TIERS[model], rows)
    begins = [text_of(row, "from_value") or next_from(ranges[:place]) for place, row in enumerate(rows)]
    return price | {"tiers": [{**row, "from_value": begin} for row, begin in zip(rows, begins, strict=True)]}
