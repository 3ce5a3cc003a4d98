"""Fees as the API shows them, those without an invoice too."""

from typing import Any

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.fee_schema import FeeSchema
from lago.invoicing.models import Fee
from tests.builders.organizations import Account


def charge_fees(account: Account, **fields: Any) -> list[dict[str, Any]]:
    """All fees of charges, in the order in which they were made; `fields`: columns that they must have."""
    query = select(Fee).where(Fee.organization_id == account.organization.id, Fee.fee_type == "charge")
    rows = db.session.scalars(query.filter_by(**fields).order_by(Fee.seq)).all()
    return FeeSchema().dump(rows, many=True)
