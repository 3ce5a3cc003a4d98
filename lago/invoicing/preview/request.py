"""What is asked for with a preview (04 §11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lago.core import clock
from lago.core.errors import BadRequest, Invalid
from lago.core.fields import INVALID, is_billable, parse_moment
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import billing_entity_named
from lago.subscriptions.create import BILLING_TIMES


@dataclass(frozen=True)
class PreviewRequest:
    """`customer`: the client's object; `new_plan_code`: the plan that a subscription is to change to."""

    organization: Organization
    customer: Mapping[str, Any]
    plan_code: str | None
    billing_time: str
    subscription_at: datetime
    external_ids: Sequence[str]
    new_plan_code: str | None
    terminated_at: datetime | None
    coupons: Sequence[Mapping[str, Any]]
    entity: BillingEntity | None


def read_request(organization: Organization, data: Mapping[str, Any]) -> PreviewRequest:
    """Raises BadRequest for a list or an object in the wrong place, NotFound for an unknown billing entity, Invalid."""
    coupons, subscriptions = data.get("coupons"), data.get("subscriptions")
    if coupons is not None and not isinstance(coupons, list):
        raise BadRequest("coupons_must_be_an_array")
    if subscriptions is not None and not isinstance(subscriptions, dict):
        raise BadRequest("subscriptions_must_be_an_object")
    entity = billing_entity_named(organization.id, _text(data.get("billing_entity_code")), None)
    wanted, customer = subscriptions or {}, data.get("customer")
    return PreviewRequest(
        organization,
        customer if isinstance(customer, dict) else {},
        _text(data.get("plan_code")),
        _billing_time(data.get("billing_time")),
        _moment("subscription_at", data.get("subscription_at")) or clock.now(),
        _texts(wanted.get("external_ids")),
        _text(wanted.get("plan_code")),
        _termination(wanted.get("terminated_at")),
        [one for one in coupons or () if isinstance(one, dict)],
        entity,
    )


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") and not isinstance(value, list | dict) else None


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else []
    return list(dict.fromkeys(str(one) for one in values if isinstance(one, str | int) and one != ""))


def _billing_time(value: object) -> str:
    if value in (None, ""):
        return "calendar"
    if value not in BILLING_TIMES:
        raise Invalid({"billing_time": [INVALID]})
    return str(value)


def _moment(name: str, value: object) -> datetime | None:
    if value in (None, ""):
        return None
    moment = parse_moment(value)
    if moment is None or not is_billable(moment):
        raise Invalid({name: ["invalid_date"]})
    return moment


def _termination(value: object) -> datetime | None:
    if value in (None, ""):
        return None
    moment = parse_moment(value)
    if moment is None or not is_billable(moment):
        raise Invalid({"terminated_at": ["invalid_timestamp"]})
    if moment < clock.now():
        raise Invalid({"terminated_at": ["cannot_be_in_past"]})
    return moment
