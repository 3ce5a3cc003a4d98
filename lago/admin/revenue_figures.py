"""What the dashboard and the page of analytics draw: the figures of 06 §5 over some months, in one currency."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from lago.admin.charts import Chart, by_month, last_days, last_months
from lago.admin.formats import amount, span
from lago.admin.stacks import Stack, stack_of
from lago.analytics.frame import Frame
from lago.analytics.gross_revenue import GrossRevenue, gross_revenue
from lago.analytics.invoice_collection import InvoiceCollection, invoice_collection
from lago.analytics.invoiced_usage import invoiced_usage
from lago.analytics.mrr import Mrr, mrr
from lago.analytics.overdue_balance import OverdueBalance, overdue_balance
from lago.analytics.usage import PeriodOfUsage, usage
from lago.organizations.models import Organization

STATUSES = {"succeeded": "Paid", "pending": "Pending", "failed": "Failed"}
TONES = {"Paid": "series-good", "Pending": "series-warn", "Failed": "series-bad"}
WEEK = timedelta(days=7)
WEEKS_UP_TO = 3
"""Months that are shown by the week."""


@dataclass(frozen=True)
class Choice:
    """Whose figures, of how many months up to now, of which currency if any was chosen."""

    organization: Organization
    today: date
    months: int = 12
    currency: str | None = None
    customer: str | None = None

    @property
    def frame(self) -> Frame:
        """Of all currencies, also from before the organization was made: a sandbox clock may stand there."""
        months = last_months(self.today, self.months)
        return Frame(self.organization.id, months[0], months[-1], external_customer_id=self.customer)


@dataclass(frozen=True)
class MetricTotal:
    """What a metric brought in the whole time."""

    code: str
    is_deleted: bool
    units: Decimal
    amount_cents: int


@dataclass(frozen=True)
class Figures:
    """Everything in `currency`, one of `currencies`: all that there is anything in. `usage_by`: what a bar of usage
    stands for."""

    currency: str
    currencies: tuple[str, ...]
    mrr: Chart
    revenue: Chart
    invoices_counts: tuple[int, ...]
    collection: Stack
    overdue: Chart
    overdue_total: str
    usage: Stack
    usage_by: str
    metrics: tuple[MetricTotal, ...]
    invoiced: Stack | None = None

    @property
    def is_empty(self) -> bool:
        return not self.currencies


def figures(choice: Choice, *, by_day: bool = False) -> Figures:
    """Five queries, whatever there is. `by_day`: usage of the last 30 days, else of all months."""
    frame = choice.frame
    earned, recurring = gross_revenue(frame), mrr(frame)
    collected, overdue = invoice_collection(frame), overdue_balance(frame)
    periods, by = usage_periods(choice, by_day)
    used = usage(choice.organization.id, {
        "time_granularity": {"day": "daily", "week": "weekly", "month": "monthly"}[by],
        "from_date": str(periods[0]), "external_customer_id": choice.customer,
    })
    currencies = sorted({row.currency for row in (*earned, *recurring, *collected, *overdue, *used) if row.currency})
    currency = currency_of(choice, currencies, earned)
    return Figures(
        currency, tuple(currencies), _mrr_chart(recurring, frame, currency), _revenue_chart(earned, frame, currency),
        _counts(earned, frame, currency), _collection(collected, frame, currency),
        _overdue_chart(overdue, frame, currency), _overdue_total(overdue, currency),
        _usage(used, periods, by, currency), by, _metrics(used, currency),
    )


def with_invoiced_usage(shown: Figures, choice: Choice) -> Figures:
    """The same with what invoices charged for usage; one query."""
    frame = choice.frame
    cents: dict[str, dict[date, int]] = defaultdict(dict)
    for row in invoiced_usage(replace(frame, currency=shown.currency)):
        cents[row.code][row.month] = row.amount_cents
    return replace(shown, invoiced=stack_of(cents, frame.months, _month, shown.currency))


def currency_of(choice: Choice, currencies: Sequence[str], earned: Iterable[GrossRevenue]) -> str:
    """The one that was chosen if there is anything in it; else the one of most invoices, else the organization's."""
    if choice.currency in currencies:
        return str(choice.currency)
    counts: Counter[str] = Counter()
    for row in earned:
        counts[row.currency] += row.invoices_count
    ranked = sorted(currencies, key=lambda currency: (-counts[currency], currency))
    return ranked[0] if ranked else choice.organization.default_currency


def usage_periods(choice: Choice, by_day: bool) -> tuple[list[date], str]:
    """First days of what the bars of usage stand for, and what that is."""
    if by_day:
        return last_days(choice.today), "day"
    first = choice.frame.first
    if choice.months > WEEKS_UP_TO:
        return choice.frame.months, "month"
    monday = first - timedelta(days=first.weekday())
    return [monday + WEEK * place for place in range((choice.today - monday).days // 7 + 1)], "week"


def _mrr_chart(rows: Iterable[Mrr], frame: Frame, currency: str) -> Chart:
    cents = {row.month: row.amount_cents or 0 for row in rows if row.currency == currency}
    return by_month(cents, frame.months, currency)


def _revenue_chart(rows: Iterable[GrossRevenue], frame: Frame, currency: str) -> Chart:
    return by_month(_sums(rows, currency), frame.months, currency)


def _overdue_chart(rows: Iterable[OverdueBalance], frame: Frame, currency: str) -> Chart:
    return by_month(_sums(rows, currency), frame.months, currency)


def _overdue_total(rows: Iterable[OverdueBalance], currency: str) -> str:
    return f"{amount(sum(_sums(rows, currency).values()), currency)} {currency}"


def _sums(rows: Iterable[GrossRevenue] | Iterable[OverdueBalance], currency: str) -> Mapping[date, int]:
    """By month, all billing entities together."""
    cents: Counter[date] = Counter()
    for row in rows:
        if row.currency == currency:
            cents[row.month] += row.amount_cents
    return cents


def _counts(rows: Iterable[GrossRevenue], frame: Frame, currency: str) -> tuple[int, ...]:
    counts: Counter[date] = Counter()
    for row in rows:
        if row.currency == currency:
            counts[row.month] += row.invoices_count
    return tuple(counts[month] for month in frame.months)


def _collection(rows: Iterable[InvoiceCollection], frame: Frame, currency: str) -> Stack:
    cents: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        if row.currency == currency and row.payment_status:
            cents[STATUSES[row.payment_status]][row.month] = row.amount_cents
    return stack_of(cents, frame.months, _month, currency, TONES)


def _usage(rows: Iterable[PeriodOfUsage], periods: Sequence[date], by: str, currency: str) -> Stack:
    cents: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.currency == currency:
            cents[row.metric_code][row.first] += row.amount_cents
    label = {"day": _day, "week": _week, "month": _month}[by]
    return stack_of(cents, periods, label, currency)


def _metrics(rows: Iterable[PeriodOfUsage], currency: str) -> tuple[MetricTotal, ...]:
    totals: dict[tuple[str, bool], MetricTotal] = {}
    for row in rows:
        if row.currency == currency:
            key = (row.metric_code, row.is_metric_deleted)
            found = totals.get(key, MetricTotal(*key, Decimal(0), 0))
            totals[key] = replace(
                found, units=found.units + row.units, amount_cents=found.amount_cents + row.amount_cents
            )
    return tuple(sorted(totals.values(), key=lambda one: (-one.amount_cents, one.code)))


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _week(day: date) -> str:
    return span(day, day + WEEK - timedelta(days=1))


def _month(day: date) -> str:
    return f"{day:%b %Y}"
