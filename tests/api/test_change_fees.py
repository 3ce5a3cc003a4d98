"""`PUT` and `DELETE /fees/:id`: fees without an invoice are reported paid, or taken back (02 §7.3)."""

import pytest
from sqlalchemy import func, select

from lago.core.db import db
from lago.core.outbox import OutboxRow
from tests.builders.catalog import a_tax
from tests.builders.stories import fee, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def owed(sandbox):
    """1 February 2024: two calls at 5.00, paid in advance without invoices; the plan costs 10.00 in arrears."""
    sandbox.at("2024-02-01T00:00:00Z")
    a_tax(sandbox, rate=10, applied_to_organization=True)
    row = standard(metric(sandbox, "calls"), "5") | {"pay_in_advance": True, "invoiceable": False}
    plan(sandbox, charges=[row], amount_cents=1000, minimum_commitment={"amount_cents": 5000})
    subscribe(sandbox)
    for _ in range(2):
        use(sandbox, "calls")
    return sandbox.at("2024-02-02T00:00:00Z")


def fees(owner, **query):
    return owner.get("/fees", **query)["fees"]


def path(owner):
    return f"/fees/{fees(owner)[0]['lago_id']}"


def report(owner, status, **options):
    return owner.put(path(owner), {"fee": {"payment_status": status}}, **options)


STAMPS = ("succeeded_at", "failed_at", "refunded_at")


@pytest.mark.parametrize("status, stamp", [
    ("succeeded", "succeeded_at"), ("failed", "failed_at"), ("refunded", "refunded_at"), ("pending", None),
])
def test_a_report_sets_the_status_and_its_time_alone(owed, status, stamp):
    for before in ("succeeded", "failed", "refunded"):
        report(owed, before)
    owed.at("2024-02-03T00:00:00Z")
    shown = report(owed, status)["fee"]
    assert shown["payment_status"] == status
    assert {name: shown[name] for name in STAMPS} == {
        name: "2024-02-03T00:00:00Z" if name == stamp else None for name in STAMPS
    }
    assert owed.get(path(owed))["fee"] == shown
    assert [tax["amount_cents"] for tax in shown["applied_taxes"]] == [50]


def test_reports_can_be_asked_for(owed):
    report(owed, "succeeded")
    assert [row["payment_status"] for row in fees(owed, payment_status="succeeded")] == ["succeeded"]
    assert len(fees(owed, succeeded_at_from="2024-02-02", succeeded_at_to="2024-02-02T00:00:00Z")) == 1
    assert fees(owed, succeeded_at_from="2024-02-02T00:00:01Z") == []


@pytest.mark.parametrize("body", [{"payment_status": "lost"}, {"payment_status": None}, {"payment_status": ["failed"]},
                                  {"payment_status": {}}, {"other": 1}])
def test_an_unknown_status_is_refused(owed, body):
    assert owed.refused("PUT", path(owed), {"fee": body}) == {"payment_status": ["value_is_invalid"]}
    assert fees(owed)[0]["payment_status"] == "pending"


def test_the_root_key_is_needed(owed):
    assert "fee" in owed.put(path(owed), {"payment_status": "failed"}, expect=400)["error"]


def test_a_report_is_told_to_nobody(owed):
    before = _waiting(owed)
    report(owed, "succeeded")
    assert _waiting(owed) == before


def _waiting(owner):
    query = select(func.count()).select_from(OutboxRow).where(OutboxRow.organization_id == owner.organization.id)
    return db.session.scalar(query)


def test_a_deleted_fee_is_nowhere(owed):
    first, second = fees(owed)
    deleted = owed.delete(f"/fees/{first['lago_id']}")["fee"]
    assert deleted == {name: value for name, value in first.items() if name != "applied_taxes"}
    assert [row["lago_id"] for row in fees(owed)] == [second["lago_id"]]
    assert owed.get("/fees")["meta"]["total_count"] == 1
    for method, body in (("GET", None), ("PUT", {"fee": {"payment_status": "failed"}}), ("DELETE", None)):
        answer = owed.call(method, f"/fees/{first['lago_id']}", body, expect=404)
        assert answer["code"] == "fee_not_found"


def test_a_deleted_fee_counts_for_no_commitment(owed):
    owed.delete(path(owed))
    (invoice,) = invoices(owed.at("2024-03-01T00:00:00Z"))
    assert fee(invoice, "commitment")["amount_cents"] == 5000 - 1000 - 500


def test_a_deleted_fee_is_not_made_again(owed):
    owed.delete(path(owed))
    use(owed, "calls")
    owed.at("2024-02-03T00:00:00Z")
    assert len(fees(owed)) == 2


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_fee_on_an_invoice_stays_as_it_is(owed, method):
    owed.at("2024-03-01T00:00:00Z")
    before = fees(owed, fee_type="subscription")[0]
    body = {"fee": {"payment_status": "failed"}} if method == "PUT" else None
    assert owed.call(method, f"/fees/{before['lago_id']}", body, expect=405)["code"] == "invoiced_fee"
    assert fees(owed, fee_type="subscription") == [before]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_another_organization_cannot(owed, outsider, method):
    body = {"fee": {"payment_status": "failed"}} if method == "PUT" else None
    assert outsider.call(method, path(owed), body, expect=404)["code"] == "fee_not_found"
    assert fees(owed)[0]["payment_status"] == "pending"


def test_fees_of_all_kinds_are_listed(owed):
    owed.at("2024-03-01T00:00:00Z")
    kinds = [row["item"]["type"] for row in fees(owed)]
    assert sorted(kinds) == ["charge", "charge", "commitment", "subscription"]
    for kind in set(kinds):
        assert {row["item"]["type"] for row in fees(owed, fee_type=kind)} == {kind}
    assert fees(owed, fee_type="fixed_charge") == fees(owed, fee_type="add_on") == fees(owed, fee_type="credit") == []
