"""Dunning campaigns: the list, a page for each, and the form that makes and changes them (05 §2.6)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.dunning_form import Draft, body_of, draft_of, named, typed_draft
from lago.admin.pages import asked_for, current_organization, found, page, paged, show, text, wants_fragment
from lago.core import mail
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity
from lago.organizations.queries import billing_entities
from lago.payments.dunning.create import create_campaign
from lago.payments.dunning.delete import delete_campaign
from lago.payments.dunning.queries import (
    campaign_by_id,
    campaigns,
    customer_counts,
    customers_of,
    requests_of,
    states_of,
)
from lago.payments.dunning.update import update_campaign
from lago.payments.models import CustomerDunning, DunningCampaign
from lago.pricing.currencies import CURRENCIES


@dataclass(frozen=True)
class Row:
    """A campaign in the list: to how many customers it applies, and whose default it is."""

    campaign: DunningCampaign
    customers: int
    entities: Sequence[BillingEntity]


@dataclass(frozen=True)
class Asked:
    """A customer that a campaign applies to, and where its dunning stands. `own`: it was chosen for this customer."""

    customer: Customer
    state: CustomerDunning | None
    own: bool

    @property
    def attempts(self) -> Mapping[str, int]:
        return {currency: count for currency, count in self.state.attempts.items() if count} if self.state else {}

    @property
    def next_at(self) -> datetime | None:
        return self.state.due_at if self.state else None


@page("GET", "/dunning_campaigns", needs="dunning_campaigns:view")
def dunning_campaigns() -> str:
    search = text("search")
    listed = paged(campaigns(current_organization().id, search))
    counts, entities = customer_counts([one.id for one in listed.items]), own_entities()
    rows = [Row(one, counts.get(one.id, 0), defaults_of(one, entities)) for one in listed.items]
    return show(
        "dunning/list.html", "dunning/_list.html", page=listed, rows=rows, search=search, mails=mail.is_configured()
    )


@page("GET", "/dunning_campaigns/<uuid:campaign_id>", needs="dunning_campaigns:view")
def dunning_campaign(campaign_id: uuid.UUID) -> str:
    campaign = own_campaign(campaign_id)
    if asked_for("attempts"):
        return show("dunning/_attempts.html", "dunning/_attempts.html", requests=paged(requests_of(campaign)))
    search = text("search")
    listed = paged(customers_of(campaign, search))
    return show(
        "dunning/show.html", "dunning/_customers.html", campaign=campaign, page=listed, search=search,
        rows=asked_by(campaign, listed.items), requests=paged(requests_of(campaign)),
        entities=defaults_of(campaign, own_entities()), mails=mail.is_configured(),
    )


@page("GET POST", "/dunning_campaigns/new", needs="dunning_campaigns:create")
def new_dunning_campaign() -> Any:
    return form(None)


@page("GET POST", "/dunning_campaigns/<uuid:campaign_id>/edit", needs="dunning_campaigns:update")
def edit_dunning_campaign(campaign_id: uuid.UUID) -> Any:
    return form(own_campaign(campaign_id))


@page("GET POST", "/dunning_campaigns/<uuid:campaign_id>/delete", needs="dunning_campaigns:delete")
def remove_dunning_campaign(campaign_id: uuid.UUID) -> Any:
    campaign = own_campaign(campaign_id)
    if request.method != "POST":
        customers = customer_counts([campaign.id]).get(campaign.id, 0)
        entities = defaults_of(campaign, own_entities())
        return show("dunning/delete.html", campaign=campaign, customers=customers, entities=entities)
    delete_campaign(campaign)
    return leave_to(url_for("admin.dunning_campaigns"))


def asked_by(campaign: DunningCampaign, customers: Sequence[Customer]) -> list[Asked]:
    states = states_of([one.id for one in customers])
    return [Asked(one, states.get(one.id), one.applied_dunning_campaign_id == campaign.id) for one in customers]


def form(campaign: DunningCampaign | None) -> Any:
    """Shows the form of a campaign or a new one, changes its rows, or saves it."""
    if request.method != "POST":
        return show_form(campaign, draft_of(campaign, current_organization().default_currency))
    draft = typed_draft()
    if change := request.form.get("change"):
        return show_form(campaign, draft, change=change)
    try:
        with all_or_nothing():
            saved = save(campaign, draft)
    except Invalid as error:
        details: Any = error.details
        return show_form(campaign, draft, errors=named(details)), 422
    return leave_to(url_for("admin.dunning_campaign", campaign_id=saved.id))


def save(campaign: DunningCampaign | None, draft: Draft) -> DunningCampaign:
    """Makes the campaign or changes it. Raises Invalid."""
    if campaign is None:
        return create_campaign(current_organization().id, body_of(draft))
    update_campaign(campaign, body_of(draft))
    return campaign


def show_form(campaign: DunningCampaign | None, draft: Draft, **context: Any) -> str:
    """The form, or only its thresholds if HTMX asked for these."""
    template = "dunning/_thresholds.html" if asked_for("thresholds") else "dunning/form.html"
    currencies = [(one, one) for one in sorted(CURRENCIES)]
    return show(template, campaign=campaign, draft=draft, currencies=currencies, **context)


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def own_campaign(campaign_id: uuid.UUID | None) -> DunningCampaign:
    return found(campaign_by_id(current_organization().id, campaign_id), "dunning_campaign")


def own_entities() -> Sequence[BillingEntity]:
    return db.session.scalars(billing_entities(current_organization().id)).all()


def defaults_of(campaign: DunningCampaign, entities: Sequence[BillingEntity]) -> list[BillingEntity]:
    """The billing entities whose customers the campaign applies to."""
    return [one for one in entities if one.applied_dunning_campaign_id == campaign.id]
