"""Invoices that are finalized at the same time share a wallet: nothing of it is spent twice."""

from sqlalchemy import func, select

from lago.core.db import db, transaction
from lago.wallets.models import WalletConsumption
from tests.builders.at_once import all_at_once
from tests.builders.organizations import account
from tests.builders.prepaid import a_wallet, balance, taken
from tests.builders.stories import customer, plan, subscribe


def test_invoices_and_a_void_at_once_take_no_more_than_there_is(committing):
    owner = account(committing.test_client(), "Owner")
    customer(owner, billing_configuration={"invoice_grace_period": 3})
    plan(owner, pay_in_advance=True)
    wallet = a_wallet(owner, "100")
    for number in range(3):
        subscribe(owner, external_id=f"s{number}", billing_time="anniversary")
    void = {"wallet_id": str(wallet.id), "voided_credits": "20"}
    drafts = [row["lago_id"] for row in owner.get("/invoices", status="draft")["invoices"]]
    calls = [("PUT", f"/invoices/{lago_id}/finalize", {}) for lago_id in drafts]
    calls.append(("POST", "/wallet_transactions", {"wallet_transaction": void}))
    answers = all_at_once(committing, owner.api_key, calls)
    voided = 2000 if answers.pop()[0] == 200 else 0
    assert [status for status, _ in answers] == [200] * 3
    with transaction():
        paid = sum(answer["invoice"]["prepaid_credit_amount_cents"] for _, answer in answers)
        assert (paid + voided, balance(wallet)) == (10000, 0)
        assert sum(taken(wallet)) == paid
        consumed = db.session.scalar(select(func.sum(WalletConsumption.amount_cents)))
        assert consumed == 10000
    db.session.remove()
