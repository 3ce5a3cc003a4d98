"""Whom a dunning campaign applies to: all customers of a billing entity, or a single one (05 §2.6)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.dunning import leave_to, own_campaign, own_entities
from lago.admin.pages import asked_for, current_organization, form_text, found, page, show, text
from lago.admin.subscription_new import customers_like
from lago.core.db import db
from lago.core.ids import as_uuid
from lago.customers.browse import find_customer
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.payments.dunning.apply import apply_to_customer, apply_to_entity
from lago.payments.dunning.queries import campaigns
from lago.payments.models import DunningCampaign

EXCLUDED = "excluded"


@page("GET POST", "/dunning_campaigns/<uuid:campaign_id>/billing_entities", needs="dunning_campaigns:update")
def apply_dunning_to_entities(campaign_id: uuid.UUID) -> Any:
    """Checkboxes: the billing entities whose default the campaign is."""
    campaign, entities = own_campaign(campaign_id), own_entities()
    if request.method != "POST":
        others = {one.id: one for one in db.session.scalars(campaigns(campaign.organization_id))}
        return show("dunning/entities.html", campaign=campaign, entities=entities, campaigns=others)
    chosen = {as_uuid(value) for value in request.form.getlist("entity")}
    for entity in entities:
        if entity.id in chosen:
            apply_to_entity(entity, campaign)
        elif entity.applied_dunning_campaign_id == campaign.id:
            apply_to_entity(entity, None)
    return leave_to(url_for("admin.dunning_campaign", campaign_id=campaign.id))


@page("GET POST", "/dunning_campaigns/<uuid:campaign_id>/customers", needs="dunning_campaigns:update")
def apply_dunning_to_customer(campaign_id: uuid.UUID) -> Any:
    """Makes it the campaign of the customer whose external id is typed."""
    campaign = own_campaign(campaign_id)
    if asked_for("customers-known"):
        return show("subscriptions/_customers.html", customers=customers_like(text("external_customer_id")))
    if request.method != "POST":
        return show("dunning/customer.html", campaign=campaign, external_id="", customers=customers_like(None))
    external_id = form_text("external_customer_id") or ""
    customer = customer_by_external_id(current_organization().id, external_id)
    if customer is None:
        errors = {"external_customer_id": ["customer_not_found"]}
        known = customers_like(external_id)
        form = {"campaign": campaign, "external_id": external_id, "customers": known, "errors": errors}
        return show("dunning/customer.html", **form), 422
    apply_to_customer(customer, campaign)
    return leave_to(url_for("admin.dunning_campaign", campaign_id=campaign.id))


@page("GET POST", "/customers/<uuid:customer_id>/dunning", needs="customers:update")
def customer_dunning(customer_id: uuid.UUID) -> Any:
    """The customer's own campaign, that of its billing entity, or none ever."""
    customer = found(find_customer(current_organization().id, customer_id), "customer")
    known = db.session.scalars(campaigns(customer.organization_id)).all()
    if request.method != "POST":
        return show("dunning/of_customer.html", customer=customer, campaigns=known, excluded=EXCLUDED)
    choice = request.form.get("campaign", "")
    chosen = next((one for one in known if str(one.id) == choice), None)
    kept = next((one for one in known if one.id == customer.applied_dunning_campaign_id), None)
    is_excluded = choice == EXCLUDED
    apply_to_customer(customer, kept if is_excluded else chosen, excluded=is_excluded)
    return leave_to(url_for("admin.customer", customer_id=customer.id))


def dunning_of(customer: Customer) -> str:
    """Which campaign applies to a customer, in words."""
    if customer.account_type == "partner":
        return "never: a partner"
    if customer.exclude_from_dunning_campaign:
        return "excluded"
    own, default = customer.applied_dunning_campaign_id, customer.billing_entity.applied_dunning_campaign_id
    campaign = db.session.get(DunningCampaign, own or default) if own or default else None
    if campaign is None:
        return "no campaign"
    return campaign.name if own else f"{campaign.name}, of {customer.billing_entity.name}"
