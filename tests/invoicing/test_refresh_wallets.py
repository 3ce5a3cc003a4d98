"""Ongoing balances follow usage, drafts and bills (05 §1.12, example D of §1.18)."""

from datetime import UTC, datetime

import pytest

from lago.core.db import transaction
from lago.core.jobs import JOBS
from lago.invoicing.refresh_wallets import refresh_wallets
from lago.organizations.clock import _set
from tests.builders.balances import balances, customer_id, forget_marks, marked, refresh
from tests.builders.events import event_body
from tests.builders.outbox import announced, waiting
from tests.builders.progressive import start, taxed, used
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use
from tests.builders.wallets import change, read, terminate, threshold_rule, wallet

FIRST = "2024-03-01T00:00:00Z"
FIFTH = "2024-03-05T00:00:00Z"
IN_MARCH = 1709596800  # the fifth


def on_calls(caller, customer_id="acme", **fields):
    """A customer on calls at a cent each."""
    calls = metric(caller, "calls")
    plan(caller, **{"amount_cents": 0, "charges": [standard(calls, "0.01")], **fields})
    subscribe(caller, customer_id)
    return calls


def prepaid(caller, granted="10", **fields):
    """A wallet with its first credits, which nothing has refreshed since."""
    made = wallet(caller, granted_credits=granted, **fields)
    for args in waiting(caller, "wallets.give_first_credits"):
        if args["wallet_id"] == made["lago_id"]:
            run("wallets.give_first_credits", args)
    return made


def run(name, args):
    """Does a piece of background work."""
    with transaction():
        JOBS[name].function(**args)


def test_usage_counts_with_its_tax(sandbox):
    sandbox.at(FIRST)
    taxed(sandbox)
    on_calls(sandbox)
    one = wallet(sandbox, granted_credits="1", rate_amount="0.5")
    sandbox.at(FIFTH)
    for _ in range(13):
        use(sandbox, "calls", timestamp=IN_MARCH)
    sandbox.at(FIFTH)
    assert balances(sandbox, one) == (50, 16, 34)  # 13 and 2.6 of tax, rounded
    found = read(sandbox, one)
    assert (found["credits_ongoing_usage_balance"], found["credits_ongoing_balance"]) == ("0.32", "0.68")


def example_d(sandbox, **first):
    """Metrics A, B and C, the latter paid in advance, taxed at 20 %; the fee of February is on a draft."""
    sandbox.at("2024-02-01T00:00:00Z")
    taxed(sandbox)
    rows = {code: standard(metric(sandbox, code, "sum_agg", field_name="cents"), "0.01") for code in "abc"}
    rows["c"] |= {"pay_in_advance": True, "invoiceable": False}
    plan(sandbox, amount_cents=1500, charges=list(rows.values()))
    customer(sandbox, billing_configuration={"invoice_grace_period": 20})
    subscribe(sandbox)
    sandbox.at(FIRST)
    wallets = [
        wallet(sandbox, code="one", priority=1, granted_credits="10", **first),
        wallet(sandbox, code="two", priority=2, granted_credits="50"),
    ]
    sandbox.at(FIFTH)
    for code, cents in {"b": 2000, "a": 700, "c": 300}.items():
        use(sandbox, code, timestamp=IN_MARCH, properties={"cents": cents})
    sandbox.at(FIFTH)
    return wallets


def test_example_d(sandbox):
    """Without its coupon: B 2400, the draft's subscription 1800, A 840, and nothing of C, which is paid."""
    one, two = example_d(sandbox)
    assert (balances(sandbox, one), balances(sandbox, two)) == ((1000, 1000, 0), (5000, 4040, 960))


def test_a_wallet_that_is_filled_up_takes_all(sandbox):
    rule = threshold_rule(threshold_credits="0", paid_credits="0", granted_credits="0")
    one, two = example_d(sandbox, recurring_transaction_rules=[rule])
    assert (balances(sandbox, one), balances(sandbox, two)) == ((1000, 5040, -4040), (5000, 0, 5000))


def test_what_progressive_invoices_have_billed_is_not_owed_again(sandbox):
    start(sandbox, [{"amount_cents": 5000}, {"amount_cents": 9000}])
    taxed(sandbox)
    one = wallet(sandbox, granted_credits="200")
    used(sandbox, 5, 60)
    assert balances(sandbox, one) == (20000 - 7200, 0, 12800)
    used(sandbox, 6, 10)
    assert balances(sandbox, one) == (12800, 1200, 11600)
    used(sandbox, 7, 25)  # 95.00 in all: the second invoice has 35.00 left to bill
    assert balances(sandbox, one) == (12800 - 4200, 0, 8600)
    sandbox.at("2024-02-01T00:00:00Z")
    assert balances(sandbox, one) == (8600, 0, 8600)


def test_what_a_voided_progressive_invoice_has_billed_is_owed_again(sandbox):
    start(sandbox, [{"amount_cents": 5000}])
    one = wallet(sandbox)
    used(sandbox, 5, 60)
    assert balances(sandbox, one) == (0, 0, 0)
    [invoice] = invoices(sandbox)
    sandbox.post(f"/invoices/{invoice['lago_id']}/void")
    sandbox.at("2024-01-05T00:00:01Z")
    assert balances(sandbox, one) == (0, 6000, -6000)


def test_a_period_that_is_over_counts_until_it_is_billed(sandbox):
    """An outage over the billing day: with what was billed of it progressively."""
    start(sandbox, [{"amount_cents": 5000}])
    one = wallet(sandbox, granted_credits="200")
    used(sandbox, 5, 60, 10)
    assert balances(sandbox, one) == (20000 - 7000, 0, 13000)
    used(sandbox, 6, 20)
    _set(sandbox.organization.id, datetime(2024, 2, 2, tzinfo=UTC))
    refresh(sandbox)
    assert balances(sandbox, one) == (13000, 2000, 11000)
    sandbox.at("2024-02-02T00:00:00Z")
    assert balances(sandbox, one) == (11000, 0, 11000)


@pytest.mark.parametrize("options, settled", [({}, 1), ({"on_termination_invoice": "skip"}, 0)], ids=["billed", "not"])
def test_an_end_leaves_nothing_to_pay(sandbox, options, settled):
    sandbox.at(FIRST)
    on_calls(sandbox)
    one = wallet(sandbox, granted_credits="10")
    sandbox.at(FIFTH)
    use(sandbox, "calls", timestamp=IN_MARCH)
    sandbox.at(FIFTH)
    assert balances(sandbox, one) == (1000, 1, 999)
    sandbox.delete("/subscriptions/acme", **options)
    sandbox.at(FIFTH)
    assert balances(sandbox, one) == (1000 - settled, 0, 1000 - settled)


def test_a_jump_does_what_steps_do(sandbox):
    """Each bill empties the wallet, which is filled up before the next one: three months at once."""
    sandbox.at(FIRST)
    rule = threshold_rule(threshold_credits="0", paid_credits="0", granted_credits="30")
    plan(sandbox, amount_cents=3000)
    subscribe(sandbox)
    one = wallet(sandbox, granted_credits="30", recurring_transaction_rules=[rule])
    sandbox.at("2024-06-01T00:00:00Z")
    assert [row["prepaid_credit_amount_cents"] for row in invoices(sandbox)] == [3000, 3000, 3000]
    rows = sandbox.get(f"/wallets/{one['lago_id']}/wallet_transactions", source="threshold")["wallet_transactions"]
    stamps = [row["created_at"] for row in rows if row["source"] == "threshold"]
    assert stamps == ["2024-06-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-04-01T00:00:00Z"]


def test_the_end_of_credits_is_told_once(owner):
    on_calls(owner)
    one = prepaid(owner, "0.02")
    owner.post("/events", event_body())
    refresh(owner)
    assert "wallet.depleted_ongoing_balance" not in announced(owner)
    owner.post("/events", event_body())  # nothing is left
    refresh(owner)
    refresh(owner)
    owner.post("/events", event_body())
    refresh(owner)
    assert announced(owner).count("wallet.depleted_ongoing_balance") == 1
    more = {"wallet_id": one["lago_id"], "granted_credits": "0.02"}
    owner.post("/wallet_transactions", {"wallet_transaction": more})
    refresh(owner)
    assert balances(owner, one) == (4, 3, 1)
    owner.post("/events", event_body())
    refresh(owner)
    assert announced(owner).count("wallet.depleted_ongoing_balance") == 2


def test_a_second_refresh_changes_nothing(owner):
    on_calls(owner)
    one = prepaid(owner, "0.02", recurring_transaction_rules=[threshold_rule()])
    owner.post("/events", event_body())
    refresh(owner)
    before, told, asked = balances(owner, one), announced(owner), waiting(owner, "wallets.top_up")
    refresh(owner)
    assert (balances(owner, one), announced(owner), waiting(owner, "wallets.top_up")) == (before, told, asked)
    assert asked == [{"wallet_id": one["lago_id"]}]


def test_many_customers_cost_few_queries(owner, count_queries):
    """One for the usage of each subscription; all else is asked for together."""
    on_calls(owner)
    names = ["acme", *(f"c{n}" for n in range(5))]
    for name in names:
        if name != "acme":
            subscribe(owner, name)
        prepaid(owner, "1", customer=name)
        owner.post("/events", event_body(external_subscription_id=name))
    counts = []
    for some in (names[:1], names[1:]):
        with count_queries() as statements:
            refresh(owner, *some)
        counts.append(len(statements) - len(some))  # each customer is looked up here
    assert counts[1] == counts[0] + 4


def test_customers_of_several_organizations_each_have_their_time(owner, sandbox):
    sandbox.at(FIRST)
    for caller in (owner, sandbox):
        on_calls(caller)
    mine, theirs = prepaid(owner), wallet(sandbox, granted_credits="10")
    sandbox.at(FIFTH)
    sandbox.post("/events", event_body(timestamp=IN_MARCH))
    owner.post("/events", event_body())
    refresh_wallets([(caller.organization.id, customer_id(caller)) for caller in (owner, sandbox)])
    assert (balances(owner, mine), balances(sandbox, theirs)) == ((1000, 1, 999), (1000, 1, 999))


def given_more(caller, one):
    body = {"wallet_id": one["lago_id"], "granted_credits": "1"}
    caller.post("/wallet_transactions", {"wallet_transaction": body})


def voided(caller, one):
    caller.post("/wallet_transactions", {"wallet_transaction": {"wallet_id": one["lago_id"], "voided_credits": "1"}})


def with_a_new_price(caller, one):
    calls = caller.get("/billable_metrics/calls")["billable_metric"]
    caller.put("/plans/pro", {"plan": {"charges": [standard(calls, "0.02")]}})


CAUSES = {
    "a new wallet": lambda caller, one: wallet(caller, code="other"),
    "another priority": lambda caller, one: change(caller, one, priority=3),
    "an end of a wallet": lambda caller, one: (wallet(caller, code="other"), forget_marks(), terminate(caller, one)),
    "more credits": given_more,
    "less credits": voided,
    "a new subscription": lambda caller, one: subscribe(caller, external_id="second"),
    "an ended subscription": lambda caller, one: caller.delete("/subscriptions/acme", on_termination_invoice="skip"),
    "another price": with_a_new_price,
    "a tax": lambda caller, one: taxed(caller),
    "another zone": lambda caller, one: customer(caller, timezone="Asia/Tokyo"),
}


@pytest.mark.parametrize("cause", CAUSES.values(), ids=[name.replace(" ", "-") for name in CAUSES])
def test_what_else_moves_balances(owner, cause):
    on_calls(owner)
    one = prepaid(owner)
    forget_marks()
    cause(owner, one)
    for name in ("invoicing.flag_drafts", "subscriptions.reschedule"):
        for args in waiting(owner, name):
            run(name, args)
    assert set(marked(owner)) == {str(customer_id(owner))}
