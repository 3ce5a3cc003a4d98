"""What a subscription has of features: its plan's and its own, changed, taken away, given back (03 §1.7)."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.entitlement_cards import cards_of, fields_of
from lago.admin.features import own_feature
from lago.admin.pages import page, paged, show, wants_fragment
from lago.admin.save_own_entitlement import save_own_entitlement
from lago.admin.subscriptions import own_subscription
from lago.admin.value_fields import errors_of, typed_texts
from lago.catalog.features.queries import features_but
from lago.catalog.models import Feature
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.subscriptions.entitlements.effective import effective_entitlements, removed_features
from lago.subscriptions.entitlements.remove_entitlement import remove_entitlement
from lago.subscriptions.entitlements.restore_entitlement import restore_entitlement
from lago.subscriptions.models import Subscription


@page("GET", "/subscriptions/<uuid:subscription_id>/entitlements", needs="subscriptions:view")
def subscription_entitlements(subscription_id: uuid.UUID) -> str:
    subscription = own_subscription(subscription_id)
    removed = removed_features(subscription)
    return show(
        "entitlements/of_subscription.html", subscription=subscription, removed=removed, cards=cards_of(subscription)
    )


@page("GET", "/subscriptions/<uuid:subscription_id>/entitlements/new", needs="subscriptions:update")
def choose_subscription_entitlement(subscription_id: uuid.UUID) -> str:
    """The features that the subscription does not have."""
    subscription = own_subscription(subscription_id)
    present = [row.feature.id for row in effective_entitlements(subscription)]
    listed = paged(features_but(subscription.organization_id, present))
    return show("entitlements/choose_for_subscription.html", subscription=subscription, page=listed)


@page("GET POST", "/subscriptions/<uuid:subscription_id>/entitlements/<uuid:feature_id>", needs="subscriptions:update")
def subscription_entitlement(subscription_id: uuid.UUID, feature_id: uuid.UUID) -> Any:
    subscription, feature = own_subscription(subscription_id), own_feature(feature_id)
    if request.method != "POST":
        return show_form(subscription, feature)
    typed, away = typed_texts(feature), taken_away(feature)
    try:
        with all_or_nothing():
            save_own_entitlement(subscription, feature, typed, away)
    except Invalid as error:
        return show_form(subscription, feature, typed, away, errors=errors_of(feature, error)), 422
    return back_to(subscription)


@page(
    "GET POST", "/subscriptions/<uuid:subscription_id>/entitlements/<uuid:feature_id>/remove",
    needs="subscriptions:update",
)
def remove_subscription_entitlement(subscription_id: uuid.UUID, feature_id: uuid.UUID) -> Any:
    subscription, feature = own_subscription(subscription_id), own_feature(feature_id)
    if request.method != "POST":
        return show("entitlements/remove_from_subscription.html", subscription=subscription, feature=feature)
    remove_entitlement(subscription, feature.code)
    return back_to(subscription)


@page(
    "GET POST", "/subscriptions/<uuid:subscription_id>/entitlements/<uuid:feature_id>/restore",
    needs="subscriptions:update",
)
def restore_subscription_entitlement(subscription_id: uuid.UUID, feature_id: uuid.UUID) -> Any:
    subscription, feature = own_subscription(subscription_id), own_feature(feature_id)
    if request.method != "POST":
        return show("entitlements/restore_to_subscription.html", subscription=subscription, feature=feature)
    restore_entitlement(subscription, feature.code)
    return back_to(subscription)


def taken_away(feature: Feature) -> set[uuid.UUID]:
    """The privileges that the form takes from the subscription."""
    return {privilege.id for privilege in feature.privileges if f"away-{privilege.id}" in request.form}


def show_form(
    subscription: Subscription, feature: Feature, typed: dict[uuid.UUID, str] | None = None,
    away: set[uuid.UUID] | None = None, **context: Any,
) -> str:
    """The form with what is stored, or with what was written into it."""
    return show(
        "entitlements/own.html", subscription=subscription, feature=feature,
        entry=fields_of(subscription, feature, typed, away), **context,
    )


def back_to(subscription: Subscription) -> Any:
    address = url_for("admin.subscription_entitlements", subscription_id=subscription.id)
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)
