"""What a client keeps on a plan as `metadata` (03 §1.6)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import Plan
from lago.catalog.queries import lock_plan
from lago.core.json_metadata import merged_metadata, read_metadata, without_key
from lago.core.outbox import announce


def write_metadata(plan: Plan, data: Mapping[str, Any]) -> None:
    """Puts the `metadata` of a client's object in place of what is kept; null deletes it, nothing changes nothing.

    Raises Invalid.
    """
    if "metadata" in data:
        plan.notes = None if data["metadata"] is None else read_metadata(data["metadata"])


def replace_metadata(plan: Plan, sent: Any) -> None:
    """Puts what was sent in place of what is kept; null deletes it. Raises Invalid."""
    lock_plan(plan)
    write_metadata(plan, {"metadata": sent})
    announce("plan.updated", plan)


def merge_metadata(plan: Plan, sent: Any) -> None:
    """Lays what was sent over what is kept; nothing sent changes nothing. Raises Invalid."""
    lock_plan(plan)
    plan.notes = merged_metadata(plan.notes, sent)
    announce("plan.updated", plan)


def delete_metadata_key(plan: Plan, key: str) -> None:
    """Drops one key of what is kept. Raises NotFound if nothing is kept at all."""
    lock_plan(plan)
    plan.notes = without_key(plan.notes, key)
