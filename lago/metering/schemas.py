"""Events and usage as they are shown (01 §1.4, §4)."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.fields import Exact, Moment, MomentWithMilliseconds, iso, iso_milliseconds, plain


class EventSchema(Schema):
    """The event object, of stored events and of those just taken in.

    Written out by hand: a batch of 100 goes through here, and marshmallow takes longer for it than the insert.
    """

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return [event_object(event) for event in obj] if many else event_object(obj)


def event_object(event: Any) -> dict[str, Any]:
    """`event` is an `Event` or a `NewEvent`. It is never bound to a subscription or customer (01 §1.8)."""
    return {
        "lago_id": str(event.id),
        "transaction_id": event.transaction_id,
        "lago_customer_id": None,
        "code": event.code,
        "timestamp": iso_milliseconds(event.timestamp),
        "precise_total_amount_cents": plain(event.precise_total_amount_cents),
        "properties": event.properties,
        "lago_subscription_id": None,
        "external_subscription_id": event.external_subscription_id,
        "created_at": iso(event.created_at),
    }


class BreakdownSchema(Schema):
    """Units by presentation keys; values may be null."""

    presentation_by = fields.Raw()
    units = Exact()


class UnitAmountSchema(Schema):
    """An amount in a pricing unit."""

    amount_cents = fields.Raw()
    projected_amount_cents = fields.Raw()
    short_name = fields.Raw()
    conversion_rate = Exact()


class UsageTotalSchema(Schema):
    """Units and amount of a charge or of a part of it."""

    units = Exact()
    projected_units = Exact()
    total_aggregated_units = Exact()
    events_count = fields.Raw()
    amount_cents = fields.Raw()
    projected_amount_cents = fields.Raw()
    pricing_unit_details = fields.Nested(UnitAmountSchema, attribute="in_units", allow_none=True)
    presentation_breakdowns = fields.Nested(BreakdownSchema, many=True, attribute="breakdowns")
    projected_presentation_breakdowns = fields.Nested(BreakdownSchema, many=True, attribute="projected_breakdowns")


class FilterUsageSchema(UsageTotalSchema):
    """One filter of a charge; name and values are null for the default bucket."""

    invoice_display_name = fields.Raw()
    values = fields.Raw()


class FilteredUsageSchema(UsageTotalSchema):
    """Usage that is shown by filters too."""

    filters = fields.Nested(FilterUsageSchema, many=True)


class GroupUsageSchema(FilteredUsageSchema):
    """One group of a charge; values may be null."""

    grouped_by = fields.Raw()


class UsedChargeSchema(Schema):
    """The charge whose usage it is."""

    lago_id = fields.UUID(attribute="id")
    code = fields.Raw()
    charge_model = fields.Raw()
    invoice_display_name = fields.Raw()


class UsedMetricSchema(Schema):
    """The metric that was measured."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    code = fields.Raw()
    aggregation_type = fields.Raw()


class ChargeUsageSchema(FilteredUsageSchema):
    """The usage of one charge."""

    amount_currency = fields.Raw(attribute="currency")
    charge = fields.Nested(UsedChargeSchema)
    billable_metric = fields.Nested(UsedMetricSchema, attribute="charge.billable_metric")
    grouped_usage = fields.Nested(GroupUsageSchema, many=True, attribute="groups")


class PeriodUsageSchema(Schema):
    """The usage of a period. Its kinds leave out `LEFT_OUT`, and `IN_PARTS` of each charge and part of a charge."""

    from_datetime = Moment()
    to_datetime = Moment()
    issuing_date = fields.Date()
    currency = fields.Raw()
    amount_cents = fields.Raw()
    projected_amount_cents = fields.Raw()
    total_amount_cents = fields.Raw()
    taxes_amount_cents = fields.Raw()
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    charges_usage = fields.Nested(ChargeUsageSchema, many=True, attribute="charges")

    LEFT_OUT: tuple[str, ...] = ()
    IN_PARTS: tuple[str, ...] = ()
    PARTS = (
        "charges_usage", "charges_usage.filters", "charges_usage.grouped_usage", "charges_usage.grouped_usage.filters",
    )

    def __init__(self, **kwargs: Any) -> None:
        parts = (f"{part}.{name}" for part in self.PARTS for name in self.IN_PARTS)
        super().__init__(exclude=(*self.LEFT_OUT, *parts), **kwargs)


class UsageSchema(PeriodUsageSchema):
    """Current and past usage (01 §4.1, §4.3)."""

    LEFT_OUT = ("projected_amount_cents",)
    IN_PARTS = (
        "projected_units", "projected_amount_cents", "projected_presentation_breakdowns",
        "pricing_unit_details.projected_amount_cents",
    )


class ProjectedUsageSchema(PeriodUsageSchema):
    """Projected usage (01 §4.4)."""

    LEFT_OUT = ("charges_usage.charge.code",)
    IN_PARTS = ("total_aggregated_units",)


class ThresholdProgressSchema(Schema):
    """How far a subscription is towards a usage threshold: from 0 to 1."""

    amount_cents = fields.Raw()
    completion_ratio = fields.Float()
    reached_at = MomentWithMilliseconds()


class LifetimeUsageSchema(Schema):
    """What a subscription has used in all (01 §4.5); with `usage_thresholds` where there are any."""

    lago_id = fields.UUID(attribute="record.id")
    lago_subscription_id = fields.UUID(attribute="subscription.id")
    external_subscription_id = fields.Raw(attribute="subscription.external_id")
    external_historical_usage_amount_cents = fields.Raw(attribute="record.historical_usage_amount_cents")
    invoiced_usage_amount_cents = fields.Raw()
    current_usage_amount_cents = fields.Raw()
    from_datetime = Moment(attribute="subscription.subscription_at")
    to_datetime = Moment()

    @post_dump(pass_original=True)
    def add_thresholds(self, data: dict[str, Any], lifetime: Any, **kwargs: Any) -> dict[str, Any]:
        shown = ThresholdProgressSchema(many=True).dump(lifetime.usage_thresholds)
        return {**data, "usage_thresholds": shown} if shown else data
