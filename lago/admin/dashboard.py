"""The dashboard: events in, revenue out."""

from dataclasses import dataclass
from datetime import date

from lago.admin.charts import Chart, daily, last_days, last_months, monthly
from lago.admin.pages import current_organization, page, show, wants_fragment
from lago.analytics import overview
from lago.core import clock
from lago.core.pagination import paginate
from lago.invoicing.browse import InvoiceFilter, browse_invoices
from lago.organizations.models import Organization


@dataclass(frozen=True)
class Revenue:
    """What was invoiced in one currency."""

    currency: str
    chart: Chart


@page("GET", "/", needs="home:open")
def dashboard() -> str:
    organization = current_organization()
    counts, recent = overview.counts(organization.id), overview.recent_events(organization.id)
    if wants_fragment():
        return show("dashboard/show.html", "dashboard/_figures.html", counts=counts, recent=recent)
    today = clock.now().date()
    return show(
        "dashboard/show.html",
        events=events_of(organization, today),
        revenues=revenues_of(organization, today),
        invoices=paginate(browse_invoices(organization.id, InvoiceFilter()), "1", "8").items,
        counts=counts,
        recent=recent,
    )


def events_of(organization: Organization, today: date) -> Chart:
    return daily(overview.events_by_day(organization.id, last_days(today)), today)


def revenues_of(organization: Organization, today: date) -> list[Revenue]:
    by_currency = overview.revenue_by_month(organization.id, last_months(today)[0])
    return [Revenue(currency, monthly(cents, currency, today)) for currency, cents in by_currency.items()]
