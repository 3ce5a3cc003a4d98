"""The worked subscription fees of 03 §11.2: what decides each of them, and its amount."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from lago.pricing.local_time import local_date
from lago.pricing.subscription_fee import SubscriptionFeeFacts, Trial
from lago.pricing.windows import windows
from tests.pricing.boundaries import ACTIVE, DOWNGRADED, TERMINATED, UPGRADED, instant, terms


def facts(kind, subscribed, at, amount, situation=ACTIVE, *, zone="UTC", started="", trial_days=0, **more):
    """What decides the fee of a line at `at`; a subscription that ends does so at that instant."""
    known, started_at, timestamp = terms(kind, subscribed, zone), instant(started or subscribed), instant(at)
    ended = None if situation == ACTIVE else timestamp
    line = windows(known, ZoneInfo(zone), situation, timestamp, started_at, ended)
    trial_end = started_at + timedelta(days=trial_days)
    return SubscriptionFeeFacts(
        amount, known, ZoneInfo(zone), timestamp, line.from_datetime, line.to_datetime,
        line.periods.subscription.first, started_at,
        is_terminated=situation != ACTIVE,
        was_upgraded=situation == UPGRADED,
        has_successor=situation in (UPGRADED, DOWNGRADED),
        trial=Trial(trial_end, local_date(trial_end, UTC)) if trial_days else None, **more,
    )


NEW_SIDE = {"has_predecessor": True, "follows_upgrade": True, "is_first_invoice": True}
LEAP = "2024-02-29 10:00"

EXAMPLES = [
    ("F1", facts("monthly calendar advance", "2025-01-17 13:45", "2025-01-17 13:45", 9900),
        15, 31, "4790.322580645162", 4790),
    ("F2", facts("monthly calendar advance", "2025-03-05 06:30", "2025-03-05 06:30", 9900,
         zone="America/Los_Angeles"),
        28, 31, "8941.935483870968", 8942),
    ("F3", facts("monthly calendar advance", "2025-09-20 00:00", "2025-09-20 00:00", 9900, zone="Pacific/Auckland"),
        11, 30, "3630.0", 3630),
    ("F4", facts("monthly calendar arrears", "2025-01-17 13:45", "2025-03-12 16:20", 9900, TERMINATED),
        12, 31, "3832.2580645161293", 3832),
    ("F5", facts("monthly calendar arrears", "2025-01-17 13:45", "2025-03-13 00:00", 9900, TERMINATED),
        13, 31, "4151.612903225807", 4152),
    ("F6", facts("monthly calendar arrears", "2025-01-17 13:45", "2025-03-12 16:20", 9900, UPGRADED),
        11, 31, "3512.9032258064517", 3513),
    ("F7", facts("monthly calendar advance", "2025-01-17 13:45", "2025-03-12 16:20", 19900,
         started="2025-03-12 16:20", **NEW_SIDE),
        20, 31, "12838.709677419354", 12839),
    ("F8", facts("monthly calendar arrears", "2025-03-12 09:00", "2025-03-12 16:20", 9900, UPGRADED),
        0, 31, "0.0", 0),
    ("F9", facts("quarterly anniversary arrears", "2024-11-30 12:00", "2025-04-08 09:00", 27000, TERMINATED),
        40, 91, "11868.131868131868", 11868),
    ("F10", facts("quarterly anniversary advance", "2024-11-30 12:00", "2025-04-08 09:00", 45000,
         started="2025-04-08 09:00", **NEW_SIDE),
        52, 91, "25714.285714285714", 25714),
    ("F11", facts("weekly calendar arrears", "2025-02-12 09:30", "2025-02-17 00:10", 2500),
        5, 7, "1785.7142857142858", 1786),
    ("F12", facts("weekly anniversary arrears", "2025-01-06 20:00", "2025-01-16 09:00", 2500,
         TERMINATED, zone="Asia/Kolkata"),
        3, 7, "1071.4285714285716", 1071),
    ("F13", facts("semiannual calendar arrears", "2025-03-03 03:00", "2025-07-01 00:10", 60000),
        120, 181, "39779.00552486188", 39779),
    ("F14", facts("yearly calendar arrears", "2025-05-09 11:00", "2026-01-01 00:10", 120000),
        237, 365, "77917.80821917807", 77918),
    ("F15", facts("yearly calendar advance", "2028-02-01 09:00", "2028-02-01 09:00", 120000),
        335, 366, "109836.0655737705", 109836),
    ("F16", facts("yearly anniversary advance", "2025-01-17 13:45", "2025-04-17 00:10", 99000,
         started="2025-04-17 00:10", has_predecessor=True),
        275, 365, "74589.04109589041", 74589),
    ("F17", facts("yearly anniversary arrears", LEAP, "2024-07-14 12:00", 36600, TERMINATED),
        137, 365, "13737.534246575344", 13738),
    ("F18", facts("yearly anniversary arrears", LEAP, "2027-12-01 12:00", 36600, TERMINATED),
        277, 366, "27700.0", 27700),
    ("F19", facts("monthly calendar advance", "2025-03-12 10:00", "2025-04-11 10:35", 4900, trial_days=30),
        20, 30, "3266.666666666667", 3267),
    ("F20", facts("monthly anniversary advance", "2025-03-12 10:00", "2025-03-26 10:35", 4900, trial_days=14),
        17, 31, "2687.0967741935483", 2687),
    ("F21", facts("monthly calendar advance", "2025-04-16 08:00", "2025-04-16 08:00", 999),
        15, 30, "499.49999999999994", 499),
    ("F22", facts("monthly calendar arrears", "2025-03-05 08:00", "2025-04-01 00:10", 3000, backdated=True),
        27, 31, "2612.9032258064517", 2613),
    ("F23", facts("monthly calendar arrears", "2025-02-10 08:00", "2025-04-01 00:10", 3000, backdated=True),
        None, 31, "3000", 3000),
    ("F24", facts("monthly anniversary arrears", "2025-02-01 02:00", "2025-03-15 18:00", 6200,
         TERMINATED, zone="America/Los_Angeles"),
        16, 31, "3200.0", 3200),
    ("F25", facts("monthly calendar arrears", "2025-02-20 10:00", "2025-03-20 12:00", 9900,
         TERMINATED, trial_days=14),
        15, 31, "4790.322580645162", 4790),
    ("F26", facts("yearly calendar arrears", "2025-05-09 11:00", "2025-11-02 20:00", 120000,
         TERMINATED, zone="America/Los_Angeles"),
        178, 365, "58520.54794520548", 58521),
    ("F27", facts("monthly calendar arrears", "2025-04-01 08:00", "2025-05-01 00:10", 999),
        30, 30, "998.9999999999999", 999),
    ("F28", facts("monthly calendar advance", "2025-03-12 10:00", "2025-04-01 00:10", 4900, trial_days=20),
        30, 30, "4900.0", 4900),
]
