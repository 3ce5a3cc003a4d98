"""What a plan gives of features: shown on its page, changed in drawers of it (03 §1.7)."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.features import own_feature
from lago.admin.pages import page, paged, show, wants_fragment
from lago.admin.plans import own_plan
from lago.admin.value_fields import ValueField, by_code, errors_of, typed_texts
from lago.catalog.entitlements.delete_entitlement import delete_entitlement
from lago.catalog.entitlements.delete_entitlement_value import take_value
from lago.catalog.entitlements.queries import entitlement_to, entitlements_of, values_of
from lago.catalog.entitlements.write_entitlements import write_entitlements
from lago.catalog.features.queries import features_but
from lago.catalog.models import Feature, Plan
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid


@page("GET", "/plans/<uuid:plan_id>/entitlements/new", needs="plans:update")
def choose_plan_entitlement(plan_id: uuid.UUID) -> str:
    """The features that the plan does not give yet."""
    plan = own_plan(plan_id)
    listed = paged(features_but(plan.organization_id, [row.feature_id for row in entitlements_of(plan)]))
    return show("entitlements/choose_for_plan.html", plan=plan, page=listed)


@page("GET POST", "/plans/<uuid:plan_id>/entitlements/<uuid:feature_id>", needs="plans:update")
def plan_entitlement(plan_id: uuid.UUID, feature_id: uuid.UUID) -> Any:
    plan, feature = own_plan(plan_id), own_feature(feature_id)
    if request.method != "POST":
        return show_form(plan, feature, stored_texts(plan, feature))
    typed = typed_texts(feature)
    try:
        with all_or_nothing():
            save(plan, feature, typed)
    except Invalid as error:
        return show_form(plan, feature, typed, errors=errors_of(feature, error)), 422
    return back_to(plan)


@page("GET POST", "/plans/<uuid:plan_id>/entitlements/<uuid:feature_id>/remove", needs="plans:update")
def remove_plan_entitlement(plan_id: uuid.UUID, feature_id: uuid.UUID) -> Any:
    plan, feature = own_plan(plan_id), own_feature(feature_id)
    if request.method != "POST":
        return show("entitlements/remove_from_plan.html", plan=plan, feature=feature)
    delete_entitlement(plan, feature.code)
    return back_to(plan)


def save(plan: Plan, feature: Feature, typed: dict[uuid.UUID, str]) -> None:
    """Gives the feature with the values that were written; what was left empty is not set. Raises Invalid."""
    emptied = stored_texts(plan, feature).keys() - typed.keys()
    for privilege in feature.privileges:
        if privilege.id in emptied:
            take_value(plan, feature.code, privilege.code)
    write_entitlements(plan, {feature.code: by_code(feature, typed)}, replace=False)  # which tells of it all, once


def show_form(plan: Plan, feature: Feature, texts: dict[uuid.UUID, str], **context: Any) -> str:
    fields = [ValueField(privilege, texts.get(privilege.id, "")) for privilege in feature.privileges]
    given = entitlement_to(plan, feature.code) is not None
    return show("entitlements/of_plan.html", plan=plan, feature=feature, fields=fields, given=given, **context)


def stored_texts(plan: Plan, feature: Feature) -> dict[uuid.UUID, str]:
    """The values that the plan sets now, by privilege."""
    entitlement = entitlement_to(plan, feature.code)
    return {row.privilege_id: row.value for row in values_of(entitlement)} if entitlement else {}


def back_to(plan: Plan) -> Any:
    """To the plan's page, where what it gives is shown. A drawer of that page gets no anchor: with one a browser
    would stay where it is."""
    if wants_fragment():
        return make_response("", 204, redirect=url_for("admin.plan", plan_id=plan.id))
    return redirect(url_for("admin.plan", plan_id=plan.id, _anchor="entitlements"))
