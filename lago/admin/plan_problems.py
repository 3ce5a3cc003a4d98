"""What is wrong with a plan that is typed, by the field of the form that it is about.

The API answers one flat list of codes for all charges. Here each charge and filter is read and checked by itself, by
the same rules, and its codes are told under its own path: `charges.0.filters.1.price.amount`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lago.admin.plan_body import Body
from lago.admin.plan_offers import Choices, a_charge, a_fixed_charge, charge_problems, fixed_charge_problems
from lago.admin.plan_prices import TIERS, Tiers
from lago.admin.plan_thresholds import threshold_problems
from lago.catalog.charge_filters import read_filters
from lago.catalog.charge_pricing_units import AppliedPricingUnitInput
from lago.catalog.fixed_charge_inputs import FixedChargeInput
from lago.catalog.inputs import ChargeInput, PlanInput
from lago.catalog.models import Charge, Plan
from lago.catalog.write_commitment import CommitmentInput
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS, MANDATORY
from lago.pricing.charge_models import default_properties, property_problems
from lago.pricing.currencies import CURRENCIES

Errors = dict[str, list[str]]

TERMS = ("pay_in_advance", "invoiceable", "regroup_paid_fees", "prorated", "min_amount_cents")


def problems_of(body: Body, choices: Choices, plan: Plan | None) -> Errors:
    """The errors of the whole form by path. `plan`: the one that is changed."""
    errors = _read(PlanInput().read, body, partial=plan is not None)
    if commitment := body.get("minimum_commitment"):
        errors |= _under("minimum_commitment", _read(CommitmentInput().read, commitment))
    errors |= threshold_problems(body.get("usage_thresholds", []))
    known = {str(charge.id): charge for charge in plan.charges} if plan else {}
    for place, row in enumerate(body["charges"]):
        charge = known.get(row.get("id", ""))
        errors |= _under(f"charges.{place}", _of_charge({**_terms_of(charge), **row}, choices))
    currency = body.get("amount_currency", plan.amount_currency if plan else "")
    for place, row in enumerate(body["fixed_charges"]):
        errors |= _under(f"fixed_charges.{place}", _of_fixed_charge(row, currency))
    for name in ("charges", "fixed_charges"):
        errors |= _repeated_codes(name, body[name])
    return errors


def price_problems(model: str, properties: Mapping[str, Any]) -> Errors:
    """The errors of a price by its field, as far as one field is to blame, and of the whole price under ""."""
    codes = property_problems(model, properties)
    if not codes:
        return {}
    blamed = dict(_of_tiers(model, TIERS[model], properties) if model in TIERS else _of_fields(model, properties))
    told = {code for found in blamed.values() for code in found}
    rest = list(dict.fromkeys(code for code in codes if code not in told))
    return blamed | ({"": rest} if rest else {})


def _terms_of(charge: Charge | None) -> Body:
    """The terms that a charge has, for a body that leaves them out because they are fixed."""
    if charge is None:
        return {}
    terms = {name: getattr(charge, name) for name in TERMS}
    return {**terms, "charge_model": charge.charge_model, "billable_metric_id": str(charge.billable_metric_id)}


def _of_charge(row: Body, choices: Choices) -> Errors:
    metric = choices.metrics.get(row["billable_metric_id"] or "")
    if metric is None:
        return {"billable_metric_id": [MANDATORY]}
    model, properties = row["charge_model"], row["properties"]
    errors = _read(ChargeInput().read, row) | _under("price", price_problems(model, properties))
    if unit := row.get("applied_pricing_unit"):
        errors |= _read(AppliedPricingUnitInput().read, unit)
    if not errors:
        terms = {name: row[name] for name in TERMS if row.get(name) is not None}
        checked = charge_problems(a_charge(metric, model, properties=properties, **terms))
        errors |= {"price" if name == "properties" else name: codes for name, codes in checked.items()}
    allowed = {part.key: part.values for part in metric.filters}
    for place, part in enumerate(row["filters"]):
        found = _read(read_filters, [part], a_charge(metric, model), allowed)
        errors |= _under(f"filters.{place}", _of_filter(found, model, part["properties"]))
    return errors


def _of_filter(found: Errors, model: str, properties: Mapping[str, Any]) -> Errors:
    """Values are chosen among those that there are; a price of its own is told field by field."""
    values = {"chosen": found["values"]} if "values" in found else {}
    return values | _under("price", price_problems(model, properties))


def _of_fixed_charge(row: Body, currency: str) -> Errors:
    errors = _read(FixedChargeInput().read, row)
    errors |= {name: [MANDATORY] for name in ("add_on_id", "units") if not row[name]}
    errors |= _under("price", price_problems(row["charge_model"], row["properties"]))
    if errors or currency not in CURRENCIES:
        return errors
    terms = {name: row[name] for name in ("properties", "pay_in_advance", "prorated")}
    checked = a_fixed_charge(row["charge_model"], **terms, units=FixedChargeInput().read(row)["units"])
    return dict(fixed_charge_problems(checked, currency))


def _of_fields(model: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each field is judged in a price that is right otherwise."""
    right = default_properties(model)
    for name in properties:
        if codes := property_problems(model, {**right, name: properties[name]}):
            yield "presentation" if name == "presentation_group_keys" else name, codes


def _of_tiers(model: str, tiers: Tiers, properties: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The same of each amount of each tier; a bound is to blame if there is one more code with its tier than before.

    Where a tier has no end, nobody knows where the next one should begin.
    """
    (right,) = default_properties(model)[tiers.name]
    ranges, before, endless = properties[tiers.name], 0, False
    for place, row in enumerate(ranges):
        for name in tiers.amounts:
            if codes := property_problems(model, {tiers.name: [{**right, name: row[name]}]}):
                yield f"tiers.{place}.{name}", codes
        closed = [{**right, **bounds} for bounds in _closed(ranges[: place + 1])]
        codes = property_problems(model, {tiers.name: closed})
        wrong = _wrong_bound(row) if len(codes) > before else ""
        if wrong and not (endless and wrong == "from_value"):
            yield f"tiers.{place}.{wrong}", codes[:1]
        before, endless = len(codes), wrong == "to_value"


def _closed(ranges: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The bounds of tiers, and of one more that has no end, unless the last of them has none."""
    for row in ranges:
        yield {name: row[name] for name in ("from_value", "to_value")}
    end = ranges[-1]["to_value"]
    if end is not None:
        yield {"from_value": end + 1 if isinstance(end, int | float) else 1, "to_value": None}


def _wrong_bound(row: Mapping[str, Any]) -> str:
    """The end, if it is none behind the beginning."""
    begin, end = row["from_value"], row["to_value"]
    if end is None or not isinstance(begin, int | float):
        return "from_value"
    return "from_value" if isinstance(end, int | float) and end > begin else "to_value"


def _repeated_codes(name: str, rows: Sequence[Body]) -> Errors:
    """The codes that are written twice among the charges of a kind."""
    codes = [row.get("code") for row in rows]
    return {
        f"{name}.{place}.code": [ALREADY_EXISTS] for place, code in enumerate(codes) if code and code in codes[:place]
    }


def _under(path: str, errors: Errors) -> Errors:
    """The errors with a path before their own."""
    return {f"{path}.{name}" if name else path: codes for name, codes in errors.items()}


def _read(read: Callable[..., Any], *given: Any, **options: Any) -> Errors:
    """The codes by which something given is refused."""
    try:
        read(*given, **options)
    except Invalid as error:
        return dict(error.details)  # type: ignore[arg-type]
    return {}
