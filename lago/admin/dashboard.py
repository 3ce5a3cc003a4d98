"""The dashboard: what comes in and goes out, and what it is worth."""

from datetime import date
from typing import Any

from flask import g

from lago.admin.access import may_open
from lago.admin.charts import Chart, daily, last_days
from lago.admin.kept import kept
from lago.admin.pages import current_organization, page, show, text, wants_fragment
from lago.admin.revenue_figures import Choice, figures
from lago.analytics import overview
from lago.analytics.keep_usage_days import ask_for_usage_days
from lago.core import clock
from lago.organizations.models import Organization

MOST_INVOICES = 8


@page("GET", "/", needs="home:open")
def dashboard() -> str:
    organization = current_organization()
    counts = kept(("counts", organization.id), lambda: overview.counts(organization.id)).value
    recent = overview.recent_events(organization.id)
    if wants_fragment():
        return show("dashboard/show.html", "dashboard/_figures.html", counts=counts, recent=recent)
    today = clock.now().date()
    sees_figures = may_open(g.member, "analytics")
    return show(
        "dashboard/show.html",
        events=events_of(organization, today),
        is_counting=sees_figures and ask_for_usage_days(organization.id),
        **(figures_of(organization, today, text("currency")) if sees_figures else {}),
        invoices=overview.newest_invoices(organization.id, MOST_INVOICES) if may_open(g.member, "invoices") else [],
        counts=counts,
        recent=recent,
    )


def figures_of(organization: Organization, today: date, currency: str | None) -> dict[str, Any]:
    """The figures, and how many minutes old they are."""
    choice = Choice(organization, today, currency=currency)
    found = kept(("dashboard", organization.id, today, currency), lambda: figures(choice, by_day=True))
    return {"figures": found.value, "minutes": found.minutes}


def events_of(organization: Organization, today: date) -> Chart:
    return daily(overview.events_by_day(organization.id, last_days(today)), today)
