"""`/customers/:external_id/current_usage`, `projected_usage` and `past_usage`."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import request

from lago.api.kit import argument, arguments, current_organization, found, one, refuse_nul
from lago.api.routes import endpoint
from lago.core.errors import BadRequest, NotAllowed
from lago.customers.queries import customer_by_external_id
from lago.invoicing.past_usage import PastUsageRequest, past_usage
from lago.metering.current_usage import UsageRequest, current_usage
from lago.metering.projected_usage import projected_usage
from lago.metering.property_text import property_text
from lago.metering.schemas import ProjectedUsageSchema, UsageSchema
from lago.metering.usage import Narrowing
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import active_subscription_of

_OFF = ("false", "0", "f", "off", "")
_GROUP_PARAMETERS = ("group", "filter_by_group")

Only = tuple[tuple[str, tuple[str, ...]], ...]


@endpoint("GET", "/customers/<segment:external_id>/current_usage", permission="customer_usage")
def show_current_usage(external_id: str) -> dict[str, Any]:
    subscription = _active_subscription(external_id)
    return one("customer_usage", UsageSchema(), current_usage(subscription, _request()))


@endpoint("GET", "/customers/<segment:external_id>/projected_usage", permission="customer_usage")
def show_projected_usage(external_id: str) -> dict[str, Any]:
    usage = projected_usage(_active_subscription(external_id), with_taxes=_is_on("apply_taxes", default=True))
    return one("customer_projected_usage", ProjectedUsageSchema(), usage)


@endpoint("GET", "/customers/<segment:external_id>/past_usage", permission="customer_usage")
def list_past_usage(external_id: str) -> dict[str, Any]:
    wanted = PastUsageRequest(
        external_id, argument("external_subscription_id") or "", argument("billable_metric_code")
    )
    size = argument("periods_count") or argument("per_page")
    page = past_usage(current_organization().id, wanted, argument("page"), size)
    return {"usage_periods": UsageSchema().dump(page.items, many=True), "meta": page.meta}


def _active_subscription(external_customer_id: str) -> Subscription:
    customer = found(customer_by_external_id(current_organization().id, external_customer_id), "resource")
    subscription = active_subscription_of(customer, argument("external_subscription_id") or "")
    if subscription is None:
        raise NotAllowed("no_active_subscription")
    return subscription


def _request() -> UsageRequest:
    return UsageRequest(
        charge_id=argument("charge_id") or argument("filter_by_charge_id"),
        charge_code=argument("charge_code") or argument("filter_by_charge_code"),
        metric_code=argument("billable_metric_code") or argument("filter_by_metric_code"),
        narrowing=Narrowing(
            _groups(), grouped=not _is_on("skip_grouping", default=False), presentation_keys=_presentation_keys()
        ),
        full=_is_on("full_usage", default=False),
        with_taxes=_is_on("apply_taxes", default=True),
    )


def _is_on(name: str, *, default: bool) -> bool:
    text = argument(name)
    return default if text is None else text.strip().lower() not in _OFF


def _groups() -> Only:
    """`group[key]=value`, `group[key][]=value` or JSON text, under either name; in order of the keys' appearance."""
    return next((given for name in _GROUP_PARAMETERS if (given := _group_json(name) or tuple(_group_keys(name)))), ())


def _group_keys(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    parameters = (text.removesuffix("[]") for text in request.args if text.startswith(f"{name}["))
    for parameter in dict.fromkeys(parameters):
        refuse_nul(name, parameter)
        yield parameter[len(name) + 1 : -1], tuple(arguments(parameter))


def _group_json(name: str) -> Only:
    """Raises BadRequest for what is no JSON object (01 §7)."""
    group = _json(name)
    if group is None:
        return ()
    if not isinstance(group, Mapping):
        raise BadRequest("Bad Request")
    return tuple((key, _texts(value)) for key, value in group.items())


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(property_text(one) or "" for one in (value if isinstance(value, list) else [value]))


def _presentation_keys() -> tuple[str, ...] | None:
    """None where all keys are asked for. Raises BadRequest for what is no JSON array (01 §7)."""
    keys = _json("filter_by_presentation")
    if keys is None:
        return None
    if not isinstance(keys, list):
        raise BadRequest("Bad Request")
    return tuple(str(key) for key in keys)


def _json(name: str) -> Any:
    """The value of a parameter that is JSON text; None if it is blank. Raises BadRequest, or Invalid for a NUL."""
    text = argument(name)
    if not text or not text.strip():
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest("Bad Request") from None
    refuse_nul(name, value)
    return value
