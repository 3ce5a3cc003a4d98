"""Wallets pay invoices: which, when, how much, once, and where it came from (05 §1.11, 04 §5 S7)."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lago.core.db import db, transaction
from lago.invoicing.finalize_draft import finalize_drafts
from lago.invoicing.models import Invoice
from lago.invoicing.use_wallets import use_wallets
from lago.invoicing.watch_usage import watch_usage
from lago.wallets.models import Wallet
from tests.builders.outbox import announced
from tests.builders.prepaid import a_wallet, balance, buy, grant, taken, void
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

GRACE = {"billing_configuration": {"invoice_grace_period": 3}}


def used_calls(sandbox, *targets, **charge):
    """`acme` since 1 March 2024: 49.00 a month, calls at 10.00; one call on the 10th for each of the targets."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, charges=[{**standard(metric(sandbox, "calls"), "10"), **charge}])
    customer(sandbox)
    subscribe(sandbox)
    sandbox.at("2024-03-10T00:00:00Z")
    for target in targets:
        use(sandbox, "calls", properties={"target_wallet_code": target} if target else {})


def april(sandbox):
    """The invoice of March, made on 1 April."""
    made = invoices(sandbox.at("2024-04-01T01:00:00Z"))
    (invoice,) = [one for one in made if one["invoice_type"] == "subscription"]
    return invoice


def prepaid(invoice):
    """What wallets paid of it: in all, granted, purchased; what is left, and how that stands."""
    kinds = ("", "granted_", "purchased_")
    parts = [invoice[f"prepaid_{kind}credit_amount_cents"] for kind in kinds]
    return [*parts, invoice["total_amount_cents"], invoice["payment_status"]]


def test_a_wallet_that_reaches_pays_all(sandbox):
    used_calls(sandbox, None)
    wallet = a_wallet(sandbox, "100")
    invoice = april(sandbox)
    assert prepaid(invoice) == [5900, 5900, None, 0, "succeeded"]
    assert {fee["payment_status"] for fee in invoice["fees"]} == {"succeeded"}
    assert invoice["sub_total_including_taxes_amount_cents"] == 5900
    assert (taken(wallet), balance(wallet)) == ([5900], 4100)


def test_a_wallet_that_does_not_reach_pays_what_it_has(sandbox):
    used_calls(sandbox)
    wallet = a_wallet(sandbox, "10")
    assert prepaid(april(sandbox)) == [1000, 1000, None, 3900, "pending"]
    assert (taken(wallet), balance(wallet)) == ([1000], 0)


def test_granted_credits_go_before_purchased_ones(sandbox):
    used_calls(sandbox)
    buy(a_wallet(sandbox, "20"), "100")
    assert prepaid(april(sandbox)) == [4900, 2000, 2900, 0, "succeeded"]


def test_purchased_ones_alone(sandbox):
    used_calls(sandbox)
    buy(a_wallet(sandbox), "100")
    assert prepaid(april(sandbox)) == [4900, None, 4900, 0, "succeeded"]


def test_the_origin_is_told_only_where_all_wallets_know_it(sandbox):
    used_calls(sandbox)
    a_wallet(sandbox, "20")
    a_wallet(sandbox, code="old", status="terminated", traceable=False)
    assert prepaid(april(sandbox)) == [2000, None, None, 2900, "pending"]


@pytest.mark.parametrize("columns, paid", [
    ({"status": "terminated"}, []),
    ({"currency": "USD"}, []),
    ({"allowed_fee_types": ["charge"]}, [1000]),
    ({"allowed_fee_types": ["subscription"]}, [4900]),
    ({"metrics": ["calls"]}, [1000]),
    ({"metrics": ["calls"], "allowed_fee_types": ["subscription"]}, [5900]),
    ({"rate_amount": Decimal("0.5")}, [5000]),
], ids=str)
def test_what_a_wallet_of_100_credits_pays(sandbox, columns, paid):
    used_calls(sandbox, None)
    wallet = a_wallet(sandbox, "100", **columns)
    assert prepaid(april(sandbox))[0] == sum(paid)
    assert taken(wallet) == paid


def test_wallets_pay_by_priority_and_then_by_age(sandbox):
    used_calls(sandbox)
    wallets = [a_wallet(sandbox, "20", code=f"w{place}", priority=priority) for place, priority in enumerate((9, 1, 9))]
    april(sandbox)
    assert [taken(wallet) for wallet in wallets] == [[2000], [2000], [900]]


def test_usage_is_paid_by_the_wallet_that_its_events_name(sandbox):
    used_calls(sandbox, "second", None, "nobody", accepts_target_wallet=True)
    first, second = (a_wallet(sandbox, "100", code=code, metrics=["calls"]) for code in ("first", "second"))
    invoice = april(sandbox)
    groups = [fee["item"]["grouped_by"] for fee in invoice["fees"] if fee["item"]["type"] == "charge"]
    assert groups == [{"target_wallet_code": code} for code in ("nobody", "second", None)]
    assert (taken(first), taken(second)) == ([1000], [1000])
    assert prepaid(invoice)[0] == 2000


def test_a_draft_is_paid_when_it_is_finalized(sandbox):
    customer(sandbox.at("2024-03-01T00:00:00Z"), **GRACE)
    plan(sandbox)
    subscribe(sandbox)
    wallet = a_wallet(sandbox, "100")
    assert prepaid(april(sandbox))[0] == 0
    assert prepaid(invoices(sandbox.at("2024-04-05T00:00:00Z"))[0]) == [4900, 4900, None, 0, "succeeded"]
    assert taken(wallet) == [4900]


def test_credit_notes_pay_first(sandbox):
    """Of 49.00 for March 10.00 came back as credit for April."""
    used_calls(sandbox)
    invoice = april(sandbox)
    item = {"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": 1000}
    note = {"invoice_id": invoice["lago_id"], "items": [item], "credit_amount_cents": 1000}
    sandbox.post("/credit_notes", {"credit_note": note})
    a_wallet(sandbox, "100")
    invoice = invoices(sandbox.at("2024-05-01T01:00:00Z"))[-1]
    assert invoice["credit_notes_amount_cents"] == 1000
    assert prepaid(invoice) == [3900, 3900, None, 0, "succeeded"]


def test_invoices_in_advance_use_a_wallet_up_one_after_the_other(sandbox):
    used_calls(sandbox, pay_in_advance=True)
    wallet = a_wallet(sandbox, "25", allowed_fee_types=["charge"])
    events = [{"transaction_id": f"a{n}", "external_subscription_id": "acme", "code": "calls"} for n in range(3)]
    sandbox.post("/events/batch", {"events": events})
    sandbox.at("2024-03-10T01:00:00Z")
    assert [prepaid(invoice)[0] for invoice in invoices(sandbox)] == [1000, 1000, 500]
    assert (taken(wallet), balance(wallet)) == ([1000, 1000, 500], 0)


def test_progressive_invoices_are_paid(owner):
    calls = metric(owner, "calls")
    plan(owner, charges=[standard(calls, "10")], usage_thresholds=[{"amount_cents": 1000}])
    customer(owner)
    subscribe(owner)
    wallet = a_wallet(owner, "100")
    use(owner, "calls")
    watch_usage(owner.organization.id, "acme")
    (invoice,) = invoices(owner)
    assert (invoice["invoice_type"], prepaid(invoice)[0], taken(wallet)) == ("progressive_billing", 1000, [1000])


@pytest.mark.parametrize("kind", ["one_off", "credit", "advance_charges"])
def test_no_other_invoice_is(sandbox, kind):
    used_calls(sandbox)
    april(sandbox)
    wallet = a_wallet(sandbox, "100")
    with transaction():
        invoice = db.session.scalars(select(Invoice)).one()
        invoice.invoice_type = kind
        use_wallets([invoice])
    assert taken(wallet) == []


def test_what_wallets_have_paid_of_is_not_paid_again(sandbox):
    used_calls(sandbox)
    wallet = a_wallet(sandbox, "10")
    april(sandbox)
    with transaction():
        db.session.get_one(Wallet, wallet.id).traceable = False
        use_wallets([db.session.scalars(select(Invoice)).one()])
    assert taken(wallet) == [1000]


def test_the_ledger_knows_an_invoice_once_in_each_wallet(sandbox):
    used_calls(sandbox)
    wallet = a_wallet(sandbox, "10")
    april(sandbox)
    a_wallet(sandbox, code="other")
    grant(wallet, "10")
    with pytest.raises(IntegrityError, match="uq_wallet_transactions_invoiced"), transaction():
        invoice = db.session.scalars(select(Invoice)).one()
        invoice.prepaid_credit_amount_cents = 0
        use_wallets([invoice])
    assert (taken(wallet), balance(wallet)) == ([1000], 1000)


def test_the_payment_is_told_of(owner):
    customer(owner)
    plan(owner, pay_in_advance=True)
    a_wallet(owner, "10")
    told = len(announced(owner))
    subscribe(owner)
    assert {"wallet_transaction.created", "wallet.updated"} <= set(announced(owner)[told:])


def test_a_batch_takes_as_many_queries_as_one(owner, count_queries):
    plan(owner, pay_in_advance=True)
    for name in ("first", "a", "b", "c"):
        customer(owner, name, **GRACE)
        subscribe(owner, name, billing_time="anniversary")
        for code in ("one", "two"):
            a_wallet(owner, "30", customer=name, code=code)
    drafts = db.session.scalars(select(Invoice).order_by(Invoice.seq)).all()

    def asked_of_wallets(some):
        with transaction(), count_queries(forget=False) as statements:
            finalize_drafts(some)
        return sum("wallet" in one and "outbox" not in one for one in statements)

    asked_of_wallets(drafts[:1])  # reads the plan, which stays
    assert asked_of_wallets(drafts[1:2]) == asked_of_wallets(drafts[2:])
    assert [draft.prepaid_credit_amount_cents for draft in drafts] == [4900] * 4


def test_a_customer_without_wallets_costs_one_query(owner, count_queries):
    plan(owner, pay_in_advance=True)
    customer(owner)
    with count_queries() as statements:
        subscribe(owner)
    assert sum("wallets.balance_cents > " in one for one in statements) == 1
    assert not any("wallet_transactions" in one for one in statements if one.startswith(("SELECT", "UPDATE")))


def test_a_voided_rest_is_not_there_to_pay(sandbox):
    used_calls(sandbox)
    wallet = a_wallet(sandbox, "100")
    void(wallet, "70")
    assert prepaid(april(sandbox)) == [3000, 3000, None, 1900, "pending"]
