"""Progressive invoices are made once, whoever looks and however often; what was billed before is credited once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from lago.core.db import db, transaction
from lago.invoicing.bill_thresholds import bill_thresholds
from lago.invoicing.models import AppliedUsageThreshold, CreditNote, CreditNoteItem, Invoice
from lago.invoicing.watch_usage import watch_usage
from lago.metering.current_usage import UsageRequest, current_usage
from lago.subscriptions.queries import subscription_by_external_id
from tests.builders.organizations import account
from tests.builders.outbox import announced
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use

RECURRING = [{"amount_cents": 1000, "recurring": True}]
FIXED = [{"amount_cents": 1000}, {"amount_cents": 5000}]


class Killed(Exception):
    """The worker is gone."""


def on_sums(caller, thresholds):
    """`acme` in arrears, one EUR for each unit."""
    charge = standard(metric(caller, "api", "sum_agg", field_name="n"), "1")
    plan(caller, amount_cents=0, charges=[charge], usage_thresholds=thresholds)
    customer(caller)
    subscribe(caller)
    return caller


def used(caller, units):
    use(caller, "api", properties={"n": units})


def look(caller):
    watch_usage(caller.organization.id, "acme")


def progressive(caller):
    """The fees of the progressive invoices, in order."""
    db.session.rollback()
    query = select(Invoice.fees_amount_cents).where(
        Invoice.organization_id == caller.organization.id, Invoice.invoice_type == "progressive_billing"
    )
    return list(db.session.scalars(query.order_by(Invoice.seq)))


def count(table, caller):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(table.organization_id == caller.organization.id))


def test_an_event_alone_makes_no_invoice_but_the_look_does(owner):
    on_sums(owner, FIXED)
    used(owner, 12)
    assert progressive(owner) == []
    look(owner)
    assert progressive(owner) == [1200]


@pytest.mark.parametrize("thresholds", [FIXED, RECURRING], ids=["fixed", "recurring"])
def test_twice_is_once(owner, thresholds):
    on_sums(owner, thresholds)
    used(owner, 12)
    for _ in range(3):
        look(owner)
    assert progressive(owner) == [1200] and count(AppliedUsageThreshold, owner) == 1
    used(owner, 10)
    look(owner)
    assert progressive(owner) == ([1200, 2200] if thresholds is RECURRING else [1200])


def test_what_a_killed_worker_was_at_is_done_again(owner):
    on_sums(owner, FIXED)
    used(owner, 12)
    with pytest.raises(Killed), transaction():
        subscription = subscription_by_external_id(owner.organization.id, "acme")
        assert bill_thresholds(subscription, current_usage(subscription, UsageRequest(with_taxes=False)))
        raise Killed
    assert progressive(owner) == []
    look(owner)
    assert progressive(owner) == [1200]


def test_thresholds_are_told_of_after_their_invoice(owner):
    on_sums(owner, [*FIXED, *RECURRING])
    used(owner, 70)
    before = len(announced(owner))
    look(owner)
    assert announced(owner)[before:] == ["invoice.created", *["subscription.usage_threshold_reached"] * 3]


@pytest.mark.parametrize("change", [
    {"progressive_billing_disabled": True}, {"usage_thresholds": [{"amount_cents": 10**6}]},
], ids=["off", "others apply"])
def test_only_thresholds_that_apply_are_reached(owner, change):
    on_sums(owner, FIXED)
    owner.put("/subscriptions/acme", {"subscription": change})
    used(owner, 12)
    look(owner)
    assert progressive(owner) == []


def test_new_thresholds_below_what_was_billed_are_behind(owner):
    on_sums(owner, FIXED)
    used(owner, 12)
    look(owner)
    owner.put("/plans/pro", {"plan": {"usage_thresholds": [{"amount_cents": 1100}]}})
    look(owner)
    assert progressive(owner) == [1200]


def test_a_voided_invoice_was_not_billed(sandbox):
    """Nothing of it is credited at the end of the period."""
    sandbox.at("2024-01-05T00:00:00Z")
    on_sums(sandbox, FIXED)
    used(sandbox, 12)
    sandbox.at("2024-01-06T00:00:00Z")
    db.session.query(Invoice).filter(Invoice.organization_id == sandbox.organization.id).update({"status": "voided"})
    db.session.commit()
    sandbox.at("2024-02-01T00:00:00Z")
    assert invoices(sandbox)[-1]["progressive_billing_credit_amount_cents"] == 0


def test_what_was_given_back_otherwise_is_not_given_back_again(sandbox):
    """All 60.00 of the progressive invoice were refunded: 20.00 too much bring no further note, and billing goes on."""
    sandbox.at("2024-01-05T00:00:00Z")
    on_sums(sandbox, FIXED)
    used(sandbox, 60)
    sandbox.at("2024-01-06T00:00:00Z")
    (early,) = invoices(sandbox)
    with transaction():
        refund(db.session.get_one(Invoice, early["lago_id"]), early)
    used(sandbox, -20)
    sandbox.at("2024-02-01T00:00:00Z")
    final = invoices(sandbox)[-1]
    assert (final["fees_amount_cents"], final["progressive_billing_credit_amount_cents"]) == (4000, 4000)
    assert count(CreditNote, sandbox) == 1


def refund(invoice, shown):
    """A note that pays back all of the invoice's one fee."""
    cents = invoice.total_amount_cents
    zero = dict.fromkeys(("coupons_adjustment_amount_cents", "precise_coupons_adjustment_amount_cents",
                          "taxes_amount_cents", "precise_taxes_amount_cents", "taxes_rate", "credit_amount_cents",
                          "offset_amount_cents", "balance_amount_cents"), 0)
    db.session.add(CreditNote(
        organization_id=invoice.organization_id, customer_id=invoice.customer_id, invoice_id=invoice.id,
        sequential_id=1, number="N-1", status="finalized", credit_status="available", refund_status="pending",
        currency=invoice.currency, issuing_date=invoice.issuing_date, total_amount_cents=cents,
        refund_amount_cents=cents, sub_total_excluding_taxes_amount_cents=cents, **zero,
        items=[CreditNoteItem(
            organization_id=invoice.organization_id, fee_id=fee(shown, "charge")["lago_id"], amount_cents=cents,
            precise_amount_cents=cents,
        )],
    ))


def test_several_looks_at_once_make_one_invoice(committing):
    caller = on_sums(account(committing.test_client(), "Looking"), [*FIXED, *RECURRING])

    def worker(_):
        with committing.app_context():
            look(caller)
            db.session.remove()

    for units, expected in ((15, [1500]), (40, [1500, 5500])):
        used(caller, units)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(worker, range(4)))
        assert progressive(caller) == expected
    assert count(AppliedUsageThreshold, caller) == 2
