"""What the benchmark of usage measures: each aggregation, and the plain SQL of the same figure beside it."""

from dataclasses import dataclass, field
from typing import Any

SEEN = """FROM events, organizations
    WHERE organization_id = organizations.id AND external_subscription_id = %(subscription)s AND code = %(code)s
    AND timestamp BETWEEN %(started)s AND %(started)s::timestamptz + interval '31 days'"""

GB = "(properties ->> 'gb')::numeric"
DAYS = "(date_trunc('month', timestamp) + interval '1 month')::date - timestamp::date"


@dataclass(frozen=True)
class Case:
    """A metric and a charge on it, and the plain SQL of its units."""

    name: str
    aggregation: str
    sql: str
    field_name: str = "gb"
    recurring: bool = False
    metric: dict[str, Any] = field(default_factory=dict)
    charge: dict[str, Any] = field(default_factory=dict)

    @property
    def metric_fields(self) -> dict[str, Any]:
        fields = {"name": self.name, "code": self.name, "aggregation_type": self.aggregation, **self.metric}
        return fields | {"recurring": self.recurring, "field_name": self.field_name}

    @property
    def charge_fields(self) -> dict[str, Any]:
        return {"code": self.name, "charge_model": "standard", "properties": {"amount": "0.01"}, **self.charge}


REGIONS = [f"r{number}" for number in range(5)]

CASES = (
    Case("count", "count_agg", f"SELECT count(*) {SEEN}"),
    Case("sum", "sum_agg", f"SELECT sum({GB}) {SEEN}"),
    Case("max", "max_agg", f"SELECT max({GB}) {SEEN}"),
    Case("latest", "latest_agg", f"SELECT count(*), max((timestamp, {GB})) {SEEN}"),
    Case("unique", "unique_count_agg", f"SELECT count(DISTINCT properties ->> 'user') {SEEN}", field_name="user"),
    Case(
        "weighted", "weighted_sum_agg",
        f"""SELECT sum(level * seconds / 2678400) FROM (
            SELECT sum({GB}) OVER w AS level,
                extract(epoch FROM lead(timestamp, 1, timestamp) OVER w - timestamp) AS seconds
            {SEEN} WINDOW w AS (ORDER BY timestamp ROWS UNBOUNDED PRECEDING)) AS levels""",
        metric={"weighted_interval": "seconds"},
    ),
    Case(
        "prorated_sum", "sum_agg", f"SELECT sum({GB} * ({DAYS}) / 31) {SEEN}",
        recurring=True, charge={"prorated": True},
    ),
    Case(
        "prorated_unique", "unique_count_agg",
        f"""SELECT sum(days) / 31.0 FROM (
            SELECT properties ->> 'user', max({DAYS}) AS days {SEEN} GROUP BY 1) AS users""",
        field_name="user", recurring=True, charge={"prorated": True},
    ),
    Case(
        "percentage_free", "sum_agg", f"SELECT count(*), sum({GB}) {SEEN}",
        charge={"charge_model": "percentage", "properties": {
            "rate": "1", "fixed_amount": "1", "free_units_per_total_aggregation": "5000",
        }},
    ),
    Case(
        "percentage_bounds", "sum_agg", f"SELECT count(*), sum(greatest({GB} / 100, 1)) {SEEN}",
        charge={"charge_model": "percentage", "properties": {"rate": "1", "per_transaction_min_amount": "1"}},
    ),
    Case(
        "filters", "sum_agg", f"SELECT properties ->> 'region', sum({GB}) {SEEN} GROUP BY 1",
        metric={"filters": [{"key": "region", "values": REGIONS}]},
        charge={"filters": [
            {"values": {"region": [region]}, "properties": {"amount": "0.02"}} for region in REGIONS
        ]},
    ),
    Case(
        "groups", "sum_agg", f"SELECT properties ->> 'team', sum({GB}) {SEEN} GROUP BY 1",
        charge={"properties": {"amount": "0.01", "pricing_group_keys": ["team"]}},
    ),
)
