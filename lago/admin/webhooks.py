"""Webhooks: where they go, and what became of each message."""

import uuid
from typing import Any

from flask import redirect, url_for

from lago.admin.pages import asked_for, current_organization, found, one_of, page, paged, show, text, wants_fragment
from lago.core.errors import NotAllowed
from lago.core.ids import as_uuid
from lago.webhooks.browse import DeliveryFilter, browse_deliveries, endpoints_of, find_delivery
from lago.webhooks.models import WebhookDelivery
from lago.webhooks.queries import attempts_of
from lago.webhooks.resend import resend
from lago.webhooks.signature import public_key

STATUSES = ("pending", "retrying", "succeeded", "failed")


@page("GET", "/developers/webhooks", needs="developers:view")
def webhooks() -> str:
    organization = current_organization()
    chosen = DeliveryFilter(
        endpoint_id=as_uuid(text("endpoint")), webhook_type=text("type"), status=one_of("status", STATUSES)
    )
    listed = paged(browse_deliveries(organization.id, chosen))
    return show(
        "webhooks/list.html",
        "webhooks/_list.html",
        organization=organization,
        endpoints=endpoints_of(organization.id),
        page=listed,
        deliveries=listed.items,
        chosen=chosen,
        filtered=chosen != DeliveryFilter(),
        statuses=STATUSES,
        public_key=public_key(),
    )


@page("GET", "/developers/webhooks/<uuid:delivery_id>", needs="developers:view")
def webhook(delivery_id: uuid.UUID) -> str:
    record = found(find_delivery(current_organization().id, delivery_id), "webhook")
    return show_delivery(record, "webhooks/_delivery.html" if asked_for("delivery") else None)


@page("POST", "/developers/webhooks/<uuid:delivery_id>/resend", needs="developers:manage")
def resend_webhook(delivery_id: uuid.UUID) -> Any:
    record = found(find_delivery(current_organization().id, delivery_id), "webhook")
    try:
        resend(record)
    except NotAllowed as error:
        return show_delivery(record, "webhooks/_delivery.html", errors={"base": [error.code]}), 409
    if wants_fragment():
        return show_delivery(record, "webhooks/_delivery.html")
    return redirect(url_for("admin.webhook", delivery_id=record.id))


def show_delivery(record: WebhookDelivery, fragment: str | None = None, **context: Any) -> str:
    return show("webhooks/show.html", fragment, delivery=record, tries=attempts_of(record.id), **context)
