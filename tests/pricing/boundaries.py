"""The worked boundaries of 03 §11.1: what an invoice line of a subscription covers on a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import Terms
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.pricing.windows import PreviousEnds, Situation, windows

Pair = tuple[str, str] | None
AS_USAGE = ("as", "usage")
START = "2025-01-17 13:45"
ACTIVE, CURRENT = Situation.ACTIVE, Situation.CURRENT
TERMINATED, UPGRADED, DOWNGRADED = Situation.TERMINATED, Situation.UPGRADED, Situation.DOWNGRADED


def instant(text: str) -> datetime:
    """A UTC instant; a text that ends in :59 stands for the last microsecond of that second, as in the reference."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return moment.replace(microsecond=999999) if text.endswith(":59") else moment


def terms(kind: str, subscribed: str, zone: str = "UTC", by_month: str = "") -> Terms:
    """Terms from words like "monthly calendar arrears", anchored on the local date of `subscribed`."""
    interval, billing_time, payment = kind.split()
    anchor = local_date(instant(subscribed), ZoneInfo(zone))
    monthly = {f"bill_{by_month}_monthly": True} if by_month else {}
    return Terms(interval, billing_time, anchor, payment == "advance", **monthly)


@dataclass(frozen=True)
class Row:
    """One example: without `at` the line is made at 00:10 local time of the day `billed`."""

    number: int
    kind: str
    zone: str
    subscribed: str
    billed: str
    fee: Pair
    usage: Pair = AS_USAGE
    fixed: Pair = AS_USAGE
    by_month: str = ""
    situation: Situation = ACTIVE
    at: str = ""
    started: str = ""

    @property
    def terms(self) -> Terms:
        return terms(self.kind, self.subscribed, self.zone, self.by_month)

    @property
    def timestamp(self) -> datetime:
        local = datetime.combine(datetime.fromisoformat(self.billed), time(0, 10), ZoneInfo(self.zone))
        return instant(self.at) if self.at else local.astimezone(UTC)

    @property
    def started_at(self) -> datetime:
        return instant(self.started or self.subscribed)

    @property
    def windows(self) -> Windows:
        ended = self.timestamp if self.situation in (TERMINATED, UPGRADED, DOWNGRADED) else None
        return windows(self.terms, ZoneInfo(self.zone), self.situation, self.timestamp, self.started_at, ended)

    def expected(self, pair: Pair) -> tuple[datetime | None, datetime | None]:
        if pair is None:
            return None, None
        return (instant(pair[0]), instant(pair[1])) if pair != AS_USAGE else self.expected_usage

    @property
    def expected_usage(self) -> tuple[datetime | None, datetime | None]:
        return self.expected(self.fee if self.usage == AS_USAGE else self.usage)


def line_of(
    kind: str,
    at: str,
    situation: Situation = ACTIVE,
    *,
    ended: str = "",
    by_month: str = "",
    previous: PreviousEnds | None = None,
) -> Windows:
    """The windows at `at` of a subscription started in UTC on 17 January 2025 at 13:45."""
    ended_at = instant(ended) if ended else None
    known = terms(kind, START, by_month=by_month)
    return windows(known, ZoneInfo("UTC"), situation, instant(at), instant(START), ended_at, previous)


def ended_line(kind: str, at: str, situation: Situation = TERMINATED, *, by_month: str = "") -> Windows:
    """The windows of such a subscription that ends at `at`."""
    return line_of(kind, at, situation, ended=at, by_month=by_month)


ROWS = [
    Row(1, "weekly calendar arrears", "UTC", "2025-02-12 09:30", "2025-02-17",  # first, started Wednesday
        ("2025-02-12 00:00:00", "2025-02-16 23:59:59"), ("2025-02-12 09:30:00", "2025-02-16 23:59:59")),
    Row(2, "weekly calendar advance", "UTC", "2025-02-12 09:30", "2025-02-24",
        ("2025-02-24 00:00:00", "2025-03-02 23:59:59"), ("2025-02-17 00:00:00", "2025-02-23 23:59:59")),
    Row(3, "weekly calendar arrears", "America/Los_Angeles", "2025-02-26 20:00", "2025-03-10",  # DST week of 167 h
        ("2025-03-03 08:00:00", "2025-03-10 06:59:59"), ("2025-03-03 08:00:00", "2025-03-10 06:59:59")),
    # local Thursday; DST ended 6 Apr
    Row(4, "weekly anniversary arrears", "Pacific/Auckland", "2025-03-26 14:00", "2025-04-10",
        ("2025-04-02 11:00:00", "2025-04-09 11:59:59")),
    # Monday UTC is Tuesday local
    Row(5, "weekly anniversary advance", "Asia/Kolkata", "2025-01-06 20:00", "2025-01-14",
        ("2025-01-13 18:30:00", "2025-01-20 18:29:59"), ("2025-01-06 20:00:00", "2025-01-13 18:29:59")),
    Row(6, "monthly calendar arrears", "UTC", "2025-01-17 13:45", "2025-02-01",  # first partial
        ("2025-01-17 00:00:00", "2025-01-31 23:59:59"), ("2025-01-17 13:45:00", "2025-01-31 23:59:59")),
    Row(7, "monthly calendar arrears", "UTC", "2025-01-17 13:45", "2025-03-01",
        ("2025-02-01 00:00:00", "2025-02-28 23:59:59")),
    Row(8, "monthly calendar advance", "UTC", "2025-01-17 13:45", "2025-01-17",  # start; usage window empty
        ("2025-01-17 00:00:00", "2025-01-31 23:59:59"), ("2025-01-17 13:45:00", "2025-01-17 13:45:00"),
        at="2025-01-17 13:45"),
    Row(9, "monthly calendar advance", "UTC", "2025-01-17 13:45", "2025-02-01",  # first periodic
        ("2025-02-01 00:00:00", "2025-02-28 23:59:59"), ("2025-01-17 13:45:00", "2025-01-31 23:59:59")),
    Row(10, "monthly calendar advance", "America/Los_Angeles", "2025-02-11 05:00", "2025-04-01",  # DST began 9 Mar
        ("2025-04-01 07:00:00", "2025-05-01 06:59:59"), ("2025-03-01 08:00:00", "2025-04-01 06:59:59")),
    Row(11, "monthly calendar arrears", "Asia/Kolkata", "2025-04-30 19:00", "2025-06-01",  # started 1 May 00:30 local
        ("2025-04-30 18:30:00", "2025-05-31 18:29:59"), ("2025-04-30 19:00:00", "2025-05-31 18:29:59")),
    Row(12, "monthly calendar arrears", "Pacific/Auckland", "2025-09-01 00:00", "2025-10-01",  # DST began 28 Sep
        ("2025-08-31 12:00:00", "2025-09-30 10:59:59"), ("2025-09-01 00:00:00", "2025-09-30 10:59:59")),
    Row(13, "monthly anniversary arrears", "UTC", "2024-12-31 08:00", "2025-02-28",  # day 31
        ("2025-01-31 00:00:00", "2025-02-27 23:59:59")),
    Row(14, "monthly anniversary arrears", "UTC", "2024-12-31 08:00", "2025-03-31",  # day 31
        ("2025-02-28 00:00:00", "2025-03-30 23:59:59")),
    Row(15, "monthly anniversary advance", "UTC", "2024-12-31 08:00", "2025-04-30",  # day 31
        ("2025-04-30 00:00:00", "2025-05-30 23:59:59"), ("2025-03-31 00:00:00", "2025-04-29 23:59:59")),
    Row(16, "monthly anniversary advance", "UTC", "2024-12-31 08:00", "2025-06-30",  # day 31
        ("2025-06-30 00:00:00", "2025-07-30 23:59:59"), ("2025-05-31 00:00:00", "2025-06-29 23:59:59")),
    Row(17, "monthly anniversary arrears", "UTC", "2025-10-30 10:00", "2026-02-28",  # day 30
        ("2026-01-30 00:00:00", "2026-02-27 23:59:59")),
    Row(18, "monthly anniversary arrears", "UTC", "2025-10-30 10:00", "2026-03-30",  # day 30
        ("2026-02-28 00:00:00", "2026-03-29 23:59:59")),
    Row(19, "monthly anniversary arrears", "UTC", "2027-10-29 10:00", "2028-02-29",  # day 29, leap year
        ("2028-01-29 00:00:00", "2028-02-28 23:59:59")),
    # local day is 31 (Jan 31)
    Row(20, "monthly anniversary advance", "America/Los_Angeles", "2025-02-01 02:00", "2025-02-28",
        ("2025-02-28 08:00:00", "2025-03-31 06:59:59"), ("2025-02-01 02:00:00", "2025-02-28 07:59:59")),
    Row(21, "monthly anniversary advance", "America/Los_Angeles", "2025-02-01 02:00", "2025-03-31",
        ("2025-03-31 07:00:00", "2025-04-30 06:59:59"), ("2025-02-28 08:00:00", "2025-03-31 06:59:59")),
    # local day 15; DST ended 6 Apr
    Row(22, "monthly anniversary arrears", "Pacific/Auckland", "2025-03-14 11:30", "2025-04-15",
        ("2025-03-14 11:00:00", "2025-04-14 11:59:59"), ("2025-03-14 11:30:00", "2025-04-14 11:59:59")),
    Row(23, "monthly anniversary advance", "Asia/Kolkata", "2025-01-31 18:30", "2025-04-01",  # local 1 Feb 00:00
        ("2025-03-31 18:30:00", "2025-04-30 18:29:59"), ("2025-02-28 18:30:00", "2025-03-31 18:29:59")),
    Row(24, "quarterly calendar arrears", "UTC", "2025-02-20 00:00", "2025-04-01",  # first partial
        ("2025-02-20 00:00:00", "2025-03-31 23:59:59")),
    Row(25, "quarterly calendar advance", "America/Los_Angeles", "2025-02-20 00:00", "2025-07-01",
        ("2025-07-01 07:00:00", "2025-10-01 06:59:59"), ("2025-04-01 07:00:00", "2025-07-01 06:59:59")),
    Row(26, "quarterly anniversary arrears", "UTC", "2024-11-30 12:00", "2025-02-28",  # day 30
        ("2024-11-30 00:00:00", "2025-02-27 23:59:59"), ("2024-11-30 12:00:00", "2025-02-27 23:59:59")),
    Row(27, "quarterly anniversary arrears", "UTC", "2024-11-30 12:00", "2025-05-30",
        ("2025-02-28 00:00:00", "2025-05-29 23:59:59")),
    Row(28, "quarterly anniversary advance", "Pacific/Auckland", "2025-08-30 13:00", "2025-11-30",  # local 31 Aug
        ("2025-11-29 11:00:00", "2026-02-27 10:59:59"), ("2025-08-30 13:00:00", "2025-11-29 10:59:59")),
    Row(29, "quarterly anniversary advance", "UTC", "2025-01-01 06:00", "2025-10-01",
        ("2025-10-01 00:00:00", "2025-12-31 23:59:59"), ("2025-07-01 00:00:00", "2025-09-30 23:59:59")),
    Row(30, "semiannual calendar arrears", "UTC", "2025-03-03 03:00", "2025-07-01",  # first partial
        ("2025-03-03 00:00:00", "2025-06-30 23:59:59"), ("2025-03-03 03:00:00", "2025-06-30 23:59:59")),
    Row(31, "semiannual calendar advance", "Asia/Kolkata", "2025-03-03 03:00", "2026-01-01",
        ("2025-12-31 18:30:00", "2026-06-30 18:29:59"), ("2025-06-30 18:30:00", "2025-12-31 18:29:59")),
    Row(32, "semiannual anniversary arrears", "UTC", "2024-08-31 15:00", "2025-02-28",  # day 31
        ("2024-08-31 00:00:00", "2025-02-27 23:59:59"), ("2024-08-31 15:00:00", "2025-02-27 23:59:59")),
    Row(33, "semiannual anniversary advance", "UTC", "2024-08-31 15:00", "2025-08-31",
        ("2025-08-31 00:00:00", "2026-02-27 23:59:59"), ("2025-02-28 00:00:00", "2025-08-30 23:59:59")),
    # monthly charges, third tick; no subscription fee; fixed window null
    Row(34, "semiannual anniversary arrears", "UTC", "2025-04-10 10:00", "2025-07-10",
        ("2025-04-10 00:00:00", "2025-04-10 10:00:00"), ("2025-06-10 00:00:00", "2025-07-09 23:59:59"),
        by_month="charges", fixed=None),
    Row(35, "yearly calendar arrears", "UTC", "2025-05-09 11:00", "2026-01-01",  # first partial
        ("2025-05-09 00:00:00", "2025-12-31 23:59:59"), ("2025-05-09 11:00:00", "2025-12-31 23:59:59")),
    Row(36, "yearly calendar advance", "Pacific/Auckland", "2025-05-09 11:00", "2026-01-01",
        ("2025-12-31 11:00:00", "2026-12-31 10:59:59"), ("2025-05-09 11:00:00", "2025-12-31 10:59:59")),
    Row(37, "yearly anniversary arrears", "UTC", "2024-02-29 10:00", "2025-02-28",  # 29 Feb
        ("2024-02-29 00:00:00", "2025-02-27 23:59:59"), ("2024-02-29 10:00:00", "2025-02-27 23:59:59")),
    Row(38, "yearly anniversary arrears", "UTC", "2024-02-29 10:00", "2028-02-29",  # 366 days
        ("2027-02-28 00:00:00", "2028-02-28 23:59:59")),
    Row(39, "yearly anniversary advance", "UTC", "2024-02-29 10:00", "2027-02-28",
        ("2027-02-28 00:00:00", "2028-02-28 23:59:59"), ("2026-02-28 00:00:00", "2027-02-27 23:59:59")),
    Row(40, "yearly anniversary advance", "UTC", "2024-02-29 10:00", "2028-02-29",
        ("2028-02-29 00:00:00", "2029-02-27 23:59:59"), ("2027-02-28 00:00:00", "2028-02-28 23:59:59")),
    Row(41, "yearly anniversary arrears", "America/Los_Angeles", "2025-10-15 19:00", "2026-10-15",
        ("2025-10-15 07:00:00", "2026-10-15 06:59:59"), ("2025-10-15 19:00:00", "2026-10-15 06:59:59")),
    # monthly charges; no subscription fee; fixed window null
    Row(42, "yearly calendar arrears", "UTC", "2025-05-09 11:00", "2025-08-01",
        ("2025-05-09 00:00:00", "2025-05-09 11:00:00"), ("2025-07-01 00:00:00", "2025-07-31 23:59:59"),
        by_month="charges", fixed=None),
    Row(43, "yearly calendar advance", "UTC", "2025-05-09 11:00", "2025-08-01",  # as 42
        ("2025-05-09 00:00:00", "2025-12-31 23:59:59"), ("2025-07-01 00:00:00", "2025-07-31 23:59:59"),
        by_month="charges", fixed=None),
    # monthly charges, day 31; fixed window null
    Row(44, "yearly anniversary advance", "UTC", "2025-01-31 09:00", "2025-04-30",
        ("2025-01-31 00:00:00", "2026-01-30 23:59:59"), ("2025-03-31 00:00:00", "2025-04-29 23:59:59"),
        by_month="charges", fixed=None),
    # monthly charges, year end; fixed window = whole year from 2025-01-31 09:00:00
    Row(45, "yearly anniversary arrears", "UTC", "2025-01-31 09:00", "2026-01-31",
        ("2025-01-31 00:00:00", "2026-01-30 23:59:59"), ("2025-12-31 00:00:00", "2026-01-30 23:59:59"),
        by_month="charges", fixed=("2025-01-31 09:00:00", "2026-01-30 23:59:59")),
    # monthly fixed charges only; fixed window 2025-05-19 18:30:00 → 2025-06-19 18:29:59
    Row(46, "yearly anniversary advance", "Asia/Kolkata", "2025-03-19 20:00", "2025-06-20",
        ("2025-03-19 18:30:00", "2026-03-19 18:29:59"), None,
        by_month="fixed_charges", fixed=("2025-05-19 18:30:00", "2025-06-19 18:29:59")),
    Row(47, "monthly calendar arrears", "UTC", "2025-01-17 13:45", "2025-03-12",  # terminated 16:20
        ("2025-03-01 00:00:00", "2025-03-12 16:20:00"), situation=TERMINATED, at="2025-03-12 16:20"),
    # terminated 16:20; no subscription fee
    Row(48, "monthly calendar advance", "UTC", "2025-01-17 13:45", "2025-03-12",
        ("2025-03-01 00:00:00", "2025-03-12 16:20:00"), situation=TERMINATED, at="2025-03-12 16:20"),
    Row(49, "monthly anniversary arrears", "America/Los_Angeles", "2025-02-01 02:00", "2025-03-15",  # terminated
        ("2025-02-28 08:00:00", "2025-03-15 18:00:00"), situation=TERMINATED, at="2025-03-15 18:00"),
    Row(50, "quarterly anniversary arrears", "UTC", "2024-11-30 12:00", "2025-04-08",  # upgraded 09:00, old side
        ("2025-02-28 00:00:00", "2025-04-08 09:00:00"), situation=UPGRADED, at="2025-04-08 09:00"),
    Row(51, "quarterly anniversary advance", "UTC", "2024-11-30 12:00", "2025-04-08",  # the same upgrade, new side
        ("2025-04-08 00:00:00", "2025-05-29 23:59:59"), ("2025-04-08 09:00:00", "2025-04-08 09:00:00"),
        at="2025-04-08 09:00", started="2025-04-08 09:00"),
    Row(52, "monthly calendar arrears", "UTC", "2025-01-17 13:45", "2025-04-01",  # downgrade due, old side
        ("2025-03-01 00:00:00", "2025-03-31 23:59:59"), situation=DOWNGRADED),
    # downgrade due, old side, no subscription fee
    Row(53, "monthly calendar advance", "UTC", "2025-01-17 13:45", "2025-04-01",
        ("2025-04-01 00:00:00", "2025-04-01 00:10:00"), ("2025-03-01 00:00:00", "2025-03-31 23:59:59"),
        situation=DOWNGRADED),
    # downgrade monthly → yearly, new side
    Row(54, "yearly anniversary advance", "UTC", "2025-01-17 13:45", "2025-04-17",
        ("2025-04-17 00:00:00", "2026-01-16 23:59:59"), ("2025-04-17 00:10:00", "2025-04-17 00:10:00"),
        started="2025-04-17 00:10"),
    # terminated on the DST day
    Row(55, "yearly calendar arrears", "America/Los_Angeles", "2025-05-09 11:00", "2025-11-02",
        ("2025-05-09 07:00:00", "2025-11-02 20:00:00"), ("2025-05-09 11:00:00", "2025-11-02 20:00:00"),
        situation=TERMINATED, at="2025-11-02 20:00"),
    Row(56, "monthly calendar arrears", "UTC", "2025-01-17 13:45", "2025-03-20",  # current usage
        ("2025-03-01 00:00:00", "2025-03-31 23:59:59"), situation=CURRENT),
    Row(57, "monthly calendar advance", "Asia/Kolkata", "2025-01-17 13:45", "2025-03-20",  # current usage
        ("2025-02-28 18:30:00", "2025-03-31 18:29:59"), situation=CURRENT),
]
