"""`/activity_logs`: what happened in the organization (06 §6)."""

from typing import Any

from lago.api.kit import argument, arguments, current_organization, found, many, one
from lago.api.log_filters import from_date, to_date
from lago.api.routes import endpoint
from lago.audit.activities import ActivityFilter, find_activity, list_activities
from lago.audit.activity_schema import ActivityLogSchema
from lago.core.ids import as_uuid


@endpoint("GET", "/activity_logs", permission="activity_log")
def list_activity_logs() -> dict[str, Any]:
    chosen = ActivityFilter(
        since=from_date(), until=to_date(),
        activity_types=arguments("activity_types"), activity_sources=arguments("activity_sources"),
        user_emails=arguments("user_emails"), external_customer_id=argument("external_customer_id"),
        external_subscription_id=argument("external_subscription_id"),
        resource_ids=[as_uuid(text) for text in arguments("resource_ids")],
        resource_types=arguments("resource_types"),
    )
    return many("activity_logs", ActivityLogSchema(), list_activities(current_organization().id, chosen))


@endpoint("GET", "/activity_logs/<segment:activity_id>", permission="activity_log")
def show_activity_log(activity_id: str) -> dict[str, Any]:
    activity = find_activity(current_organization().id, as_uuid(activity_id))
    return one("activity_log", ActivityLogSchema(), found(activity, "activity_log"))
