"""Over the life of a subscription, through a random walk of changes, every day is charged once and time is tiled.

`LIVES=2000 pytest tests/pricing/test_lives.py` tries more of them.
"""

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lago.pricing.billing_periods import BillingTime, Interval, Terms, is_billing_day
from lago.pricing.local_time import dawn, local_date
from tests.pricing.lives import Change, Life, days_between, live
from tests.pricing.steady import steady
from tests.pricing.test_local_time import ZONES

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

moments = st.builds(
    lambda days, seconds: timedelta(days=days, seconds=seconds), st.integers(1, 400), st.integers(0, 86_399)
)
choices = st.tuples(
    st.sampled_from(get_args(Interval)), st.booleans(), st.booleans(), st.booleans(),
)


@st.composite
def lives(draw):
    """A life that may be dated back, and the changes up to its end; some of them at the beginning of a local day."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    start = datetime.combine(draw(st.dates(date(2019, 1, 1), date(2028, 12, 31))), draw(st.times()), UTC)
    billing_time, anchor = draw(st.sampled_from(get_args(BillingTime))), local_date(start, zone)

    def some_terms():
        interval, in_advance, charges, fixed = draw(choices)
        return Terms(interval, billing_time, anchor, in_advance, charges, fixed)

    terms, created_at = some_terms(), start + draw(st.sampled_from([timedelta(), timedelta(), DAY * 40, DAY * 400]))
    now, changes = created_at, []
    for at_once in draw(st.lists(st.booleans(), max_size=3)):
        now = later(draw, now, zone)
        changes.append(Change(now, some_terms(), at_once))
    return Life(zone, terms, start, created_at), changes, later(draw, now, zone)


def later(draw, now, zone):
    moment = now + draw(moments)
    return dawn(local_date(moment, zone), zone) if draw(st.booleans()) else moment


@settings(steady, max_examples=int(os.environ.get("LIVES", 30)))
@given(lives())
def test_every_day_is_charged_once_and_time_is_tiled(story):
    life, changes, ends_at = story
    begins, dated_back = life.started_at, life.created_at > life.started_at
    live(life, changes, ends_at)
    for windows in (life.usage, life.fixed):
        filled = [bounds for bounds in windows if bounds[0] and bounds[0] < bounds[1]]
        assert all(after - before in (INSTANT, timedelta()) for (_, before), (after, _) in pairwise(filled))
        assert dated_back or filled[0][0] == begins
        assert filled[-1][1] in (ends_at, ends_at - INSTANT)
    last = last_day(life, ends_at)
    first = min(+life.charged, default=last + DAY) if dated_back else local_date(begins, life.zone)
    assert +life.charged == dict.fromkeys(days_between(first, last), 1)


def last_day(life, ends_at):
    """The day of the end is used, unless that is the very beginning of a billing day (03 §4.2)."""
    today = local_date(ends_at, life.zone)
    closes = ends_at == dawn(today, life.zone) and is_billing_day(life.terms, today)
    return today - DAY if closes and life.started_at < ends_at else today
