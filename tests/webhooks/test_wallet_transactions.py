"""The webhooks of wallet transactions and of the invoices of those that are bought (05 §1.17, 06 §4.4)."""

from tests.builders.contract import webhook_violations
from tests.builders.prepaid import a_wallet
from tests.builders.stories import customer
from tests.builders.top_ups import paid, transaction
from tests.builders.webhooks import endpoint_at


def test_a_purchase_is_told_from_its_beginning_to_its_end(sandbox, hook):
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox)
    wallet = a_wallet(sandbox, name="Main")
    types = ["wallet_transaction.created", "wallet_transaction.updated", "invoice.paid_credit_added", "wallet.updated"]
    endpoint_at(sandbox, hook.url, event_types=types)
    row = paid(sandbox, wallet, "15")
    sandbox.at("2025-01-02T00:00:00Z")
    told = {request.json["webhook_type"]: request.json for request in hook.requests}
    assert [name for name in types if name not in told] == []
    assert [webhook_violations(message) for message in told.values()] == [[]] * 4
    _check_transactions(sandbox, told, row)
    invoice = told["invoice.paid_credit_added"]["invoice"]
    assert (invoice["lago_id"], invoice["fees"][0]["item"]["type"]) == (row["lago_invoice_id"], "credit")
    assert {"customer", "fees", "applied_taxes", "applied_invoice_custom_sections"} <= set(invoice)


def _check_transactions(sandbox, told, row):
    """Each shows the transaction as the API does, with its wallet, of which there are no parts."""
    updated = told["wallet_transaction.updated"]["wallet_transaction"]
    nested = updated.pop("wallet")
    assert {**updated, "applied_invoice_custom_sections": []} == transaction(sandbox, row["lago_id"])
    assert (nested["lago_id"], nested["balance_cents"]) == (row["lago_wallet_id"], 1500)
    assert not {"recurring_transaction_rules", "applies_to", "applied_invoice_custom_sections"} & set(nested)
    created = told["wallet_transaction.created"]["wallet_transaction"]
    assert created["lago_id"] == row["lago_id"]
