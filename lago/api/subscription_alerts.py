"""`/subscriptions/:external_id/alerts` (03 §8)."""

from typing import Any

from lago.api.asked_status import asked_status
from lago.api.kit import body, current_organization, found, many, one, payload
from lago.api.routes import endpoint
from lago.metering.alerts import queries
from lago.metering.alerts.create_alerts import create_alert, create_alerts
from lago.metering.alerts.delete_alerts import delete_alert, delete_alerts
from lago.metering.alerts.schemas import AlertSchema
from lago.metering.alerts.update_alert import update_alert
from lago.metering.models import Alert
from lago.subscriptions.queries import subscription_by_external_id

ALL = "/subscriptions/<segment:external_id>/alerts"
ONE = f"{ALL}/<code:code>"


@endpoint("GET", ALL, permission="alert")
def list_(external_id: str) -> dict[str, Any]:
    _check(external_id)
    return many("alerts", AlertSchema(), queries.alerts_of(current_organization().id, external_id))


@endpoint("POST", ALL, permission="alert")
def create_(external_id: str) -> dict[str, Any]:
    several = payload().get("alerts")
    data = None if several and isinstance(several, list) else body("alert")
    _check(external_id)
    organization_id = current_organization().id
    if data is None:
        return {"alerts": AlertSchema().dump(create_alerts(organization_id, external_id, several), many=True)}
    return one("alert", AlertSchema(), create_alert(organization_id, external_id, data))


@endpoint("DELETE", ALL, permission="alert")
def delete_all(external_id: str) -> None:
    _check(external_id)
    delete_alerts(current_organization().id, external_id)


@endpoint("GET", ONE, permission="alert")
def show_(external_id: str, code: str) -> dict[str, Any]:
    return one("alert", AlertSchema(), _alert(external_id, code))


@endpoint("PUT PATCH", ONE, permission="alert")
def update_(external_id: str, code: str) -> dict[str, Any]:
    data = body("alert")
    alert = _alert(external_id, code)
    update_alert(alert, data)
    return one("alert", AlertSchema(), alert)


@endpoint("DELETE", ONE, permission="alert")
def delete_(external_id: str, code: str) -> dict[str, Any]:
    alert = _alert(external_id, code)
    delete_alert(alert)
    return one("alert", AlertSchema(), alert)


def _alert(external_id: str, code: str) -> Alert:
    _check(external_id)
    return found(queries.alert_by_code(current_organization().id, external_id, code), "alert")


def _check(external_id: str) -> None:
    """Raises NotFound unless there is such a subscription: an active one, or one of the status that is asked for."""
    found(subscription_by_external_id(current_organization().id, external_id, asked_status()), "subscription")
