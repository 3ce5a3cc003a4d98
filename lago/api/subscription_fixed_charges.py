"""`/subscriptions/:external_id/fixed_charges` (02 §8.1, 03 §2.5)."""

from typing import Any

from lago.api.asked_status import asked_status
from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog.models import FixedCharge
from lago.catalog.queries import fixed_charge_by_code, fixed_charges
from lago.catalog.schemas import FixedChargeSchema
from lago.invoicing.change_own_fixed_charge import change_own_fixed_charge
from lago.subscriptions.fixed_charge_units import own_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import subscription_by_external_id
from lago.subscriptions.schemas import SubscriptionFixedChargeSchema

ALL = "/subscriptions/<segment:external_id>/fixed_charges"
ONE = f"{ALL}/<code:fixed_charge_code>"


@endpoint("GET", ALL, permission="subscription")
def list_(external_id: str) -> dict[str, Any]:
    subscription = _subscription(external_id)
    return many("fixed_charges", _schema(subscription), fixed_charges(subscription.plan))


@endpoint("GET", ONE, permission="subscription")
def show_(external_id: str, fixed_charge_code: str) -> dict[str, Any]:
    subscription = _subscription(external_id)
    return one("fixed_charge", _schema(subscription), _fixed_charge(subscription, fixed_charge_code))


@endpoint("PUT PATCH", ONE, permission="subscription")
def update_(external_id: str, fixed_charge_code: str) -> dict[str, Any]:
    subscription = _subscription(external_id)
    fixed_charge = change_own_fixed_charge(subscription, fixed_charge_code, body("fixed_charge"))
    return one("fixed_charge", _schema(subscription), fixed_charge)


def _subscription(external_id: str) -> Subscription:
    return found(subscription_by_external_id(current_organization().id, external_id, asked_status()), "subscription")


def _fixed_charge(subscription: Subscription, code: str) -> FixedCharge:
    return found(fixed_charge_by_code(subscription.plan, code), "fixed_charge")


def _schema(subscription: Subscription) -> FixedChargeSchema:
    own = own_units([subscription.id])
    return SubscriptionFixedChargeSchema({identifier: units for (_, identifier), units in own.items()})
