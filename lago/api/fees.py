"""`/fees`: what was charged, on invoices or not."""

from collections.abc import Sequence
from typing import Any

from flask import request

from lago.api.kit import argument, body, current_organization, found
from lago.api.routes import endpoint
from lago.core.ids import as_uuid
from lago.core.pagination import paginate
from lago.invoicing.delete_fee import delete_fee
from lago.invoicing.fee_queries import fee_by_id, list_fees, self_billed_invoices, true_ups_of
from lago.invoicing.fee_schema import FeeSchema, TaxedFeeSchema
from lago.invoicing.models import Fee
from lago.invoicing.update_fee import update_fee


@endpoint("GET", "/fees", permission="fee")
def list_all_fees() -> dict[str, Any]:
    query = list_fees(current_organization().id, request.args)
    page = paginate(query, argument("page"), argument("per_page"))
    return {"fees": _shown(page.items), "meta": page.meta}


@endpoint("GET", "/fees/<segment:lago_id>", permission="fee")
def show_fee(lago_id: str) -> dict[str, Any]:
    return {"fee": _shown([_found(lago_id)])[0]}


@endpoint("PUT PATCH", "/fees/<segment:lago_id>", permission="fee")
def change_fee(lago_id: str) -> dict[str, Any]:
    fee = _found(lago_id)
    update_fee(fee, body("fee"))
    return {"fee": _shown([fee])[0]}


@endpoint("DELETE", "/fees/<segment:lago_id>", permission="fee")
def remove_fee(lago_id: str) -> dict[str, Any]:
    """Without its taxes (02 §7.1), and self-billed only with an invoice, which it has not."""
    fee = _found(lago_id)
    delete_fee(fee)
    return {"fee": {**FeeSchema().dump(fee), "self_billed": False}}


def _found(lago_id: str) -> Fee:
    return found(fee_by_id(current_organization().id, as_uuid(lago_id)), "fee")


def _shown(fees: Sequence[Fee]) -> Any:
    schema = TaxedFeeSchema(self_billed_invoices(fees), true_ups=true_ups_of(fees))
    return schema.dump(fees, many=True)
