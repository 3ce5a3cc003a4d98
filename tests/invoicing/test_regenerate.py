"""Voided invoices that are made again (04 §14)."""

import uuid

import pytest

from lago.core.db import db, transaction
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.invoicing.queries import visible_invoice
from lago.invoicing.regenerate import regenerate
from lago.invoicing.regenerate_one_off import regenerate_one_off
from lago.organizations.models import Organization
from tests.builders.catalog import a_tax, an_add_on, fixed_charge
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use
from tests.builders.webhooks import endpoint_at, receiver


@pytest.fixture
def voided(sandbox):
    """Of January: 49.00 and two calls of 0.50, with 20 % of tax; voided on 5 February."""
    sandbox.at("2024-01-01T00:00:00Z")
    a_tax(sandbox, "vat", rate=20, applied_to_organization=True)
    customer(sandbox, net_payment_term=10)
    charges = [standard(metric(sandbox, "calls"), "0.5"), standard(metric(sandbox, "messages"), "2")]
    plan(sandbox, charges=charges)
    subscribe(sandbox, purchase_order_number="PO-1")
    use(sandbox, "calls")
    use(sandbox, "calls")
    sandbox.at("2024-02-05T08:00:00Z")
    return void(sandbox, invoices(sandbox)[0])


def void(account, invoice, **body):
    return account.post(f"/invoices/{invoice['lago_id']}/void", body)["invoice"]


def rows(invoice, **changes):
    """All fees as they are, but for those whose kind is named."""
    return [{"id": row["lago_id"], **changes.get(row["item"]["type"], {})} for row in invoice["fees"]]


def again(account, invoice, lines, verb=regenerate, **fields):
    """The invoice that is made of these lines."""
    with transaction():
        record = visible_invoice(account.organization.id, uuid.UUID(invoice["lago_id"]))
        organization = db.session.get_one(Organization, account.organization.id)
        made = verb(record, organization, {"fees": lines, **fields})
    db.session.expire_all()
    return account.get(f"/invoices/{made.id}")["invoice"]


def refusal(account, invoice, lines, error=Invalid, verb=regenerate):
    """What it is refused with; nothing is made."""
    before = invoices(account)
    with pytest.raises(error) as caught:
        again(account, invoice, lines, verb)
    db.session.expire_all()
    assert invoices(account) == before
    return getattr(caught.value, "details", None) or caught.value.code


def test_the_same_is_billed_again_under_a_new_number(sandbox, voided):
    """5,000 cents and 20 %. It is dated as the voided one was made, on 1 February, and final at once."""
    made = again(sandbox, voided, rows(voided))
    expected = {
        "invoice_type": "subscription", "status": "finalized", "payment_status": "pending", "currency": "EUR",
        "issuing_date": "2024-02-01", "payment_due_date": "2024-02-11", "fees_amount_cents": 5000,
        "taxes_amount_cents": 1000, "total_amount_cents": 6000, "purchase_order_number": "PO-1", "sequential_id": 2,
    }
    assert {name: made[name] for name in expected} == expected
    assert made["billing_periods"][0]["charges_from_datetime"] == voided["billing_periods"][0]["charges_from_datetime"]
    assert [row["lago_original_fee_id"] for row in made["fees"]] == [row["lago_id"] for row in voided["fees"]]


def test_units_alone_are_priced_by_the_plan_and_a_price_takes_its_place(sandbox, voided):
    """7 calls of 0.50; then 2.5 subscription fees of 0.333 are 83.25 cents. 350 + 83 and 20 % of it."""
    lines = rows(voided, charge={"units": "7"}, subscription={
        "units": "2.5", "unit_precise_amount": "0.333", "invoice_display_name": "Agreed"})
    made = again(sandbox, voided, lines, purchase_order_number="PO-2")
    assert (fee(made, "charge")["amount_cents"], fee(made, "charge")["units"]) == (350, "7.0")
    assert (fee(made, "subscription")["amount_cents"], fee(made, "subscription")["units"]) == (83, "2.5")
    assert fee(made, "subscription")["item"]["invoice_display_name"] == "Agreed"
    assert (made["taxes_amount_cents"], made["purchase_order_number"]) == (87, "PO-2")


def test_what_is_not_named_is_left_out_and_something_new_can_stand_on_it(sandbox, voided):
    """Three messages of 2.00 in place of all that was there."""
    charges = sandbox.get("/plans/pro")["plan"]["charges"]
    charge = next(row for row in charges if row["billable_metric_code"] == "messages")
    line = {"subscription_id": voided["fees"][0]["lago_subscription_id"], "charge_id": charge["lago_id"], "units": "3"}
    made = again(sandbox, voided, [line])
    (only,) = made["fees"]
    assert (only["item"]["code"], only["amount_cents"], only["lago_original_fee_id"]) == ("messages", 600, None)
    assert only["from_date"] == "2024-01-01T00:00:00+00:00"


def test_a_fixed_charge_can_be_added(sandbox):
    """Of 5.00 each, in advance; none was billed as there were no units."""
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox)
    plan(sandbox, fixed_charges=[fixed_charge(an_add_on(sandbox), units=0, amount="5")])
    subscribe(sandbox)
    sandbox.at("2024-02-01T00:00:00Z")
    old = void(sandbox, invoices(sandbox)[0])
    fixed = sandbox.get("/plans/pro")["plan"]["fixed_charges"][0]["lago_id"]
    line = {"subscription_id": old["fees"][0]["lago_subscription_id"], "fixed_charge_id": fixed, "units": "4"}
    made = again(sandbox, old, [*rows(old), line])
    assert (fee(made, "fixed_charge")["amount_cents"], made["fees_amount_cents"]) == (2000, 6900)


def test_it_is_made_once_and_then_of_the_new_one(sandbox, voided):
    first = again(sandbox, voided, rows(voided))
    assert refusal(sandbox, voided, rows(voided), NotAllowed) == "already_regenerated"
    assert refusal(sandbox, first, rows(first), NotAllowed) == "not_voided"
    second = again(sandbox, void(sandbox, first), rows(first))
    assert [row["lago_original_fee_id"] for row in second["fees"]] == [row["lago_id"] for row in voided["fees"]]


def test_the_next_period_is_billed_as_ever(sandbox, voided):
    again(sandbox, voided, rows(voided))
    sandbox.at("2024-03-01T00:00:00Z")
    assert [row["issuing_date"] for row in invoices(sandbox)] == ["2024-02-01", "2024-02-01", "2024-03-01"]
    assert invoices(sandbox)[-1]["fees_amount_cents"] == 4900


@pytest.mark.parametrize("changes, details", [
    ({"charge": {"units": "many"}}, {"fees.1.units": ["is not a number"]}),
    ({"charge": {"units": "-1"}}, {"fees.1.units": ["value_is_out_of_range"]}),
    ({"charge": {"unit_precise_amount": "3"}}, {"fees.1.units": ["value_is_mandatory"]}),
    ({"charge": {"units": "1000000000", "unit_precise_amount": "1000000000000000"}},
     {"fees.1.units": ["value_is_out_of_range"]}),
], ids=["no number", "negative", "price alone", "too much"])
def test_bad_values_are_said_by_line(sandbox, voided, changes, details):
    assert refusal(sandbox, voided, rows(voided, **changes)) == details


def test_single_events_are_not_priced_by_a_quantity_alone(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    rate = {**standard(metric(sandbox, "calls", "sum_agg", field_name="n"), "0"), "charge_model": "percentage",
            "properties": {"rate": "5"}}
    plan(sandbox, charges=[rate])
    customer(sandbox)
    subscribe(sandbox)
    use(sandbox, "calls", properties={"n": 100})
    sandbox.at("2024-02-01T00:00:00Z")
    old = void(sandbox, invoices(sandbox)[0])
    details = refusal(sandbox, old, rows(old, charge={"units": "3"}))
    assert details == {"fees.1.unit_precise_amount": ["invalid_charge_model"]}
    made = again(sandbox, old, rows(old, charge={"units": "3", "unit_precise_amount": "2"}))
    assert fee(made, "charge")["amount_cents"] == 600


@pytest.mark.parametrize("lines, code", [
    ([], {"fees": ["value_is_mandatory"]}), ([{"id": str(uuid.uuid4())}], "fee_not_found"),
    ([{"subscription_id": str(uuid.uuid4())}], "subscription_not_found"),
], ids=["nothing", "another's fee", "another's subscription"])
def test_what_is_not_on_it_is_not_found(sandbox, voided, lines, code):
    assert refusal(sandbox, voided, lines, (Invalid, NotFound)) == code


def test_coupons_and_credit_notes_are_used_on_it(sandbox, voided):
    """Of 5,000: 10.00 by the coupon, which the void has given back; 20 % of 4,000."""
    sandbox.post("/coupons", {"coupon": {
        "name": "Ten", "code": "ten", "coupon_type": "fixed_amount", "amount_cents": 1000, "amount_currency": "EUR",
        "frequency": "once", "expiration": "no_expiration"}})
    sandbox.post("/applied_coupons", {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "ten"}})
    made = again(sandbox, voided, rows(voided))
    assert (made["coupons_amount_cents"], made["total_amount_cents"]) == (1000, 4800)


def test_it_is_told(sandbox, voided):
    with receiver() as hook:
        endpoint_at(sandbox, hook.url)
        again(sandbox, voided, rows(voided))
        sandbox.at("2024-02-05T08:00:00Z")
    assert hook.types.count("invoice.created") == 1


def test_of_a_single_event_paid_in_advance(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    charge = {**standard(metric(sandbox, "calls"), "3"), "pay_in_advance": True}
    plan(sandbox, charges=[charge])
    customer(sandbox)
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2024-01-01T00:00:00Z")
    old = void(sandbox, invoices(sandbox)[0])
    made = again(sandbox, old, rows(old))
    (only,) = made["fees"]
    assert (only["amount_cents"], only["event_transaction_id"]) == (300, old["fees"][0]["event_transaction_id"])
    use(sandbox, "calls")
    sandbox.at("2024-01-02T00:00:00Z")
    assert [row["total_amount_cents"] for row in invoices(sandbox)] == [300, 300, 300]


def test_a_purchase_of_credits_is_asked_for_again_and_then_comes(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, currency="EUR")
    wallet = sandbox.post("/wallets", {"wallet": {
        "external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "paid_credits": "10"}})["wallet"]
    sandbox.at("2024-01-01T00:00:00Z")
    old = void(sandbox, invoices(sandbox)[0])
    made = again(sandbox, old, rows(old))
    assert (made["invoice_type"], made["total_amount_cents"]) == ("credit", 1000)
    sandbox.put(f"/invoices/{made['lago_id']}", {"invoice": {"payment_status": "succeeded"}})
    assert sandbox.get(f"/wallets/{wallet['lago_id']}")["wallet"]["balance_cents"] == 1000


def test_a_purchase_is_not_asked_for_again_once_the_wallet_has_ended(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, currency="EUR")
    wallet = sandbox.post("/wallets", {"wallet": {
        "external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "paid_credits": "10"}})["wallet"]
    sandbox.at("2024-01-01T00:00:00Z")
    old = void(sandbox, invoices(sandbox)[0])
    sandbox.delete(f"/wallets/{wallet['lago_id']}")
    assert refusal(sandbox, old, rows(old), NotAllowed) == "wallet_is_terminated"


def test_a_one_off_invoice_is_made_again_by_the_form_of_new_ones(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, currency="EUR")
    an_add_on(sandbox, "setup", amount_cents=1000)
    order = {"external_customer_id": "acme", "fees": [{"add_on_code": "setup"}]}
    old = void(sandbox, sandbox.post("/invoices", {"invoice": order})["invoice"])
    assert refusal(sandbox, old, rows(old), NotAllowed) == "invalid_invoice_type"
    made = again(sandbox, old, [{"add_on_code": "setup", "units": 3}], regenerate_one_off)
    assert (made["invoice_type"], made["total_amount_cents"]) == ("one_off", 3000)
    lines = [{"add_on_code": "setup"}]
    assert refusal(sandbox, old, lines, NotAllowed, regenerate_one_off) == "already_regenerated"


def test_a_progressive_invoice_keeps_its_thresholds_and_is_credited_at_the_end_of_the_period(sandbox):
    """12.00 have reached the threshold of 10.00; of the 12.00 of January nothing is left to pay."""
    sandbox.at("2024-01-01T00:00:00Z")
    charge = standard(metric(sandbox, "api", "sum_agg", field_name="n"), "1")
    plan(sandbox, amount_cents=0, charges=[charge], usage_thresholds=[{"amount_cents": 1000}])
    customer(sandbox)
    subscribe(sandbox)
    use(sandbox, "api", properties={"n": 12})
    sandbox.at("2024-01-02T00:00:00Z")
    (old,) = invoices(sandbox)
    assert old["invoice_type"] == "progressive_billing"
    made = again(sandbox, void(sandbox, old), rows(old))
    assert (made["invoice_type"], made["total_amount_cents"], made["issuing_date"]) == (
        "progressive_billing", 1200, old["issuing_date"]
    )
    amounts = [row["usage_threshold"]["amount_cents"] for row in made["applied_usage_thresholds"]]
    assert amounts == [1000]
    sandbox.at("2024-02-01T00:00:00Z")
    last = invoices(sandbox)[-1]
    assert (last["fees_amount_cents"], last["progressive_billing_credit_amount_cents"]) == (1200, 1200)
    assert len(invoices(sandbox)) == 3


def test_a_period_in_advance_is_not_billed_twice(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox)
    plan(sandbox, pay_in_advance=True)
    subscribe(sandbox)
    (old,) = invoices(sandbox)
    sandbox.at("2024-01-20T00:00:00Z")
    again(sandbox, void(sandbox, old), rows(old))
    sandbox.at("2024-02-01T00:00:00Z")
    assert [(row["total_amount_cents"], row["status"]) for row in invoices(sandbox)] == [
        (4900, "voided"), (4900, "finalized"), (4900, "finalized")
    ]
