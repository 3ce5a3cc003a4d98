"""The pages of usage: the active subscriptions, and the running period of each."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lago.admin.charts import nice_edge
from lago.admin.formats import span
from lago.admin.usage_charts import chart_of
from lago.catalog.models import BillableMetric, Charge, ChargeFilter
from lago.core.db import db
from lago.metering.daily_usage import DailyUsage
from lago.metering.store.daily import DayFigure, DayOfEvents
from tests.admin.visitor import Page, a_visitor
from tests.builders.stories import customer, metric, plan, standard, subscribe, use
from tests.builders.usage import utc


@pytest.fixture
def march(app, sandbox):
    """20 March 2024, 12:00 UTC: `acme` in New York is subscribed since 1 February, and at the screen is Eve."""
    sandbox.at("2024-02-01T12:00:00Z")
    customer(sandbox, name="Acme Ltd", timezone="America/New_York")
    calls = metric(sandbox, "calls", name="API calls")
    plan(sandbox, amount_cents=0, charges=[standard(calls, "0.50")])
    subscribe(sandbox)
    use(sandbox, "calls", timestamp=seconds("2024-02-10T00:00"))
    sandbox.at("2024-03-20T12:00:00Z")
    return sandbox


@pytest.fixture
def eve(app, march):
    return a_visitor(app, march.organization, "eve@example.com")


def seconds(text):
    return int(utc(text).timestamp())


def path_of(account, external_id="acme"):
    return f"/usage/{account.get(f'/subscriptions/{external_id}')['subscription']['lago_id']}"


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_active_subscriptions_are_found_by_names_and_ids(eve, march):
    customer(march, "zeta", name="Zeta Works")
    subscribe(march, "zeta", name="Staging")
    assert "Acme Ltd" in eve.get("/usage").text
    for search in ("zeta", "STAGING", "works"):
        part = eve.get(f"/usage?search={search}", htmx=True).text
        assert "Zeta Works" in part and "Acme Ltd" not in part, search
    assert "No active subscription matches" in eve.get("/usage?search=%25").text


def test_a_subscription_that_ended_is_not_listed_but_has_its_page(eve, march):
    path = path_of(march)
    march.delete("/subscriptions/acme")
    assert "Acme Ltd" not in eve.get("/usage").text
    assert "Last period" in eve.get(path).text


def test_the_period_is_in_days_of_the_customer(eve, march):
    page = words(eve.get(path_of(march)).text)
    assert "1–31 Mar 2024 America/New_York, day 20 of 31" in page
    assert "1–31 Mar 2024" in eve.get("/usage").text and "20 of 31" in eve.get("/usage").text


def test_usage_has_units_events_and_amounts(eve, march):
    for at in ("2024-03-05T10:00", "2024-03-05T11:00", "2024-03-06T04:59", "2024-03-06T05:00"):
        use(march, "calls", timestamp=seconds(at))
    page = words(eve.get(path_of(march)).text)
    assert "Usage so far 2.00 EUR" in page and "Amount 2.00 EUR Units 4 Events 4" in page
    assert "5 Mar: 3 (3 events)" in page and "6 Mar: 1 (1 event)" in page and "7 Mar: –" in page


def test_a_chart_can_be_read_as_a_table(eve, march):
    use(march, "calls", timestamp=seconds("2024-03-05T10:00"))
    table = words(eve.get(path_of(march)).text).partition("Show as a table")[2]
    assert "20 Mar – 19 Mar –" in table and "5 Mar 1 (1 event)" in table and "21 Mar" not in table.partition("Past")[0]


def test_groups_and_filters_are_listed_below_their_charge(eve, march):
    record = db.session.query(Charge).one()
    record.properties = {"amount": "1", "pricing_group_keys": ["team"]}
    db.session.add(ChargeFilter(
        organization_id=record.organization_id, charge_id=record.id, properties={"amount": "2"}, position=1,
        values={"region": ["eu"]}, invoice_display_name="Near",
    ))
    db.session.flush()
    db.session.refresh(record)
    for properties in ({"team": "red"}, {"team": "<b>"}, {"region": "eu"}, {"region": "eu"}):
        use(march, "calls", timestamp=seconds("2024-03-05T10:00"), properties=properties)
    html = eve.get(path_of(march)).text
    page = words(html)
    assert "Filters and groups (3)" in page and "Usage so far 6.00 EUR" in page
    assert "Near (region: eu) 2 2 4.00 EUR" in page and "No filter matches team: red 1 1 1.00 EUR" in page
    assert "team: <b>" not in html


def test_of_very_many_groups_those_that_cost_most_are_listed(eve, march):
    db.session.query(Charge).one().properties = {"amount": "1", "pricing_group_keys": ["team"]}
    db.session.flush()
    for number in range(60):
        use(march, "calls", timestamp=seconds("2024-03-05T10:00"), properties={"team": f"t{number}"})
    use(march, "calls", timestamp=seconds("2024-03-05T10:00"), properties={"team": "t59"})
    page = words(eve.get(path_of(march)).text)
    assert "Groups (60)" in page and "team: t59 2 2 2.00 EUR" in page
    assert page.count("team: t") == 50 and "lists the 10 others" in page


def test_past_periods_lead_to_their_invoices(eve, march):
    (invoice,) = march.get("/invoices")["invoices"]
    html = eve.get(path_of(march)).text
    assert f'href="/invoices/{invoice["lago_id"]}"' in html
    assert f"1–29 Feb 2024 {invoice['number']} Finalized 0.50 EUR" in words(html)


def test_the_subscription_s_page_leads_to_the_usage_and_back(eve, march):
    page = path_of(march).replace("/usage/", "/subscriptions/")
    assert f'href="{path_of(march)}"' in eve.get(page).text
    assert f'href="{page}"' in eve.get(path_of(march)).text


def test_what_has_not_started_has_no_usage(eve, march):
    subscribe(march, "later", subscription_at="2024-04-10T00:00:00Z")
    identifier = march.get("/subscriptions/later", status="pending")["subscription"]["lago_id"]
    assert "It has not started yet" in eve.get(f"/usage/{identifier}").text


def test_nobody_sees_usage_of_another_organization(stranger, eve, march):
    stranger.get(path_of(march), expect=404)
    assert "Acme" not in stranger.get("/usage").text


def test_the_pages_are_sound(eve, march):
    for path in ("/usage", path_of(march)):
        page = Page(eve.get(path).text)
        assert page.tags.count("h1") == 1 and len(page.ids) == len(set(page.ids))


def test_subscriptions_and_charges_cost_no_queries(eve, march, count_queries):
    def queries(path):
        db.session.expunge_all()
        with count_queries() as statements:
            eve.get(path)
        return len(statements)

    path = path_of(march)
    few, few_listed = queries(path), queries("/usage")
    record = db.session.query(Charge).one()
    kinds = ("sum_agg", "max_agg", "unique_count_agg", "count_agg")
    for number in range(12):
        extra = BillableMetric(
            organization_id=record.organization_id, name=f"m{number}", code=f"m{number}",
            aggregation_type=kinds[number % 4], field_name="v",
        )
        db.session.add(extra)
        db.session.flush()
        db.session.add(Charge(
            organization_id=record.organization_id, plan_id=record.plan_id, billable_metric_id=extra.id,
            code=f"c{number}", charge_model="standard", properties={"amount": "1"},
        ))
        subscribe(march, f"customer_{number}")
    db.session.flush()
    assert queries("/usage") == few_listed
    assert queries(path) == few <= 30


def chart(*values, today=date(2024, 3, 2), aggregation="sum_agg", recurring=False):
    days = (DayOfEvents(date(2024, 3, 1) + timedelta(days=n), Decimal(value), int(value != "0"))
            for n, value in enumerate(values))
    charge = Charge(billable_metric=BillableMetric(aggregation_type=aggregation, recurring=recurring))
    return chart_of(DailyUsage(charge, DayFigure.SUM, tuple(days)), today)


@pytest.mark.parametrize("values, top, bottom", [
    (("0.3", "0"), "0.5", "0"), (("0", "0"), "1", "0"), (("12", "-3"), "20", "−5"), (("-7",), "0", "−10"),
    (("1500", "0"), "2k", "0"), (("1000000",), "1M", "0"),
])
def test_the_edges_of_a_chart_are_round_and_above_its_values(values, top, bottom):
    drawn = chart(*values)
    assert (drawn.top_text, drawn.bottom_text) == (top, bottom)


def test_today_stands_out_and_days_to_come_are_told_only_with_events():
    drawn = chart("1", "0", "0", "4")
    assert (drawn.today, [point.label for point in drawn.told]) == (2, ["1 Mar", "2 Mar", "4 Mar"])
    assert chart("1", today=date(2024, 5, 1)).today == 0


@pytest.mark.parametrize("value, edge", [("0", "0"), ("-5", "0"), ("1", "1"), ("1.01", "2"), ("0.0021", "0.005"),
                                         ("9.99", "10"), ("6", "10"), ("50", "50")])
def test_an_edge_is_1_2_or_5_times_a_power_of_ten(value, edge):
    assert nice_edge(Decimal(value)) == Decimal(edge)


@pytest.mark.parametrize("first, last, text", [
    ("2024-03-01", "2024-03-31", "1–31 Mar 2024"), ("2024-01-15", "2024-02-14", "15 Jan – 14 Feb 2024"),
    ("2023-12-15", "2024-01-14", "15 Dec 2023 – 14 Jan 2024"), ("2024-03-01", "2024-03-01", "1 Mar 2024"),
])
def test_a_span_of_dates_says_nothing_twice(first, last, text):
    assert span(date.fromisoformat(first), date.fromisoformat(last)) == text
