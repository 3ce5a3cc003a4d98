"""The minimum commitment of a plan as a client gives it (02 §9, 03 §1.3-7)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from lago.catalog.models import Commitment, Plan
from lago.catalog.queries import taxes_of_codes
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import Text, Whole
from lago.core.schemas import InputSchema

NOT_A_NUMBER = "is not a number"
LARGEST_AMOUNT = 10**15


class CommitmentInput(InputSchema):
    """A minimum commitment."""

    amount_cents = Whole(least=1, most=LARGEST_AMOUNT, error_messages={"null": NOT_A_NUMBER})
    invoice_display_name = Text(allow_none=True)
    tax_codes = fields.List(Text())


def write_commitment(plan: Plan, data: Any) -> None:
    """Gives the plan a commitment, or changes what is named of the one it has; an empty object takes it away.

    Null, or anything that is no object, changes nothing. Raises Invalid, or NotFound for an unknown tax.
    """
    if not isinstance(data, Mapping):
        return
    if data:
        _put(plan, CommitmentInput().read(data))
    elif plan.minimum_commitment:
        db.session.delete(plan.minimum_commitment)
    db.session.flush()
    db.session.expire(plan, ["minimum_commitment"])


def _put(plan: Plan, values: Mapping[str, Any]) -> None:
    commitment = plan.minimum_commitment
    if commitment is None:
        commitment = Commitment(organization_id=plan.organization_id, plan_id=plan.id, taxes=[])
    for name in ("amount_cents", "invoice_display_name"):
        if name in values:
            setattr(commitment, name, values[name])
    if commitment.amount_cents is None:
        raise Invalid({"amount_cents": [NOT_A_NUMBER]})
    if "tax_codes" in values:
        commitment.taxes = taxes_of_codes(plan.organization_id, values["tax_codes"])
    db.session.add(commitment)
