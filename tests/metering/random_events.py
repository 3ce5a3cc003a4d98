"""Events and measurements at random, with much that lies on an edge."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lago.metering.aggregations import UsageWindow
from lago.pricing.local_time import dawn, dusk
from lago.pricing.proration import days
from tests.builders.usage import utc


def a_window(zone, first, last, starts=None, lost_days=0):
    """The window of whole local days; `starts`: of a late start in UTC; `lost_days`: those that an upgrade took."""
    zone = ZoneInfo(zone)
    first, last = datetime.fromisoformat(first).date(), datetime.fromisoformat(last).date()
    starts, ends = utc(starts) if starts else dawn(first, zone), dusk(last, zone)
    return UsageWindow(starts, ends, (last - first).days + 1, days(starts, ends, zone) - lost_days, zone)


WINDOWS = [
    a_window("UTC", "2024-03-01", "2024-03-31", starts="2024-03-01T00:00:00.000700"),
    a_window("America/New_York", "2024-03-01", "2024-03-31"),  # summer time begins
    a_window("Europe/Berlin", "2024-10-01", "2024-10-31", starts="2024-10-20T13:45:10.123456"),  # and ends
    a_window("Asia/Kathmandu", "2024-02-05", "2024-02-11", lost_days=1),
    a_window("America/Santiago", "2024-09-01", "2024-09-30"),  # where a day begins at 01:00
]

TICK = timedelta(microseconds=1)

values = st.one_of(
    st.sampled_from(["a", "b", "", None, "1e3", " 5", "5.", ".5", "+1", "\u0661", "007", "-12.50"]),
    st.sampled_from([True, -0.5, [1], {"x": 1}]),
    st.integers(-(10**6), 10**6),
    st.decimals(-(10**30), 10**30, places=20).map(lambda number: f"{number:f}"),
    st.floats(allow_nan=False, allow_infinity=False),
)

def instants(window):
    edges = [window.floor - TICK, window.floor, window.starts - TICK, window.starts, window.ends, window.ends + TICK]
    days_of_zone = [dawn(window.shares.first_day + timedelta(days=day), window.zone) for day in range(-2, 7)]
    start = window.starts.replace(tzinfo=None)
    return st.one_of(
        st.sampled_from(edges),
        st.sampled_from([day + side for day in days_of_zone for side in (-TICK, timedelta(), timedelta(hours=9))]),
        st.datetimes(start - timedelta(days=40), start + timedelta(days=40)).map(
            lambda moment: moment.replace(tzinfo=window.starts.tzinfo)
        ),
    )


def crowded_instants(window):
    """A few hours of the days around the start and before the end, so that events meet on a day, or at a moment."""
    mornings = [dawn(window.shares.first_day + timedelta(days=day), window.zone) for day in (-3, -2, -1, 0, 1)]
    mornings.append(dawn(window.shares.last_day, window.zone))
    hours = [morning + timedelta(hours=hour) for morning in mornings for hour in (0, 9, 9, 22)]
    return st.sampled_from([*hours, window.starts, window.starts])


def events(window):
    """Events of all kinds; or many with a few values, teams and moments, whose order matters."""
    wild = st.fixed_dictionaries({
        "timestamp": instants(window), "precise_total_amount_cents": amounts,
        "properties": st.fixed_dictionaries(
            {}, optional={"v": values, "operation_type": operations, "team": teams, "region": regions}
        ),
    })
    crowded = st.fixed_dictionaries({
        "timestamp": crowded_instants(window), "precise_total_amount_cents": amounts,
        "properties": st.fixed_dictionaries(
            {"v": st.sampled_from(["1", "2", 1, None, "-3"]), "operation_type": operations},
            optional={"team": st.sampled_from(["red", None])},
        ),
    })
    return st.lists(wild, max_size=20) | st.lists(crowded, min_size=10, max_size=30)


operations = st.sampled_from(["add", "add", "add", "remove", "remove", "Remove", None])
regions = st.sampled_from(["eu", "us"])
teams = st.sampled_from(["red", "blue", "", None, 1])
amounts = st.none() | st.decimals(-1000, 1000, places=3)

conditions = st.sampled_from([
    {},
    {"only": (("region", ("eu", "mars")),)},
    {"only": (("region", ("eu",)), ("team", ("red", "1")))},
    {"none_of": ((("region", ("eu",)),), (("region", ("us",)), ("team", ("red", ""))))},
    {"only": (("team", ("red", "blue")),), "none_of": ((("region", ("us",)),),)},
    {"in_group": (("team", "red"),)},
    {"in_group": (("team", "1"), ("region", "eu"))},
    {"in_group": (("team", None),)},
    *[{}] * 6,
])
"""Those of filters, for which a property that is missing has no text, and those of the group of a single event."""
