"""The pages of fees (02 §7.3)."""

from lago.core.db import db, transaction
from lago.invoicing.models import Fee
from tests.admin.records import an_invoice


def test_fees_are_listed_narrowed_and_shown(ada, owner):
    invoice = an_invoice(owner)
    subscription_fee, charge_fee = invoice.fees
    assert names(ada, "") == {subscription_fee.id, charge_fee.id}
    assert names(ada, "?type=charge") == {charge_fee.id}
    assert names(ada, "?search=NOR-001") == {subscription_fee.id, charge_fee.id}
    assert names(ada, "?search=nobody") == names(ada, "?invoiced=no") == set()
    page = ada.get(f"/invoices/fees/{charge_fee.id}").text
    assert invoice.number in page and "Set the payment" not in page
    refused = ada.post(f"/invoices/fees/{charge_fee.id}/payment_status", expect=422, payment_status="failed").text
    assert "It stands on an invoice" in refused and '<option value="failed" selected>' in refused
    ada.post(f"/invoices/fees/{charge_fee.id}/delete", expect=422)


def test_a_fee_on_no_invoice_is_marked_as_paid_and_deleted(ada, owner, stranger):
    fee = an_invoice(owner).fees[1]
    path = f"/invoices/fees/{fee.id}"
    with transaction():
        db.session.get_one(Fee, fee.id).invoice_id = None
    assert "Set the payment" in ada.get(path).text and names(ada, "?invoiced=no") == {fee.id}
    ada.post(f"{path}/payment_status", payment_status="succeeded")
    assert owner.get(f"/fees/{fee.id}")["fee"]["payment_status"] == "succeeded"
    for form in ("", "/payment_status", "/delete"):
        stranger.get(f"{path}{form}", expect=404)
    ada.post(f"{path}/delete")
    ada.get(path, expect=404)


def names(visitor, query):
    page = visitor.get(f"/invoices/fees{query}", htmx=True).text
    return {fee.id for fee in db.session.query(Fee) if f"/invoices/fees/{fee.id}" in page}
