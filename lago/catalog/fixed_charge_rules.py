"""Which charge models fixed charges have, and what goes together in one (02 §8.1)."""

from decimal import Decimal
from typing import Any

from lago.catalog.inputs import LARGEST_AMOUNT
from lago.catalog.models import FixedCharge
from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY, OUT_OF_RANGE
from lago.pricing.charge_models import CHARGE_MODELS, clean_properties, default_properties, price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.values import Usage

MODELS = ("standard", "graduated", "volume")


def fixed_charge_model_of(data: Any) -> str:
    """The charge model that a client names. Raises Invalid for one that fixed charges cannot have."""
    if not data:
        raise Invalid({"charge_model": [INVALID, MANDATORY]})
    if data not in MODELS:
        raise Invalid({"charge_model": [INVALID]})
    return str(data)


def read_fixed_properties(model: str, data: Any) -> dict[str, Any]:
    """A client's properties reduced to those of the model, without group keys; its defaults if there are none."""
    if not data:
        return default_properties(model)
    known = CHARGE_MODELS[model].KEYS
    return {key: value for key, value in clean_properties(model, data).items() if key in known}


def check_fixed_charge(fixed_charge: FixedCharge, currency: str) -> None:
    """Raises Invalid with all that is wrong with the fixed charge of a plan in that currency."""
    model, in_advance = fixed_charge.charge_model, fixed_charge.pay_in_advance
    rules = {
        "properties": CHARGE_MODELS[model].problems(fixed_charge.properties),
        "pay_in_advance": ["invalid_charge_model"] if in_advance and model == "volume" else [],
        "prorated": ["invalid_charge_model"] if in_advance and fixed_charge.prorated and model == "graduated" else [],
    }
    if found := {field: codes for field, codes in rules.items() if codes}:
        raise Invalid(found)
    check_units(fixed_charge, fixed_charge.units, currency)


def check_units(fixed_charge: FixedCharge, units: Decimal, currency: str) -> None:
    """Raises Invalid if so many units cost more than any plan may."""
    price = price_usage(fixed_charge.charge_model, Usage(units, 0), fixed_charge.properties, currency)
    if fee_amounts(price, currency).amount_cents > LARGEST_AMOUNT:
        raise Invalid({"units": [OUT_OF_RANGE]})
