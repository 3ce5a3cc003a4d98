"""Features: what plans can give. The list, a page for each, and the form that makes and changes them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.feature_draft import TYPES, Draft, body_of, draft_of, problems_of, typed_draft
from lago.admin.pages import asked_for, current_organization, found, page, paged, show, text, wants_fragment
from lago.catalog.browse import plans_of
from lago.catalog.entitlements.queries import entitlements_to, values_of
from lago.catalog.features.create_feature import create_feature
from lago.catalog.features.delete_feature import delete_feature
from lago.catalog.features.delete_privilege import delete_privilege
from lago.catalog.features.queries import features as all_features
from lago.catalog.features.queries import find_feature, plan_counts
from lago.catalog.features.update_feature import update_feature
from lago.catalog.models import Feature
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid


@dataclass(frozen=True)
class Row:
    """A feature in the list, with the number of plans that give it."""

    feature: Feature
    plans: int


@page("GET", "/features", needs="features:view")
def features() -> str:
    search = text("search")
    listed = paged(all_features(current_organization().id, search))
    numbers = plan_counts(listed.items)
    rows = [Row(one, numbers.get(one.id, 0)) for one in listed.items]
    return show("features/list.html", "features/_list.html", page=listed, rows=rows, search=search, types=TYPES)


@page("GET", "/features/<uuid:feature_id>", needs="features:view")
def feature(feature_id: uuid.UUID) -> str:
    record = own_feature(feature_id)
    listed = paged(entitlements_to(record))
    plans = plans_of(listed.items)
    return show(
        "features/show.html", "features/_plans.html", feature=record, types=TYPES, page=listed,
        given=[(plans[row.plan_id], values_of(row)) for row in listed.items],
    )


@page("GET POST", "/features/new", needs="features:create")
def new_feature() -> Any:
    return form(None)


@page("GET POST", "/features/<uuid:feature_id>/edit", needs="features:update")
def edit_feature(feature_id: uuid.UUID) -> Any:
    return form(own_feature(feature_id))


@page("GET POST", "/features/<uuid:feature_id>/delete", needs="features:delete")
def remove_feature(feature_id: uuid.UUID) -> Any:
    record = own_feature(feature_id)
    if request.method != "POST":
        return show("features/delete.html", feature=record, plans=plan_counts([record]).get(record.id, 0))
    delete_feature(record)
    return leave_to(url_for("admin.features"))


def form(record: Feature | None) -> Any:
    """Shows the form of a feature or a new one, changes its rows, or saves it."""
    if request.method != "POST":
        return show_form(record, draft_of(record))
    draft = typed_draft(record)
    if change := request.form.get("change"):
        return show_form(record, draft, change=change)
    try:
        with all_or_nothing():
            saved = save(record, draft)
    except Invalid as error:
        return show_form(record, draft, errors=errors_of(error, draft)), 422
    return leave_to(url_for("admin.feature", feature_id=saved.id))


def save(record: Feature | None, draft: Draft) -> Feature:
    """Makes the feature or changes it. Raises Invalid."""
    if problems := problems_of(draft):
        raise Invalid(problems)
    if record is None:
        return create_feature(current_organization().id, body_of(draft))
    for code in draft.removed:
        delete_privilege(record, code)
    update_feature(record, body_of(draft))
    return record


def errors_of(error: Invalid, draft: Draft) -> Mapping[str, Any]:
    """The errors by the fields of the form; where it has none for one, it concerns the whole form."""
    details: Any = error.details
    named = {name: codes for name, codes in details.items() if not name.startswith("privilege.")}
    return named or {"base": ["value_is_invalid"]}


def show_form(record: Feature | None, draft: Draft, **context: Any) -> str:
    """The form, or only its privileges if HTMX asked for these."""
    template = "features/_privileges.html" if asked_for("privileges") else "features/form.html"
    plans = plan_counts([record]).get(record.id, 0) if record else 0
    return show(template, feature=record, draft=draft, types=TYPES, plans=plans, **context)


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def own_feature(feature_id: uuid.UUID) -> Feature:
    return found(find_feature(current_organization().id, feature_id), "feature")
