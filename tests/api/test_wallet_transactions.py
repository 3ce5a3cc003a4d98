"""`/wallet_transactions`: what is made, refused, shown and listed (05 §1.7, §1.8, §1.14)."""

import uuid

import pytest

from tests.builders.outbox import announced
from tests.builders.prepaid import a_wallet, balance
from tests.builders.stories import customer
from tests.builders.top_ups import (
    background,
    bought,
    fundings,
    ledger,
    paid,
    refused_top_up,
    remaining,
    top_up,
    transaction,
)


@pytest.fixture
def wallet(sandbox):
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox, currency="EUR")
    return a_wallet(sandbox, "30", name="Main", paid_top_up_min_amount_cents=10000)


def test_all_three_kinds_at_once(sandbox, wallet):
    rows = top_up(
        sandbox, wallet, voided_credits="5", granted_credits="10.004", paid_credits="100.004", priority=3,
        name="Spring", metadata=[{"key": "who", "value": "me"}], purchase_order_number=" PO-1 ",
    )
    assert [(row["transaction_status"], row["status"], row["credit_amount"], row["amount"]) for row in rows] == [
        ("purchased", "pending", "100.0", "100.0"), ("granted", "settled", "10.0", "10.0"),
        ("voided", "settled", "5.0", "5.0"),
    ]
    assert [row["transaction_type"] for row in rows] == ["inbound", "inbound", "outbound"]
    for row in rows:
        assert (row["priority"], row["name"], row["purchase_order_number"]) == (3, "Spring", "PO-1")
        assert row["metadata"] == [{"key": "who", "value": "me"}]
        assert (row["source"], row["lago_invoice_id"], row["failed_at"]) == ("manual", None, None)
    assert [row["settled_at"] for row in rows] == [None, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]
    assert [row["remaining_amount_cents"] for row in rows] == [None, 500, None]  # of lower priority: voided first
    assert [row["remaining_credit_amount"] for row in rows] == [None, "5.0", None]


def test_nothing_is_made_of_nothing(sandbox, wallet):
    assert top_up(sandbox, wallet, paid_credits="0", granted_credits="0.0", voided_credits="0") == []
    assert top_up(sandbox, wallet, paid_credits=None, granted_credits=None, name=None, metadata=None) == []
    assert len(ledger(sandbox, wallet)) == 1


def test_the_wallet_says_what_has_moved(sandbox, wallet):
    top_up(sandbox, wallet, granted_credits="12.5")
    sandbox.at("2025-01-02T00:00:00Z")
    top_up(sandbox, wallet, voided_credits="2.5")
    shown = sandbox.get(f"/wallets/{wallet.id}")["wallet"]
    assert (shown["balance_cents"], shown["credits_balance"], shown["consumed_credits"]) == (4000, "40.0", "2.5")
    assert shown["last_balance_sync_at"] == shown["last_consumed_credit_at"] == "2025-01-02T00:00:00Z"


def test_what_is_told(sandbox, wallet):
    background(sandbox)
    top_up(sandbox, wallet, granted_credits="1")
    assert sorted(announced(sandbox)) == ["wallet.updated", "wallet_transaction.created"]


NO_GRANT = ["invalid_granted_credits", "invalid_amount"]
PROBLEMS = {
    "negative": ({"paid_credits": "-15"}, {"paid_credits": ["invalid_paid_credits", "invalid_amount"]}),
    "a number": ({"paid_credits": 150}, {"paid_credits": ["invalid_paid_credits", "invalid_amount"]}),
    "too many": ({"granted_credits": "1" + "0" * 25}, {"granted_credits": NO_GRANT}),
    "more cents than are kept": ({"granted_credits": "1" + "0" * 20}, {"granted_credits": NO_GRANT}),
    "no number": ({"voided_credits": "NaN"}, {"voided_credits": ["invalid_voided_credits", "invalid_amount"]}),
    "worth nothing": ({"granted_credits": "0.004"}, {"granted_credits": ["amount_rounds_to_zero"]}),
    "more than there is": ({"voided_credits": "30.000001"}, {"voided_credits": ["insufficient_credits"]}),
    "below the minimum": ({"paid_credits": "99.99"}, {"paid_credits": ["amount_below_minimum"]}),
    "a long name": ({"name": "a" * 256}, {"name": ["too_long"]}),
    "no name": ({"name": ["a"]}, {"name": ["invalid_value"]}),
    "sixteen notes": (
        {"metadata": [{"key": f"{number}", "value": "v"} for number in range(16)]}, {"metadata": ["too_many_keys"]},
    ),
    "no list of notes": ({"metadata": {"key": "value"}}, {"metadata": ["invalid_type"]}),
    "priority 51": ({"priority": 51}, {"priority": ["value_is_invalid"]}),
    "priority 0": ({"priority": 0}, {"priority": ["value_is_invalid"]}),
    "an unknown method": (
        {"payment_method": {"payment_method_type": "provider", "payment_method_id": str(uuid.UUID(int=1))}},
        {"payment_method": ["invalid_payment_method"]},
    ),
    "an unknown transaction": (
        {"voided_transaction_id": str(uuid.UUID(int=1))}, {"voided_transaction_id": ["wallet_transaction_not_found"]},
    ),
    "several": (
        {"paid_credits": "x", "granted_credits": "y", "priority": "z"},
        {
            "paid_credits": ["invalid_paid_credits", "invalid_amount"],
            "granted_credits": NO_GRANT, "priority": ["value_is_invalid"],
        },
    ),
}


@pytest.mark.parametrize("fields, expected", PROBLEMS.values(), ids=list(PROBLEMS))
def test_what_is_refused_makes_nothing(sandbox, wallet, fields, expected):
    fields = {"granted_credits": "1", **fields}
    assert refused_top_up(sandbox, wallet, **fields) == expected
    assert (len(ledger(sandbox, wallet)), balance(wallet)) == (1, 3000)


def test_limits_can_be_ignored(sandbox, wallet):
    (row,) = top_up(sandbox, wallet, paid_credits="1", ignore_paid_top_up_limits=True)
    assert row["amount"] == "1.0"


def test_no_wallet(sandbox, outsider, wallet):
    for owner, wallet_id in ((sandbox, str(uuid.UUID(int=1))), (sandbox, "x"), (outsider, str(wallet.id))):
        body = {"wallet_transaction": {"wallet_id": wallet_id, "granted_credits": 1}}
        assert owner.refused("POST", "/wallet_transactions", body) == {
            "wallet_id": ["wallet_not_found"], "granted_credits": ["invalid_granted_credits", "invalid_amount"],
        }
    sandbox.delete(f"/wallets/{wallet.id}")
    assert refused_top_up(sandbox, wallet, granted_credits="1") == {"wallet_id": ["wallet_is_terminated"]}


def test_a_void_of_one_transaction(sandbox, wallet):
    (first,) = ledger(sandbox, wallet)
    (second,) = top_up(sandbox, wallet, granted_credits="20")
    (part,) = top_up(sandbox, wallet, voided_transaction_id=second["lago_id"], voided_credits="5")
    assert fundings(sandbox, part) == {second["lago_id"]: 500}
    too_much = {"voided_transaction_id": second["lago_id"], "voided_credits": "15.01"}
    assert refused_top_up(sandbox, wallet, **too_much) == {"amount_cents": ["exceeds_remaining_transaction_amount"]}
    (rest,) = top_up(sandbox, wallet, voided_transaction_id=second["lago_id"])
    assert (rest["credit_amount"], rest["amount"], remaining(sandbox, first, second)) == ("15.0", "15.0", [3000, 0])
    assert refused_top_up(sandbox, wallet, voided_transaction_id=second["lago_id"]) == {
        "voided_transaction_id": ["no_remaining_amount"]
    }
    assert refused_top_up(sandbox, wallet, voided_transaction_id=rest["lago_id"]) == {
        "voided_transaction_id": ["wallet_transaction_not_found"]  # it is no incoming one
    }
    assert balance(wallet) == 3000


# (kind, credits, priority) in the order of creation, credits voided, cents left on each.
ORDERS = {
    "granted before purchased": ([("granted", 30, 10), ("paid", 70, 10)], "50", [0, 5000]),
    "purchased earlier, granted first": ([("paid", 30, 50), ("granted", 50, 50)], "60", [2000, 0]),
    "priority before kind": ([("paid", 20, 1), ("granted", 60, 50)], "30", [0, 5000]),
    "age": ([("granted", 50, 10), ("granted", 50, 10)], "60", [0, 4000]),
}


@pytest.mark.parametrize("inbounds, voided, expected", ORDERS.values(), ids=list(ORDERS))
def test_the_order_of_consumption(sandbox, inbounds, voided, expected):
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox)
    wallet = a_wallet(sandbox)
    rows = [
        paid(sandbox, wallet, str(credits), priority=priority) if kind == "paid"
        else top_up(sandbox, wallet, granted_credits=str(credits), priority=priority)[0]
        for kind, credits, priority in inbounds
    ]
    (void,) = top_up(sandbox, wallet, voided_credits=voided)
    assert remaining(sandbox, *rows) == expected
    used = zip(rows, inbounds, expected, strict=True)
    taken = {row["lago_id"]: credits * 100 - left for row, (_, credits, _), left in used}
    assert fundings(sandbox, void) == {lago_id: cents for lago_id, cents in taken.items() if cents}


def test_what_was_used_of_what(sandbox, wallet):
    (granted,) = ledger(sandbox, wallet)
    (void,) = top_up(sandbox, wallet, voided_credits="7.5")
    answer = sandbox.get(f"/wallet_transactions/{granted['lago_id']}/consumptions")
    (row,) = answer["wallet_transaction_consumptions"]
    assert (row["amount_cents"], row["credit_amount"]) == (750, "7.5")
    assert row["wallet_transaction"]["lago_id"] == void["lago_id"]
    assert answer["meta"]["total_count"] == 1
    wrong = {"transaction_type": ["invalid_transaction_type"]}
    assert sandbox.refused("GET", f"/wallet_transactions/{granted['lago_id']}/fundings") == wrong
    assert sandbox.refused("GET", f"/wallet_transactions/{void['lago_id']}/consumptions") == wrong


def test_a_wallet_without_traces_knows_neither(sandbox):
    customer(sandbox)
    wallet = a_wallet(sandbox, "10", traceable=False)
    (granted,) = ledger(sandbox, wallet)
    assert granted["remaining_amount_cents"] is None
    (void,) = top_up(sandbox, wallet, voided_credits="4")
    assert refused_top_up(sandbox, wallet, voided_transaction_id=granted["lago_id"]) == {
        "voided_transaction_id": ["wallet_not_traceable"]
    }
    path = f"/wallet_transactions/{void['lago_id']}/fundings"
    assert (balance(wallet), sandbox.refused("GET", path)) == (600, {"wallet": ["not_traceable"]})


def test_one_transaction(sandbox, outsider, wallet):
    (row,) = ledger(sandbox, wallet)
    assert transaction(sandbox, row["lago_id"]) == {**row, "applied_invoice_custom_sections": []}
    assert row["billing_entity_code"] == sandbox.get(f"/wallets/{wallet.id}")["wallet"]["billing_entity_code"]
    for owner, lago_id in ((sandbox, str(uuid.UUID(int=1))), (sandbox, "x"), (outsider, row["lago_id"])):
        for path in ("", "/consumptions", "/fundings"):
            answer = owner.call("GET", f"/wallet_transactions/{lago_id}{path}", expect=404)
            assert answer["code"] == "wallet_transaction_not_found"


def test_lists(sandbox, outsider, wallet):
    made = top_up(
        sandbox, wallet, paid_credits="100", granted_credits="1", voided_credits="2",
        metadata=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
    )
    ids = [row["lago_id"] for row in made]
    shown = {
        ("status", "pending"): ids[:1], ("transaction_type", "outbound"): ids[2:],
        ("metadata[a]", "1"): ids, ("metadata[a]", "2"): [], ("transaction_status", "purchased"): ids[:1],
    }
    for (name, value), expected in shown.items():
        assert [row["lago_id"] for row in ledger(sandbox, wallet, **{name: value})] == expected
    pairs = {"metadata[a]": "1", "metadata[b]": "2", "metadata[c]": "", "status": "unknown"}
    assert [row["lago_id"] for row in ledger(sandbox, wallet, **pairs)] == ids
    assert len(ledger(sandbox, wallet)) == 4
    path = f"/wallets/{wallet.id}/wallet_transactions"
    assert outsider.call("GET", path, expect=404)["code"] == "wallet_not_found"


def test_a_page_to_pay_for_credits(sandbox, wallet):
    (granted,) = ledger(sandbox, wallet)
    (row,) = top_up(sandbox, wallet, paid_credits="100")

    def problem(lago_id):
        return sandbox.refused("POST", f"/wallet_transactions/{lago_id}/payment_url")["base"]

    assert problem(granted["lago_id"]) == ["wallet_transaction_not_purchased"]
    assert problem(row["lago_id"]) == ["wallet_transaction_has_no_attached_invoice"]
    background(sandbox)
    assert problem(row["lago_id"]) == ["no_linked_payment_provider"]
    assert problem(paid(sandbox, wallet, "100")["lago_id"]) == ["wallet_transaction_already_settled"]


def test_the_list_asks_as_much_for_many_as_for_one(sandbox, wallet, count_queries):
    with count_queries() as few:
        ledger(sandbox, wallet)
    for _ in range(3):
        bought(sandbox, wallet, "100")
    with count_queries() as many:
        assert len(ledger(sandbox, wallet)) == 4
    assert len(many) <= len(few)
