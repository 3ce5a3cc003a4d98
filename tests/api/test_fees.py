"""`/fees`: what was charged, on invoices or not (02 §7.3)."""

import pytest

from tests.builders.catalog import a_metric, a_plan, a_tax, standard_charge
from tests.builders.stories import customer, subscribe, use


@pytest.fixture
def charged(sandbox):
    """January 2024: `acme` pays calls at 1.00 at once, without invoices, `beta` with them; and 10.00 at the end."""
    sandbox.at("2024-01-01T00:00:00Z")
    a_tax(sandbox, rate=20, applied_to_organization=True)
    metric = a_metric(sandbox)
    for name, invoiceable in (("acme", False), ("beta", True)):
        charge = standard_charge(metric, "1", pay_in_advance=True, invoiceable=invoiceable)
        a_plan(sandbox, name, charges=[charge])
        customer(sandbox, name, currency="EUR", account_type="partner" if invoiceable else "customer")
        subscribe(sandbox, name, name)
        sandbox.at(f"2024-01-1{int(invoiceable)}T00:00:00Z")
        use(sandbox, "calls", name, transaction_id=f"of_{name}")
    return sandbox.at("2024-02-01T00:00:00Z")


def listed(account, **query):
    return [
        (fee["external_subscription_id"], fee["item"]["type"]) for fee in account.get("/fees", **query)["fees"]
    ]


ACME, BETA = ("acme", "charge"), ("beta", "charge")
FEES = [ACME, BETA, ("acme", "subscription"), ("beta", "subscription")]


def test_they_come_in_the_order_in_which_they_were_made(charged):
    assert listed(charged)[:2] == FEES[:2] and sorted(listed(charged)) == sorted(FEES)


@pytest.mark.parametrize("query, expected", [
    ({"fee_type": "charge"}, [ACME, BETA]),
    ({"payment_status": "succeeded"}, []),
    ({"external_subscription_id": "acme", "fee_type": "charge"}, [ACME]),
    ({"external_customer_id": "beta", "fee_type": "charge"}, [BETA]),
    ({"external_customer_id": "nobody"}, []),
    ({"billable_metric_code": "calls"}, [ACME, BETA]),
    ({"billable_metric_code": "mails"}, []),
    ({"event_transaction_id": "of_beta"}, [BETA]),
    ({"currency": "eur", "fee_type": "charge"}, [ACME, BETA]),
    ({"currency": "usd"}, []),
    ({"created_at_from": "2024-01-11", "created_at_to": "2024-01-11T00:00:00Z"}, [BETA]),
    ({"succeeded_at_from": "2024-01-01"}, []),
])
def test_they_are_filtered(charged, query, expected):
    assert listed(charged, **query) == expected


@pytest.mark.parametrize("query, error", [
    ({"fee_type": "gift"}, {"fee_type": ["value_is_invalid"]}),
    ({"payment_status": "lost"}, {"payment_status": ["value_is_invalid"]}),
    ({"refunded_at_to": "soon"}, {"refunded_at_to": ["invalid_date"]}),
])
def test_what_cannot_be_asked_for(charged, query, error):
    assert charged.call("GET", "/fees", expect=422, **query)["error_details"] == error


def test_one_of_them_with_its_taxes(charged):
    row = charged.get("/fees", event_transaction_id="of_acme")["fees"][0]
    fee = charged.get(f"/fees/{row['lago_id']}")["fee"]
    assert fee == row and (fee["amount_cents"], fee["total_amount_cents"]) == (100, 120)
    assert [tax["amount_cents"] for tax in fee["applied_taxes"]] == [20] and fee["self_billed"] is False


def test_a_fee_is_self_billed_as_its_invoice_is(charged):
    assert charged.get("/fees", event_transaction_id="of_beta")["fees"][0]["self_billed"] is True


def test_there_is_no_other(charged, outsider):
    row = charged.get("/fees")["fees"][0]
    for account, path in ((outsider, row["lago_id"]), (charged, "nothing")):
        assert account.call("GET", f"/fees/{path}", expect=404)["code"] == "fee_not_found"


def test_a_longer_list_takes_as_many_queries(charged, count_queries):
    counts = []
    for number in (1, 20):
        for n in range(number):
            use(charged, "calls", "acme", transaction_id=f"{number}_{n}")
        charged.at("2024-02-01T00:00:00Z")
        with count_queries() as statements:
            charged.get("/fees")
        counts.append(len(statements))
    assert counts[0] == counts[1]
