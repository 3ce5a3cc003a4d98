"""`/plans/:code/metadata` (03 §1.6)."""

from typing import Any

from lago.api.charges import plan_of
from lago.api.kit import payload
from lago.api.routes import endpoint
from lago.catalog.models import Plan
from lago.catalog.write_metadata import delete_metadata_key, merge_metadata, replace_metadata

_PATH = "/plans/<code:code>/metadata"


@endpoint("POST", _PATH, permission="plan")
def replace_(code: str) -> dict[str, Any]:
    plan = plan_of(code)
    replace_metadata(plan, payload().get("metadata", {}))
    return _answer(plan)


@endpoint("PUT PATCH", _PATH, permission="plan")
def merge_(code: str) -> dict[str, Any]:
    plan = plan_of(code)
    merge_metadata(plan, payload().get("metadata"))
    return _answer(plan)


@endpoint("DELETE", f"{_PATH}/<segment:key>", permission="plan")
def delete_key_(code: str, key: str) -> dict[str, Any]:
    plan = plan_of(code)
    delete_metadata_key(plan, key)
    return _answer(plan)


@endpoint("DELETE", _PATH, permission="plan")
def delete_(code: str) -> dict[str, Any]:
    plan = plan_of(code)
    replace_metadata(plan, None)
    return _answer(plan)


def _answer(plan: Plan) -> dict[str, Any]:
    return {"metadata": plan.notes}
