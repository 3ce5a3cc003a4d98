"""What a client may change of an invoice: payment status, notes, disputes, drafts (04 §12, 05 §2.3)."""

import pytest

from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from tests.builders.contract import webhook_violations
from tests.builders.outbox import announced
from tests.builders.payments import again, an_invoice_of_100, pay
from tests.builders.stories import customer, invoices, plan, subscribe
from tests.builders.webhooks import endpoint_at, receiver

NOBODY = "/invoices/0199a1b2-0000-7000-8000-000000000000"


@pytest.fixture
def invoice(sandbox):
    return an_invoice_of_100(sandbox)


@pytest.fixture
def path(invoice):
    return f"/invoices/{invoice['lago_id']}"


@pytest.fixture
def draft(sandbox):
    """Of 100.00."""
    return an_invoice_of_100(sandbox, billing_configuration={"invoice_grace_period": 5})


def change(account, path, expect=200, **values):
    return account.put(path, {"invoice": values}, expect=expect)


def put_into(invoice, **values):
    with transaction():
        row = db.session.get_one(Invoice, invoice["lago_id"])
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize(("method", "tail"), [
    ("PUT", ""), ("DELETE", ""), ("POST", "/lose_dispute"), ("PUT", "/lose_dispute"), ("POST", "/retry"),
    ("POST", "/retry_payment"), ("POST", "/payment_url"),
])
def test_an_unknown_or_invisible_invoice_is_not_found(method, tail, invoice, path, sandbox, outsider):
    body = {"invoice": {"payment_status": "succeeded"}}
    assert sandbox.call(method, NOBODY + tail, body, expect=404)["code"] == "invoice_not_found"
    assert outsider.call(method, path + tail, body, expect=404)["code"] == "invoice_not_found"
    put_into(invoice, status="open")
    assert sandbox.call(method, path + tail, body, expect=404)["code"] == "invoice_not_found"


def test_the_payment_status_follows_what_is_reported_and_so_do_the_fees(invoice, path, sandbox):
    for status in ("failed", "pending", "succeeded", "failed"):
        changed = change(sandbox, path, payment_status=status)["invoice"]
        assert changed["payment_status"] == status
        assert [fee["payment_status"] for fee in changed["fees"]] == [status]
    assert (changed["total_paid_amount_cents"], changed["total_due_amount_cents"]) == (0, 10000)
    assert sandbox.get("/payments")["payments"] == []


def test_only_a_change_is_told(invoice, path, sandbox):
    before = announced(sandbox)
    change(sandbox, path, payment_status="pending")
    assert announced(sandbox) == before
    change(sandbox, path, payment_status="failed")
    change(sandbox, path, payment_status="failed")
    assert announced(sandbox) == [*before, "invoice.payment_status_updated"]


@pytest.mark.parametrize("status", ["paid", "", None, 1, ["succeeded"], "processing"])
def test_an_unknown_status_is_refused(status, path, sandbox):
    assert sandbox.refused("PUT", path, {"invoice": {"payment_status": status}}) == {
        "payment_status": ["value_is_invalid"]
    }


def test_a_voided_invoice_does_not_change(invoice, path, sandbox):
    put_into(invoice, status="voided")
    for values in ({"payment_status": "succeeded"}, {"payment_status": "x"}, {"metadata": []}):
        assert change(sandbox, path, expect=405, **values)["code"] == "update_on_voided_invoice"


def test_a_draft_takes_no_notes_and_no_other_status(draft, sandbox):
    path, note = f"/invoices/{draft['lago_id']}", {"key": "a", "value": "1"}
    assert change(sandbox, path, expect=405, metadata=[note], payment_status="x")["code"] == "metadata_on_draft_invoice"
    assert change(sandbox, path, expect=422, payment_status="x")["code"] == "validation_errors"
    assert change(sandbox, path, expect=405, payment_status="succeeded")["code"] == (
        "payment_status_update_on_draft_invoice"
    )
    assert change(sandbox, path, payment_status="pending")["invoice"]["payment_status"] == "pending"


def notes(invoice):
    return {note["key"]: note["value"] for note in invoice["metadata"]}


def test_notes_are_changed_by_id_added_and_dropped(path, sandbox):
    first = change(sandbox, path, metadata=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])["invoice"]
    assert notes(first) == {"a": "1", "b": "2"}
    of_a, _ = first["metadata"]
    second = change(
        sandbox, path, metadata=[{"id": of_a["lago_id"], "value": "3"}, {"key": "c", "value": "4"}]
    )["invoice"]
    assert notes(second) == {"a": "3", "c": "4"}
    assert second["metadata"][0]["lago_id"] == of_a["lago_id"]
    assert notes(change(sandbox, path, payment_status="failed")["invoice"]) == {"a": "3", "c": "4"}
    assert notes(change(sandbox, path, metadata=[])["invoice"]) == {}


def test_notes_can_take_each_others_keys(path, sandbox):
    first = change(sandbox, path, metadata=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])["invoice"]
    a, b = (note["lago_id"] for note in first["metadata"])
    swapped = change(sandbox, path, metadata=[{"id": a, "key": "b"}, {"id": b, "key": "a"}])["invoice"]
    assert notes(swapped) == {"b": "1", "a": "2"}
    anew = change(sandbox, path, metadata=[{"key": "a", "value": "5"}])["invoice"]
    assert notes(anew) == {"a": "5"}
    assert anew["metadata"][0]["lago_id"] not in (a, b)


@pytest.mark.parametrize(("metadata", "problem"), [
    pytest.param([{"key": f"k{n}", "value": "v"} for n in range(6)], {"metadata": ["invalid_count"]}, id="six"),
    pytest.param([{"key": "k" * 21, "value": "v"}], {"key": ["value_is_too_long"]}, id="long key"),
    pytest.param([{"key": "k", "value": "v" * 141}], {"value": ["value_is_too_long"]}, id="long value"),
    pytest.param([{"key": "", "value": "v"}], {"key": ["value_is_mandatory"]}, id="blank key"),
    pytest.param([{"key": "k"}], {"value": ["value_is_mandatory"]}, id="no value"),
    pytest.param([{"key": "k", "value": "v"}] * 2, {"key": ["value_already_exist"]}, id="twice"),
    pytest.param(["k"], {"key": ["value_is_mandatory"], "value": ["value_is_mandatory"]}, id="no pair"),
])
def test_notes_have_bounds(metadata, problem, path, sandbox):
    change(sandbox, path, metadata=[{"key": "kept", "value": "v" * 140}])
    assert sandbox.refused("PUT", path, {"invoice": {"metadata": metadata, "payment_status": "failed"}}) == problem
    kept = sandbox.get(path)["invoice"]
    assert (notes(kept), kept["payment_status"]) == ({"kept": "v" * 140}, "pending")


def test_a_list_is_narrowed_by_payments_disputes_and_notes(invoice, path, sandbox):
    def found(**filters):
        return len(sandbox.get("/invoices", **filters)["invoices"])

    for nothing in ({"settlements[]": "payment"}, {"partially_paid": "true"}, {"payment_overdue": "true"}):
        assert found(**nothing) == 0, nothing
    pay(sandbox, invoice, 4000)
    change(sandbox, path, metadata=[{"key": "a", "value": "1"}])
    sandbox.at("2025-01-02T00:00:00Z")
    everything = [
        {"settlements[]": "payment"}, {"settlements[]": ["payment", "credit_note"]}, {"partially_paid": "true"},
        {"payment_overdue": "true"}, {"payment_status": "pending"}, {"metadata[a]": "1"}, {"metadata[b]": ""},
        {"payment_dispute_lost": "false"},
    ]
    nothing = [
        {"settlements[]": "credit_note"}, {"partially_paid": "false"}, {"payment_overdue": "false"},
        {"payment_status": "succeeded"}, {"metadata[a]": "2"}, {"payment_dispute_lost": "true"},
    ]
    assert [filters for filters in everything if not found(**filters)] == []
    assert [filters for filters in nothing if found(**filters)] == []
    sandbox.post(f"{path}/lose_dispute")
    assert (found(payment_dispute_lost="true"), found(payment_overdue="true")) == (1, 0)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_lost_dispute_is_noted_once(method, invoice, path, sandbox):
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["invoice.payment_dispute_lost"])
        lost = sandbox.call(method, f"{path}/lose_dispute")["invoice"]
        assert lost["payment_dispute_lost_at"] == "2025-01-01T10:00:00.000Z"
        sandbox.at("2025-01-02T00:00:00Z")
        again_ = sandbox.call(method, f"{path}/lose_dispute")["invoice"]
        sandbox.at("2025-01-03T00:00:00Z")
        (told,) = [request.json for request in hook.requests]
    assert (again_["payment_dispute_lost_at"], again_["payment_overdue"]) == (lost["payment_dispute_lost_at"], False)
    assert told["object_type"] == "payment_dispute_lost"
    for shown in (told["payment_dispute_lost"], told["payment_dispute_lost"]["invoice"]):
        assert (shown["lago_id"], shown["customer"]["external_id"]) == (invoice["lago_id"], "acme")
    assert webhook_violations(told) == []


def test_the_dispute_of_a_voided_invoice_can_be_lost_that_of_a_draft_cannot(invoice, path, sandbox):
    put_into(invoice, status="voided")
    assert sandbox.post(f"{path}/lose_dispute")["invoice"]["payment_dispute_lost_at"]
    for status in ("draft", "pending", "failed"):
        put_into(invoice, status=status)
        assert sandbox.post(f"{path}/lose_dispute", expect=405)["code"] == "not_disputable"


def test_only_a_failed_invoice_is_tried_again(draft, sandbox):
    """What had failed waits for its taxes; they are known, so it is final then."""
    path = f"/invoices/{draft['lago_id']}"
    assert sandbox.post(f"{path}/retry", expect=405)["code"] == "invalid_status"
    put_into(draft, status="failed", tax_status="failed", finalization_due_at=None)
    assert sandbox.post(f"{path}/retry")["invoice"]["status"] == "pending"
    assert sandbox.post(f"{path}/retry", expect=405)["code"] == "invalid_status"
    sandbox.at("2025-01-02T00:00:00Z")
    final = again(sandbox, draft)
    assert (final["status"], final["issuing_date"], final["total_amount_cents"]) == ("finalized", "2025-01-01", 10000)


def test_without_a_provider_there_is_nobody_to_ask_for_the_money(invoice, path, sandbox):
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["invoice.payment_failure"])
        assert sandbox.post(f"{path}/retry_payment") is None
        assert sandbox.post(f"{path}/retry_payment", {"payment_method": {"payment_method_type": "manual"}}) is None
        sandbox.at("2025-01-01T11:00:00Z")
        told, _ = [request.json for request in hook.requests]
    assert told["payment_provider_invoice_payment_error"] == {
        "lago_invoice_id": invoice["lago_id"], "lago_customer_id": invoice["customer"]["lago_id"],
        "external_customer_id": "acme", "provider_customer_id": None, "payment_provider": None,
        "payment_provider_code": None, "provider_error": None,
        "error_details": {"code": "customer_must_have_payment_provider"},
    }


def test_a_payment_is_tried_again_only_where_one_is_missing(invoice, path, sandbox):
    method = {"payment_method": {"payment_method_type": "card"}}
    assert sandbox.refused("POST", f"{path}/retry_payment", method) == {"payment_method": ["invalid_payment_method"]}
    put_into(invoice, ready_for_payment_processing=False)
    assert sandbox.post(f"{path}/retry_payment", expect=405)["code"] == (
        "payment_processor_is_currently_handling_payment"
    )
    for values in ({"status": "draft"}, {"status": "voided"}, {"status": "finalized", "payment_status": "succeeded"}):
        put_into(invoice, **values)
        assert sandbox.post(f"{path}/retry_payment", expect=405)["code"] == "invalid_status"
    assert "invoice.payment_failure" not in announced(sandbox)


def test_there_is_no_page_to_pay_on_without_a_provider(invoice, path, sandbox):
    def problem():
        return sandbox.refused("POST", f"{path}/payment_url")["base"]

    assert problem() == ["no_linked_payment_provider"]
    with transaction():
        db.session.get_one(Customer, invoice["customer"]["lago_id"]).payment_provider = "manual"
    assert problem() == ["invalid_payment_provider"]
    for values in ({"status": "draft"}, {"status": "voided"}, {"status": "finalized", "payment_status": "succeeded"}):
        put_into(invoice, **values)
        assert problem() == ["invalid_invoice_status_or_payment_status"]


def test_a_draft_is_deleted_for_good_with_its_notes(draft, sandbox):
    path = f"/invoices/{draft['lago_id']}"
    item = {"fee_id": draft["fees"][0]["lago_id"], "amount_cents": 100}
    note = {"invoice_id": draft["lago_id"], "items": [item], "credit_amount_cents": 100}
    sandbox.post("/credit_notes", {"credit_note": note})
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["invoice.deleted", "credit_note.created", "invoice.created"])
        deleted = sandbox.delete(path)["invoice"]
        assert (deleted["status"], deleted["lago_id"]) == ("deleted", draft["lago_id"])
        assert sandbox.call("GET", path, expect=404)["code"] == "invoice_not_found"
        sandbox.at("2025-01-31T00:00:00Z")
        (told,) = [request.json for request in hook.requests]
    assert (told["webhook_type"], told["invoice"]["status"]) == ("invoice.deleted", "deleted")
    assert webhook_violations(told) == []
    assert invoices(sandbox) == sandbox.get("/credit_notes")["credit_notes"] == []


def test_the_period_of_a_deleted_draft_is_not_billed_again(sandbox):
    sandbox.at("2025-01-01T00:00:00Z")
    plan(sandbox)
    customer(sandbox, billing_configuration={"invoice_grace_period": 3})
    subscribe(sandbox)
    (january,) = invoices(sandbox.at("2025-02-01T00:00:00Z"))
    sandbox.delete(f"/invoices/{january['lago_id']}")
    (february,) = invoices(sandbox.at("2025-03-10T00:00:00Z"))
    assert february["billing_periods"][0]["subscription_from_datetime"] == "2025-02-01T00:00:00Z"


def test_what_was_paid_ahead_on_a_deleted_draft_gives_nothing_back(sandbox):
    an_invoice_of_100(sandbox, billing_configuration={"invoice_grace_period": 5})
    (draft,) = invoices(sandbox)
    sandbox.delete(f"/invoices/{draft['lago_id']}")
    sandbox.at("2025-01-03T00:00:00Z").delete("/subscriptions/acme")
    sandbox.at("2025-01-31T00:00:00Z")
    assert sandbox.get("/credit_notes")["credit_notes"] == []


def test_what_is_no_draft_is_not_deleted(invoice, path, sandbox):
    assert sandbox.delete(path, expect=405)["code"] == "not_deletable"
    assert again(sandbox, invoice)["status"] == "finalized"


def test_a_draft_with_a_final_note_is_not_deleted(invoice, path, sandbox):
    item = {"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": 100}
    note = {"invoice_id": invoice["lago_id"], "items": [item], "credit_amount_cents": 100}
    sandbox.post("/credit_notes", {"credit_note": note})
    put_into(invoice, status="draft")
    assert sandbox.delete(path, expect=405)["code"] == "credit_note_not_deletable"
