"""Which custom sections the invoice of bought credits carries (04 §15): the transaction's, else its wallet's."""

import pytest

from tests.builders.custom_sections import NONE, chosen, codes_of, of_entity, sections
from tests.builders.stories import customer, invoices
from tests.builders.wallets import wallet as a_wallet

ALL = ("house", "own", "rule", "transaction", "wallet")


@pytest.mark.parametrize(("wallet", "transaction", "codes"), [
    (chosen("wallet"), chosen("transaction"), ["transaction"]),
    (chosen("wallet"), {}, ["wallet"]),
    ({}, chosen("transaction"), ["transaction"]),
    ({}, {}, ["own"]),
    (NONE, {}, []),
    (NONE, chosen("transaction"), ["transaction"]),
    (chosen("wallet"), NONE, []),
], ids=["both", "wallet", "transaction", "neither", "wallet-skips", "transaction-overrules", "transaction-skips"])
def test_a_purchase(sandbox, wallet, transaction, codes):
    sections(sandbox, *ALL)
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox, "acme", currency="EUR", invoice_custom_section_codes=["own"])
    made = a_wallet(sandbox, **wallet)
    wanted = {"wallet_id": made["lago_id"], "paid_credits": "5", **transaction}
    sandbox.post("/wallet_transactions", {"wallet_transaction": wanted})
    sandbox.at("2025-01-01T01:00:00Z")
    (invoice,) = invoices(sandbox)
    assert (invoice["invoice_type"], codes_of(invoice)) == ("credit", codes)


def test_first_credits_carry_what_the_wallet_has_chosen(sandbox):
    sections(sandbox, *ALL)
    of_entity(sandbox, "house")
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox, "acme", currency="EUR")
    a_wallet(sandbox, paid_credits="5", **chosen("wallet"))
    sandbox.at("2025-01-01T01:00:00Z")
    assert codes_of(invoices(sandbox)[0]) == ["wallet"]


@pytest.mark.parametrize(("rule", "codes"), [
    (chosen("rule"), ["rule"]), (NONE, []), ({}, ["wallet"]),
], ids=["chosen", "skip", "silent"])
def test_a_top_up_of_a_rule_carries_what_the_rule_has_chosen(sandbox, rule, codes):
    sections(sandbox, *ALL)
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox, "acme", currency="EUR")
    rule = {"trigger": "interval", "interval": "monthly", "paid_credits": "10", **rule}
    a_wallet(sandbox, **chosen("wallet"), recurring_transaction_rules=[rule])
    sandbox.at("2025-02-01T12:00:00Z")
    (invoice,) = invoices(sandbox)
    assert (invoice["fees_amount_cents"], codes_of(invoice)) == (1000, codes)
