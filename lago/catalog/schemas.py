"""The catalog's objects as they are shown: by the API, in webhooks, inside of other objects."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.catalog.entitlements.queries import entitlements_of_plans
from lago.catalog.entitlements.schemas import PlanEntitlementSchema
from lago.catalog.models import Plan
from lago.catalog.usage_threshold_schemas import ApplicableThresholdSchema, UsageThresholdSchema
from lago.core.fields import Exact, Moment, plain


class TaxSchema(Schema):
    """A tax inside of another object; `applied_to_organization` is what a client last set (contract, §3)."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    code = fields.Raw()
    rate = fields.Raw()
    description = fields.Raw()
    applied_to_organization: fields.Field[Any] = fields.Raw()
    add_ons_count = fields.Constant(0)
    customers_count = fields.Constant(0)
    plans_count = fields.Constant(0)
    charges_count = fields.Constant(0)
    commitments_count = fields.Constant(0)
    created_at = Moment()


class TaxOfTaxesSchema(TaxSchema):
    """A tax in the answers of `/taxes`: it tells which billing entities have it."""

    applied_to_organization = fields.Function(lambda tax: any(_is_default(entity) for entity in tax.billing_entities))
    applied_to_billing_entities_codes = fields.Function(
        lambda tax: sorted(entity.code for entity in tax.billing_entities)
    )


def _is_default(entity: Any) -> bool:
    return bool(entity.id == entity.organization_id)  # the default entity has its organization's id (06 §1.2)


class AddOnSchema(Schema):
    """An add-on (04 §10)."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    invoice_display_name = fields.Raw()
    code = fields.Raw()
    description = fields.Raw()
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    created_at = Moment()
    taxes = fields.Nested(TaxSchema, many=True)


class BillableMetricSchema(Schema):
    """A billable metric (01 §2.2). `counters=False` leaves the three counters out, which are always 0."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    code = fields.Raw()
    description = fields.Raw()
    aggregation_type = fields.Raw()
    weighted_interval = fields.Raw()
    recurring = fields.Raw()
    rounding_function = fields.Raw()
    rounding_precision = fields.Raw()
    created_at = Moment()
    field_name = fields.Raw()
    expression = fields.Raw()
    active_subscriptions_count = fields.Constant(0)
    draft_invoices_count = fields.Constant(0)
    plans_count = fields.Constant(0)
    filters = fields.Function(
        lambda metric: [
            {"key": row.key, "values": sorted(row.values)} for row in sorted(metric.filters, key=lambda row: row.key)
        ]
    )

    COUNTERS = ("active_subscriptions_count", "draft_invoices_count", "plans_count")

    def __init__(self, *, counters: bool = True, **kwargs: Any) -> None:
        super().__init__(exclude=() if counters else self.COUNTERS, **kwargs)


def with_older_name(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties as stored; where there are group keys, `grouped_by` repeats them (02 §2.1)."""
    keys = properties.get("pricing_group_keys")
    return {**properties, "grouped_by": keys} if keys else properties


class ChargeFilterSchema(Schema):
    """A part, with a price of its own, of the charge of that code (02 §2.1)."""

    lago_id = fields.UUID(attribute="id")
    invoice_display_name = fields.Raw()
    properties = fields.Function(lambda row: with_older_name(row.properties))
    values = fields.Raw()
    charge_code: fields.Field[Any] = fields.Method("dump_charge_code")

    def __init__(self, charge_code: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code_of_charge = charge_code

    def dump_charge_code(self, row: Any) -> str:
        return self.code_of_charge


class ChargeSchema(Schema):
    """The price of a metric in a plan (02 §2.1)."""

    lago_id = fields.UUID(attribute="id")
    lago_billable_metric_id = fields.UUID(attribute="billable_metric_id")
    code = fields.Raw()
    invoice_display_name = fields.Raw()
    billable_metric_code = fields.Raw(attribute="billable_metric.code")
    created_at = Moment()
    charge_model = fields.Raw()
    invoiceable = fields.Raw()
    regroup_paid_fees = fields.Raw()
    pay_in_advance = fields.Raw()
    prorated = fields.Raw()
    min_amount_cents = fields.Raw()
    accepts_target_wallet = fields.Raw()
    properties = fields.Function(lambda charge: with_older_name(charge.properties))
    lago_parent_id = fields.UUID(attribute="parent_id")
    applied_pricing_unit = fields.Function(
        lambda charge: charge.pricing_unit
        and {"conversion_rate": plain(charge.conversion_rate), "code": charge.pricing_unit.code}
    )
    filters = fields.Function(lambda charge: ChargeFilterSchema(charge.code, many=True).dump(charge.filters))
    taxes = fields.Nested(TaxSchema, many=True)


class CommitmentSchema(Schema):
    """The minimum commitment of a plan; code and interval are the plan's (03 §1.1)."""

    lago_id = fields.UUID(attribute="minimum_commitment.id")
    plan_code = fields.Raw(attribute="code")
    invoice_display_name = fields.Raw(attribute="minimum_commitment.invoice_display_name")
    amount_cents = fields.Raw(attribute="minimum_commitment.amount_cents")
    interval = fields.Raw()
    created_at = Moment(attribute="minimum_commitment.created_at")
    updated_at = Moment(attribute="minimum_commitment.updated_at")
    taxes = fields.Nested(TaxSchema, many=True, attribute="minimum_commitment.taxes")


class FixedChargeSchema(Schema):
    """A quantity of an add-on in each period of a plan (02 §8.1)."""

    lago_id = fields.UUID(attribute="id")
    lago_add_on_id = fields.UUID(attribute="add_on_id")
    code = fields.Raw()
    invoice_display_name = fields.Raw()
    add_on_code = fields.Raw(attribute="add_on.code")
    created_at = Moment()
    charge_model = fields.Raw()
    pay_in_advance = fields.Raw()
    prorated = fields.Raw()
    properties = fields.Raw()
    units = Exact()
    lago_parent_id = fields.UUID(attribute="parent_id")
    taxes = fields.Nested(TaxSchema, many=True)


class PlanSchema(Schema):
    """A plan. `place` says which of its parts are shown (03 §1.1)."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    invoice_display_name = fields.Raw()
    created_at = Moment()
    code = fields.Raw()
    interval = fields.Raw()
    description = fields.Raw()
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    trial_period = fields.Raw()
    pay_in_advance = fields.Raw()
    bill_charges_monthly = fields.Raw()
    bill_fixed_charges_monthly = fields.Raw()
    customers_count = fields.Constant(0)
    active_subscriptions_count = fields.Constant(0)
    draft_invoices_count = fields.Constant(0)
    parent_id = fields.UUID()
    pending_deletion = fields.Raw()
    charges = fields.Nested(ChargeSchema, many=True)
    fixed_charges = fields.Nested(FixedChargeSchema, many=True)
    entitlements = fields.Function(lambda plan: [])
    usage_thresholds = fields.Nested(UsageThresholdSchema, many=True)
    applicable_usage_thresholds = fields.Nested(ApplicableThresholdSchema, many=True)
    taxes = fields.Nested(TaxSchema, many=True)

    LEFT_OUT = {
        "answer": (),
        "list": ("fixed_charges",),
        "subscription": ("fixed_charges", "entitlements"),
        "webhook": ("fixed_charges", "applicable_usage_thresholds"),
        "webhook_deleted": ("fixed_charges", "applicable_usage_thresholds", "entitlements"),
    }

    def __init__(self, *, place: str = "answer", **kwargs: Any) -> None:
        super().__init__(exclude=self.LEFT_OUT[place], **kwargs)

    @post_dump(pass_collection=True, pass_original=True)
    def add_entitlements(self, data: Any, plans: Any, *, many: bool, **kwargs: Any) -> Any:
        """What the plans give, where that is shown: one query for all of them."""
        if "entitlements" in self.dump_fields:
            listed = plans if many else [plans]
            given = entitlements_of_plans(listed)
            for shown, plan in zip(data if many else [data], listed, strict=True):
                shown["entitlements"] = PlanEntitlementSchema(many=True).dump(given.get(plan.id, []))
        return data

    @post_dump(pass_original=True)
    def add_what_there_is(self, data: dict[str, Any], plan: Plan, **kwargs: Any) -> dict[str, Any]:
        """The minimum commitment, and last what the client keeps as metadata, where there is any."""
        if plan.minimum_commitment:
            data["minimum_commitment"] = CommitmentSchema().dump(plan)
        return data if plan.notes is None else {**data, "metadata": plan.notes}
