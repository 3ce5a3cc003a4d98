"""Analytics: the figures of the dashboard at length, for a period, a currency and a customer of one's choice."""

from lago.admin.kept import kept
from lago.admin.pages import current_organization, page, show, text
from lago.admin.revenue_figures import Choice, figures, with_invoiced_usage
from lago.analytics.keep_usage_days import ask_for_usage_days
from lago.core import clock
from lago.customers.queries import customer_by_external_id

PERIODS = (3, 6, 12, 24)
USUAL = 12


@page("GET", "/analytics", needs="analytics:view")
def analytics() -> str:
    organization, external_id = current_organization(), text("customer")
    currency = text("currency")
    choice = Choice(
        organization, clock.now().date(), months_asked(), currency and currency.upper(), external_id
    )
    customer = customer_by_external_id(organization.id, external_id) if external_id else None
    is_counting = ask_for_usage_days(organization.id)
    key = ("analytics", organization.id, choice.today, choice.months, choice.currency, external_id)
    found = kept(key, lambda: with_invoiced_usage(figures(choice), choice))
    return show(
        "analytics/show.html", "analytics/_figures.html", figures=found.value, minutes=found.minutes, choice=choice,
        customer=customer, periods=PERIODS, is_counting=is_counting,
    )


def months_asked() -> int:
    """The months of the URL, if they are among those that can be chosen."""
    asked = text("months") or ""
    return next((months for months in PERIODS if asked == str(months)), USUAL)
