"""Fees of drafts that a person adjusts: kinds, what survives, what is refused (02 §11)."""

import uuid
from decimal import Decimal

import pytest

from lago.catalog.models import PricingUnit
from lago.core.db import db, transaction
from lago.core.errors import Forbidden, Invalid, NotFound
from lago.invoicing.adjust_fee import Target, adjust_fee, adjustments_of, remove_adjustment
from lago.invoicing.models import Invoice
from lago.invoicing.queries import visible_invoice
from tests.builders.catalog import a_filter, an_add_on
from tests.builders.fixed_charges import on
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use

FIVE = {"units": "5", "unit_precise_amount": "0.333"}


def drafted(sandbox, *charges, events=(), **fields):
    """A customer's draft of January, on a plan of 49.00 with these charges."""
    plan(sandbox, charges=list(charges), **fields)
    customer(sandbox, billing_configuration={"invoice_grace_period": 3})
    subscribe(sandbox)
    for code, properties in events:
        use(sandbox, code, properties=properties)
    sandbox.at("2024-02-01T00:00:00Z")
    return record(sandbox)


def record(sandbox, number=0) -> Invoice:
    identifier = uuid.UUID(invoices(sandbox)[number]["lago_id"])
    return visible_invoice(sandbox.organization.id, identifier)


def adjusted(sandbox, kind, number=0, **wanted):
    """The draft after its one fee of a kind was adjusted."""
    invoice = record(sandbox, number)
    target = Target(fee_id=next(row.id for row in invoice.fees if row.fee_type == kind))
    with transaction():
        adjust_fee(invoice, target, wanted)
    return invoices(sandbox)[number]


def added(sandbox, wanted=None, **ids):
    """The draft after a fee was added for something that had none."""
    invoice = record(sandbox)
    target = Target(subscription_id=invoice.invoice_subscriptions[0].subscription_id, **ids)
    with transaction():
        adjust_fee(invoice, target, wanted or FIVE)
    return invoices(sandbox)[0]


def refusal(sandbox, error, target, wanted=None, invoice=None):
    """The error that an adjustment is refused with; it changes nothing."""
    before = invoices(sandbox)
    with pytest.raises(error) as caught, transaction():
        adjust_fee(invoice or record(sandbox), target, wanted or FIVE)
    db.session.expire_all()
    assert invoices(sandbox) == before
    return getattr(caught.value, "details", None) or caught.value.code


@pytest.fixture
def calls(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    return metric(sandbox, "calls")


@pytest.fixture
def draft(sandbox, calls):
    """49.00, and two calls of 0.50."""
    sandbox.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    return drafted(sandbox, standard(calls, "0.5"), events=[("calls", {}), ("calls", {})])


def test_a_name_alone_leaves_the_amounts(sandbox, draft):
    after = fee(adjusted(sandbox, "charge", invoice_display_name="Calls of January"), "charge")
    assert after["item"]["invoice_display_name"] == "Calls of January"
    assert (after["units"], after["amount_cents"], after["events_count"]) == ("2.0", 100, 2)
    priced = adjusted(sandbox, "subscription", unit_precise_amount="3")  # a price without units counts as a name
    assert fee(priced, "subscription")["amount_cents"] == 4900


def test_units_are_priced_by_the_charge(sandbox, draft):
    after = adjusted(sandbox, "charge", units="7.5")
    row = fee(after, "charge")
    assert (row["units"], row["amount_cents"], row["events_count"]) == ("7.5", 375, 0)
    assert (row["precise_unit_amount"], row["total_aggregated_units"], row["taxes_amount_cents"]) == ("0.5", "7.5", 75)
    assert (after["fees_amount_cents"], after["taxes_amount_cents"], after["total_amount_cents"]) == (5275, 1055, 6330)


def test_units_at_a_price_cost_their_product(sandbox, draft):
    row = fee(adjusted(sandbox, "charge", units="7.5", unit_precise_amount="0.333"), "charge")
    assert (row["units"], row["amount_cents"], row["precise_amount"]) == ("7.5", 250, "2.4975")
    assert (row["precise_unit_amount"], row["amount_details"]) == ("0.333", {})


@pytest.mark.parametrize(("wanted", "cents", "unit"), [
    ({"units": "0.5"}, 2450, "49.0"), ({"units": "2", "unit_precise_amount": "10.01"}, 2002, "10.01"),
])
def test_a_subscription_fee_is_adjusted(sandbox, draft, wanted, cents, unit):
    row = fee(adjusted(sandbox, "subscription", **wanted), "subscription")
    assert (row["units"], row["amount_cents"]) == (Decimal(wanted["units"]).__format__(".1f"), cents)
    assert row["precise_unit_amount"] == unit


def test_an_adjustment_survives_refreshes_and_the_finalization(sandbox, draft):
    adjusted(sandbox, "charge", units="0", invoice_display_name="Nothing this time")
    use(sandbox, "calls", timestamp="2024-01-20T00:00:00Z")
    sandbox.put(f"/invoices/{draft.id}/refresh")
    sandbox.at("2024-02-04T00:00:00Z")
    final = invoices(sandbox)[0]
    row = fee(final, "charge")
    assert (final["status"], row["units"], row["amount_cents"]) == ("finalized", "0.0", 0)
    assert row["item"]["invoice_display_name"] == "Nothing this time"
    sandbox.at("2024-03-01T00:00:00Z")
    assert [row["item"]["type"] for row in invoices(sandbox)[1]["fees"]] == ["subscription"]


def test_without_its_adjustment_a_fee_is_computed_again(sandbox, draft):
    adjusted(sandbox, "charge", units="9")
    invoice = record(sandbox)
    (kept,) = adjustments_of(invoice)
    with transaction():
        remove_adjustment(invoice, kept.id)
    row = fee(invoices(sandbox)[0], "charge")
    assert (row["units"], row["amount_cents"], row["events_count"]) == ("2.0", 100, 2)
    assert adjustments_of(invoice) == []
    with pytest.raises(NotFound), transaction():
        remove_adjustment(record(sandbox), kept.id)


def test_a_fee_is_adjusted_once(sandbox, draft):
    adjusted(sandbox, "charge", units="9")
    target = Target(fee_id=next(row.id for row in record(sandbox).fees if row.fee_type == "charge"))
    assert refusal(sandbox, Invalid, target) == {"adjusted_fee": ["already_exists"]}


def test_a_finalized_invoice_is_not_adjusted(sandbox, draft):
    adjusted(sandbox, "charge", units="9")
    sandbox.at("2024-02-04T00:00:00Z")
    target = Target(fee_id=record(sandbox).fees[0].id)
    assert refusal(sandbox, Forbidden, target) == "feature_unavailable"
    invoice = record(sandbox)
    with pytest.raises(Forbidden), transaction():
        remove_adjustment(invoice, adjustments_of(invoice)[0].id)


def test_what_is_not_on_the_draft_is_not_found(sandbox, draft):
    some, sub = uuid.uuid4(), draft.invoice_subscriptions[0]
    charge = sub.subscription.plan.charges[0]
    for target, code in (
        (Target(fee_id=some), "fee_not_found"),
        (Target(subscription_id=some, charge_id=charge.id), "subscription_not_found"),
        (Target(subscription_id=sub.subscription_id, charge_id=some), "charge_not_found"),
        (Target(subscription_id=sub.subscription_id), "charge_not_found"),
        (Target(subscription_id=sub.subscription_id, charge_id=charge.id, charge_filter_id=some),
         "charge_filter_not_found"),
        (Target(subscription_id=sub.subscription_id, fixed_charge_id=some), "fixed_charge_not_found"),
    ):
        assert refusal(sandbox, NotFound, target) == code


@pytest.mark.parametrize(("wanted", "details"), [
    ({"units": "-1"}, {"units": ["value_is_out_of_range"]}),
    ({"units": "many"}, {"units": ["is not a number"]}),
    ({"units": "1", "unit_precise_amount": "-1"}, {"unit_precise_amount": ["value_is_out_of_range"]}),
    ({"units": "1000000000000000", "unit_precise_amount": "1000000000000000"}, {"units": ["value_is_out_of_range"]}),
    ({"units": "900000000000000", "unit_precise_amount": "1"}, {"units": ["value_is_out_of_range"]}),
    ({"invoice_display_name": "x" * 256}, {"invoice_display_name": ["value_is_too_long"]}),
])
def test_bad_values_are_refused(sandbox, draft, wanted, details):
    assert refusal(sandbox, Invalid, Target(fee_id=draft.fees[0].id), wanted) == details


def test_units_alone_have_no_price_by_percentages(sandbox, calls):
    amount = metric(sandbox, "paid", "sum_agg", field_name="amount")
    charge = {"billable_metric_id": amount["lago_id"], "charge_model": "percentage", "properties": {"rate": "10"}}
    drafted(sandbox, charge, events=[("paid", {"amount": 100})])
    target = Target(fee_id=next(row.id for row in record(sandbox).fees if row.fee_type == "charge"))
    assert refusal(sandbox, Invalid, target, {"units": "5"}) == {"charge": ["invalid_charge_model"]}
    assert fee(adjusted(sandbox, "charge", **FIVE), "charge")["amount_cents"] == 167  # 5 x 33.3 = 166.5


def test_a_fee_is_added_for_what_was_not_used_by_filter_and_group(sandbox, calls):
    seats = metric(sandbox, "seats", filters=[{"key": "region", "values": ["eu", "us"]}])
    grouped = {**standard(seats, "2"), "filters": [a_filter(region=["eu"])]}
    grouped["properties"]["pricing_group_keys"] = ["team"]
    draft = drafted(sandbox, standard(calls, "1"), grouped, events=[("seats", {"team": "red"})])
    first, second = draft.invoice_subscriptions[0].subscription.plan.charges
    added(sandbox, charge_id=first.id)
    added(sandbox, charge_id=second.id, charge_filter_id=second.filters[0].id)
    after = added(sandbox, {"units": "3"}, charge_id=second.id, grouped_by={"team": "blue"})
    rows = [(row["lago_charge_id"] == str(first.id), row["item"]["filters"], row["item"]["grouped_by"].get("team"),
             row["units"], row["amount_cents"]) for row in after["fees"] if row["item"]["type"] == "charge"]
    assert sorted(rows, key=str) == sorted([
        (True, None, None, "5.0", 167), (False, {"region": ["eu"]}, None, "5.0", 167), (False, None, "red", "1.0", 200),
        (False, None, "blue", "3.0", 600),
    ], key=str)


def test_the_spending_minimum_makes_up_for_less(sandbox, calls):
    drafted(sandbox, {**standard(calls, "1"), "min_amount_cents": 1000}, events=[("calls", {})] * 3)
    before = invoices(sandbox)[0]
    fees = [row for row in record(sandbox).fees if row.fee_type == "charge" and not row.true_up_parent_fee_id]
    with transaction():
        adjust_fee(record(sandbox), Target(fee_id=fees[0].id), {"units": "7"})
    after = invoices(sandbox)[0]
    cents = [[row["amount_cents"] for row in one["fees"] if row["item"]["type"] == "charge"] for one in (before, after)]
    assert cents == [[300, 700], [700, 300]]


def test_a_true_up_and_a_commitment_follow_from_the_others(sandbox, calls):
    draft = drafted(
        sandbox, {**standard(calls, "1"), "min_amount_cents": 1000}, events=[("calls", {})],
        minimum_commitment={"amount_cents": 10000},
    )
    derived = [row for row in draft.fees if row.true_up_parent_fee_id or row.fee_type == "commitment"]
    assert len(derived) == 2
    for row in derived:
        assert refusal(sandbox, NotFound, Target(fee_id=row.id)) == "fee_not_found"
    assert fee(adjusted(sandbox, "subscription", units="0"), "commitment")["amount_cents"] == 9000


def test_fixed_charges(sandbox, calls):
    rows = [
        {**on(code, units), "add_on_id": an_add_on(sandbox, code)["lago_id"]} for code, units in (("a", 3), ("b", 0))
    ]
    draft = drafted(sandbox, fixed_charges=rows)
    assert fee(adjusted(sandbox, "fixed_charge", units="4"), "fixed_charge")["amount_cents"] == 4000
    other = next(
        one for one in draft.invoice_subscriptions[0].subscription.plan.fixed_charges if one.code == "b"
    )
    after = added(sandbox, fixed_charge_id=other.id)
    assert sorted(row["amount_cents"] for row in after["fees"] if row["item"]["type"] == "fixed_charge") == [167, 4000]


def test_a_price_is_in_the_unit_of_the_charge(sandbox, calls):
    with transaction():
        db.session.add(PricingUnit(
            organization_id=sandbox.organization.id, name="Credits", code="credits", short_name="CR"
        ))
    charge = {**standard(calls, "10"), "applied_pricing_unit": {"code": "credits", "conversion_rate": "0.5"}}
    drafted(sandbox, charge, events=[("calls", {})])
    row = fee(adjusted(sandbox, "charge", units="3", unit_precise_amount="1.5"), "charge")
    assert (row["amount_cents"], row["pricing_unit_details"]["amount_cents"]) == (225, 450)  # 4.50 credits at 0.50


def test_several_drafts_keep_to_their_own_adjustments(sandbox, draft):
    customer(sandbox, billing_configuration={"invoice_grace_period": 60})
    sandbox.at("2024-02-10T00:00:00Z")
    use(sandbox, "calls")
    sandbox.at("2024-03-01T00:00:00Z")
    adjusted(sandbox, "charge", number=1, units="100")
    sandbox.put(f"/invoices/{draft.id}/refresh")
    assert [fee(one, "charge")["units"] for one in invoices(sandbox)] == ["2.0", "100.0"]
