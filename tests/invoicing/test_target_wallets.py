"""Charges that let events name the wallet that pays for them (01 §3.11, 05 §1.17)."""

import pytest

from tests.builders.prepaid import a_wallet, taken
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use

ACCEPTING = {"accepts_target_wallet": True}


def on_calls(caller, **charge):
    """`acme` on a plan without a price of its own, with calls at 10.00 that may name a wallet."""
    made = plan(caller, amount_cents=0, charges=[{**standard(metric(caller, "calls"), "10"), **ACCEPTING, **charge}])
    customer(caller)
    subscribe(caller)
    return made["charges"][0]


def call(caller, target=None, **properties):
    named = {} if target is None else {"target_wallet_code": target}
    use(caller, "calls", properties={**named, **properties})


def current_usage(caller):
    """That of each charge."""
    usage = caller.get("/customers/acme/current_usage", external_subscription_id="acme")
    return usage["customer_usage"]["charges_usage"]


def groups(rows):
    return [(row["grouped_by"], row["amount_cents"]) for row in rows]


def charge_of(caller):
    return caller.get("/plans/pro/charges")["charges"][0]


def test_a_charge_says_whether_it_accepts_target_wallets(owner):
    assert on_calls(owner)["accepts_target_wallet"] is True
    assert charge_of(owner)["accepts_target_wallet"] is True


@pytest.mark.parametrize(
    "sent, kept", [({}, True), (ACCEPTING, True), ({"accepts_target_wallet": False}, False)], ids=str
)
def test_it_may_change_whoever_is_subscribed(owner, sent, kept):
    charge = on_calls(owner)
    body = {"properties": charge["properties"], **sent}
    owner.put(f"/plans/pro/charges/{charge['code']}", {"charge": body})
    assert charge_of(owner)["accepts_target_wallet"] is kept


def test_terms_for_one_subscription_keep_it(owner):
    charge = on_calls(owner)
    own = owner.put(f"/subscriptions/acme/charges/{charge['code']}", {"charge": {"properties": {"amount": "5"}}})
    assert own["charge"]["accepts_target_wallet"] is True


def test_usage_is_shown_by_the_wallets_that_events_name(owner):
    on_calls(owner)
    for target in ("b", "a", None, " ", "b"):
        call(owner, target)
    (usage,) = current_usage(owner)
    found = groups(usage["grouped_usage"])
    assert found == [
        ({"target_wallet_code": "a"}, 1000), ({"target_wallet_code": "b"}, 2000), ({"target_wallet_code": None}, 2000),
    ]


def test_usage_is_split_by_groups_and_by_wallets(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    on_calls(sandbox, properties={"amount": "10", "pricing_group_keys": ["region"]})
    wallet = a_wallet(sandbox, "100", code="a")
    for region, target in (("eu", "a"), ("us", "a"), ("eu", None)):
        call(sandbox, target, region=region)
    (invoice,) = invoices(sandbox.at("2024-04-01T01:00:00Z"))
    assert groups([{**fee, **fee["item"]} for fee in invoice["fees"] if fee["amount_cents"]]) == [
        ({"region": "eu", "target_wallet_code": "a"}, 1000),
        ({"region": "eu", "target_wallet_code": None}, 1000),
        ({"region": "us", "target_wallet_code": "a"}, 1000),
    ]
    assert taken(wallet) == [3000]


def test_a_charge_that_accepts_none_is_not_split(owner):
    on_calls(owner, accepts_target_wallet=False)
    call(owner, "a")
    (usage,) = current_usage(owner)
    assert usage["grouped_usage"] == []


@pytest.mark.parametrize("target, group", [("a", {"target_wallet_code": "a"}), (None, {})])
def test_events_in_advance_have_a_wallet_only_where_they_name_one(sandbox, target, group):
    sandbox.at("2024-03-01T00:00:00Z")
    on_calls(sandbox, pay_in_advance=True)
    other, named = (a_wallet(sandbox, "100", code=code) for code in ("other", "a"))
    call(sandbox, target)
    (invoice,) = invoices(sandbox.at("2024-03-01T01:00:00Z"))
    assert invoice["fees"][0]["item"]["grouped_by"] == group
    assert (taken(other), taken(named)) == (([], [1000]) if target else ([1000], []))


def test_usage_that_names_a_wallet_that_there_is_not_is_left_to_pay(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    on_calls(sandbox)
    wallet = a_wallet(sandbox, "100", code="a")
    call(sandbox, "gone")
    (invoice,) = invoices(sandbox.at("2024-04-01T01:00:00Z"))
    assert (invoice["total_amount_cents"], invoice["payment_status"], taken(wallet)) == (1000, "pending", [])
