"""What an organization keeps on a plan (03 §1.6)."""

import uuid
from typing import Any

from flask import url_for

from lago.admin.metadata_form import edit_metadata
from lago.admin.pages import page
from lago.admin.plans import own_plan
from lago.catalog.write_metadata import replace_metadata


@page("GET POST", "/plans/<uuid:plan_id>/metadata", needs="plans:update")
def edit_plan_metadata(plan_id: uuid.UUID) -> Any:
    plan = own_plan(plan_id)
    back = url_for("admin.plan", plan_id=plan_id)
    return edit_metadata(plan.name, back, plan.notes, lambda pairs: replace_metadata(plan, pairs or None))
