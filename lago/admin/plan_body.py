"""What the form of a plan sends: the API's object (02 §2.1, §2.6, §8.1; 03 §1.2)."""

import json
from typing import Any

from lago.admin.form_tree import Tree, chosen_of, part_of, rows_of, text_of
from lago.admin.plan_money import cents_of
from lago.admin.plan_offers import Choices, fixed_terms_for, terms_for
from lago.admin.plan_prices import properties_of
from lago.admin.plan_thresholds import thresholds_of
from lago.catalog.create_plan import SPLIT_BY_MONTH
from lago.catalog.models import ALL_FILTER_VALUES, Plan
from lago.catalog.update_plan import FIXED_BY_SUBSCRIPTIONS
from lago.catalog.write_charges import ALWAYS_EDITABLE

Body = dict[str, Any]


def body_of(draft: Tree, choices: Choices, plan: Plan | None, *, attached: bool) -> Body:
    """The API's object. `attached`: only with what may still change of a plan that has had subscriptions."""
    currency = plan.amount_currency if plan and attached else text_of(draft, "amount_currency")
    body: Body = {
        **{name: text_of(draft, name) for name in ("name", "code", "interval")},
        **{name: text_of(draft, name) or None for name in ("invoice_display_name", "description")},
        "amount_currency": currency,
        "pay_in_advance": is_on(draft, "pay_in_advance"),
        "tax_codes": chosen_of(draft, "tax_codes"),
        **_amount(draft, "amount_cents", currency),
        **_monthly(draft),
        **_trial(draft),
        **_commitment(draft, plan, currency),
        **thresholds_of(draft, currency),
        "charges": [_charge(row, choices, currency, attached) for row in rows_of(draft, "charges")],
        "fixed_charges": [_fixed_charge(row) for row in rows_of(draft, "fixed_charges")],
        "cascade_updates": is_on(draft, "cascade_updates"),
    }
    return {name: value for name, value in body.items() if not (attached and name in FIXED_BY_SUBSCRIPTIONS)}


def is_on(row: Tree, name: str) -> bool:
    return bool(text_of(row, name))


def _amount(row: Tree, name: str, currency: str) -> Body:
    """An amount in cents, unless none is typed."""
    text = text_of(row, name)
    return {name: cents_of(text, currency)} if text else {}


def _monthly(draft: Tree) -> Body:
    """Whether charges are billed by the month, where a period is longer."""
    splits = text_of(draft, "interval") in SPLIT_BY_MONTH
    names = ("bill_charges_monthly", "bill_fixed_charges_monthly")
    return {name: is_on(draft, name) for name in names} if splits else {}


def _trial(draft: Tree) -> Body:
    return {"trial_period": text_of(draft, "trial_period") or None}


def _commitment(draft: Tree, plan: Plan | None, currency: str) -> Body:
    """Without an amount there is none, and one that there was is taken away."""
    typed = part_of(draft, "minimum_commitment")
    if not text_of(typed, "amount_cents"):
        return {"minimum_commitment": {}} if plan and plan.minimum_commitment else {}
    return {
        "minimum_commitment": {
            **_amount(typed, "amount_cents", currency),
            "invoice_display_name": text_of(typed, "invoice_display_name") or None,
            "tax_codes": chosen_of(typed, "tax_codes"),
        }
    }


def _charge(row: Tree, choices: Choices, currency: str, attached: bool) -> Body:
    unit = text_of(row, "pricing_unit")
    model = text_of(row, "charge_model")
    body = {
        **_identity(row),
        "charge_model": model,
        "billable_metric_id": text_of(row, "billable_metric_id") or None,
        **_terms(row, choices, "" if unit else currency),
        "accepts_target_wallet": is_on(row, "accepts_target_wallet"),
        "properties": properties_of(model, part_of(row, "price")),
        "filters": [_filter(part, model) for part in rows_of(row, "filters")],
    }
    if unit:
        body["applied_pricing_unit"] = {"code": unit, "conversion_rate": text_of(row, "conversion_rate")}
    return {name: body[name] for name in ALWAYS_EDITABLE if name in body} if attached and text_of(row, "id") else body


def _identity(row: Tree) -> Body:
    """What charges of both kinds are called and taxed by."""
    known = text_of(row, "id")
    return {
        **({"id": known} if known else {}),
        **({"code": text_of(row, "code")} if text_of(row, "code") else {}),
        "invoice_display_name": text_of(row, "invoice_display_name") or None,
        "tax_codes": chosen_of(row, "tax_codes"),
    }


def _terms(row: Tree, choices: Choices, currency: str) -> Body:
    """The terms that go with what is chosen; what does not is left out, whatever stands in fields not shown."""
    metric = choices.metrics.get(text_of(row, "billable_metric_id"))
    if metric is None:
        return {}
    in_advance, invoiceable = is_on(row, "pay_in_advance"), is_on(row, "invoiceable")
    may = terms_for(metric, text_of(row, "charge_model"), in_advance=in_advance, invoiceable=invoiceable)
    in_advance = in_advance and "pay_in_advance" in may
    regrouped = text_of(row, "regroup_paid_fees") if "regroup_paid_fees" in may else ""
    return {
        "pay_in_advance": in_advance,
        "invoiceable": invoiceable or "invoiceable" not in may,
        "regroup_paid_fees": regrouped or None,
        "prorated": is_on(row, "prorated") and "prorated" in may,
        **(_amount(row, "min_amount_cents", currency) if "min_amount_cents" in may else {}),
    }


def _filter(row: Tree, model: str) -> Body:
    return {
        "invoice_display_name": text_of(row, "invoice_display_name") or None,
        "properties": properties_of(model, part_of(row, "price")),
        "values": _in_order(values_of(row), text_of(row, "order")),
    }


def values_of(row: Tree) -> dict[str, list[str]]:
    """The values that are chosen for each key of a filter; all of them stand for themselves alone."""
    values: dict[str, list[str]] = {}
    for key, value in filter(None, map(_pair, chosen_of(row, "chosen"))):
        values.setdefault(key, []).append(value)
    return {key: [ALL_FILTER_VALUES] if ALL_FILTER_VALUES in some else some for key, some in values.items()}


def _pair(text: str) -> tuple[str, str] | None:
    try:
        key, value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return (key, value) if isinstance(key, str) and isinstance(value, str) else None


def _in_order(values: dict[str, list[str]], order: str) -> dict[str, list[str]]:
    """The values in the order that they had, for by it one knows a filter again, and it is called by it (02 §2.6)."""
    try:
        known = json.loads(order or "{}")
        same = {key: set(some) for key, some in known.items()} == {key: set(some) for key, some in values.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return values
    return known if same else values


def _fixed_charge(row: Tree) -> Body:
    model = text_of(row, "charge_model")
    may = fixed_terms_for(model, in_advance=is_on(row, "pay_in_advance"))
    return {
        **_identity(row),
        "add_on_id": text_of(row, "add_on_id") or None,
        "charge_model": model,
        "properties": properties_of(model, part_of(row, "price")),
        "units": text_of(row, "units") or None,
        **{name: is_on(row, name) and name in may for name in ("pay_in_advance", "prorated")},
        "apply_units_immediately": is_on(row, "apply_units_immediately"),
    }
