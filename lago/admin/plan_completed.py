"""What follows in the form of a plan from what is typed: models, first tiers, where tiers begin, terms that stay."""

from collections.abc import Mapping

from lago.admin.form_tree import Tree, part_of, rows_of, text_of
from lago.admin.plan_draft import YES, charge_terms, fixed_terms
from lago.admin.plan_offers import Choices, models_for
from lago.admin.plan_prices import TIERS, default_price, next_from, ranges_of
from lago.catalog.models import Charge, FixedCharge, Plan
from lago.pricing.charge_models import CHARGE_MODELS


def completed(draft: Tree, choices: Choices, plan: Plan | None, *, attached: bool) -> Tree:
    """With what follows from what is typed: a model that the metric can have, a first tier, where tiers begin.

    `attached`: the plan's currency and the terms of its charges are fixed, whatever was sent.
    """
    charges = {str(row.id): row for row in plan.charges} if plan else {}
    fixed_charges = {str(row.id): row for row in plan.fixed_charges} if plan else {}
    return {
        **draft,
        **({"amount_currency": plan.amount_currency} if plan and attached else {}),
        "charges": [
            _complete_charge(_with_terms(row, charges, plan, attached), choices) for row in rows_of(draft, "charges")
        ],
        "fixed_charges": [
            _complete_fixed(_with_fixed_terms(row, fixed_charges, attached)) for row in rows_of(draft, "fixed_charges")
        ],
    }


def _with_terms(row: Tree, charges: Mapping[str, Charge], plan: Plan | None, attached: bool) -> Tree:
    """A charge of the plan keeps its pricing unit in any case, and all its terms once they are fixed."""
    charge = charges.get(text_of(row, "id"))
    if charge is None or plan is None:
        return {**row, "id": ""}
    terms = charge_terms(charge, plan.amount_currency)
    return {**row, **(terms if attached else {"pricing_unit": terms["pricing_unit"]})}


def _with_fixed_terms(row: Tree, fixed_charges: Mapping[str, FixedCharge], attached: bool) -> Tree:
    """The add-on and the times of a fixed charge never change, model and code not once they are fixed."""
    stored = fixed_charges.get(text_of(row, "id"))
    if stored is None:
        return {**row, "id": ""}
    never = {name: text for name, text in fixed_terms(stored).items() if name not in ("charge_model", "code")}
    return {**row, **(fixed_terms(stored) if attached else never)}


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
