"""What becomes of the filters of charges when their metric's filters lose keys or values (01 §2.4)."""

from sqlalchemy import text

from lago.catalog.models import ALL_FILTER_VALUES, BillableMetric
from lago.core import clock
from lago.core.db import db

_NARROW = text("""
    WITH remaining AS (
        SELECT charge_filters.id,
               json_object_agg(entry.key, kept.texts ORDER BY entry.place)
                   FILTER (WHERE kept.texts IS NOT NULL) AS by_key
        FROM charges
        JOIN charge_filters ON charge_filters.charge_id = charges.id AND charge_filters.deleted_at IS NULL
        CROSS JOIN json_each(charge_filters.values) WITH ORDINALITY AS entry(key, texts, place)
        LEFT JOIN billable_metric_filters AS known
            ON known.billable_metric_id = charges.billable_metric_id AND known.key = entry.key
            AND known.deleted_at IS NULL
        CROSS JOIN LATERAL (
            SELECT json_agg(item.text ORDER BY item.place) AS texts
            FROM json_array_elements_text(entry.texts) WITH ORDINALITY AS item(text, place)
            WHERE jsonb_exists(known.values, item.text) OR (known.id IS NOT NULL AND item.text = :all_values)
        ) AS kept
        WHERE charges.billable_metric_id = :metric_id AND charges.deleted_at IS NULL
        GROUP BY charge_filters.id
    )
    UPDATE charge_filters
    SET values = coalesce(remaining.by_key, charge_filters.values),
        deleted_at = CASE WHEN remaining.by_key IS NULL THEN CAST(:now AS timestamptz) END,
        updated_at = :now
    FROM remaining
    WHERE charge_filters.id = remaining.id AND remaining.by_key::jsonb IS DISTINCT FROM charge_filters.values::jsonb
""")
"""A charge's filter keeps, of each key that the metric still has, the texts that it still lists, and the entry for all
of them. What has nothing left is deleted, with the values that it had last: fees of it still show them."""


def narrow_charge_filters(metric: BillableMetric) -> None:
    """Takes out of all filters of charges on the metric what the metric's filters, as stored, no longer have.

    A filter that loses a key counts more events than before; its place among the charge's filters stays. One
    statement, however many there are.
    """
    db.session.execute(_NARROW, {"metric_id": metric.id, "all_values": ALL_FILTER_VALUES, "now": clock.now()})
    db.session.expire_all()
