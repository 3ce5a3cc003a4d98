"""Stories of the grace period: drafts, what still comes onto them, and their end (04 §2)."""

import pytest

from lago.core.db import db
from lago.webhooks.models import WebhookDelivery
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use

GRACE = {"invoice_grace_period": 3}


@pytest.fixture
def january(sandbox):
    """A customer with three days of grace, whose plan in arrears started on 1 January."""
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, billing_configuration=GRACE)
    return sandbox


def test_late_events_are_billed_up_to_the_finalization_and_later_ones_are_not(january):
    plan(january, charges=[standard(metric(january, "calls"), "0.5")])
    subscribe(january)
    use(january, "calls", timestamp="2024-01-10T00:00:00Z")
    january.at("2024-02-01T00:00:00Z")
    (draft,) = invoices(january)
    assert (draft["status"], draft["number"][-6:], draft["sequential_id"]) == ("draft", "-DRAFT", None)
    assert (draft["issuing_date"], draft["fees_amount_cents"]) == ("2024-02-04", 4950)
    use(january, "calls", timestamp="2024-01-31T23:59:59Z")
    use(january, "calls", timestamp="2024-02-01T00:00:00Z")  # of the next period
    january.at("2024-02-03T23:59:59Z")
    assert invoices(january)[0]["fees_amount_cents"] == 4950  # an event alone changes no draft
    january.at("2024-02-04T00:00:00Z")
    (final,) = invoices(january)
    assert (final["status"], final["fees_amount_cents"], final["number"][-8:]) == ("finalized", 5000, "-001-001")
    assert (final["issuing_date"], final["created_at"]) == ("2024-02-04", "2024-02-01T00:00:00Z")
    assert {row["created_at"] for row in final["fees"]} == {"2024-02-01T00:00:00Z"}
    january.at("2024-03-04T00:00:00Z")
    assert fee(invoices(january)[1], "charge")["units"] == "1.0"


def test_a_refresh_makes_the_fees_anew_and_keeps_what_the_invoice_is(january):
    january.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    plan(january, charges=[standard(metric(january, "calls"), "1")])
    subscribe(january)
    january.at("2024-02-01T00:00:00Z")
    (draft,) = invoices(january)
    use(january, "calls", timestamp="2024-01-20T00:00:00Z")
    january.at("2024-02-02T12:00:00Z")
    renewed = january.put(f"/invoices/{draft['lago_id']}/refresh")["invoice"]
    assert (renewed["fees_amount_cents"], renewed["taxes_amount_cents"], renewed["total_amount_cents"]) == (
        5000, 1000, 6000  # 49.00 + 1.00, and 20 %
    )
    kept = ("number", "issuing_date", "payment_due_date", "created_at", "currency", "billing_periods", "status")
    assert [renewed[name] for name in kept] == [draft[name] for name in kept]
    assert not {row["lago_id"] for row in renewed["fees"]} & {row["lago_id"] for row in draft["fees"]}
    assert len(renewed["applied_taxes"]) == 1


def test_a_plan_in_advance_keeps_its_first_fee_when_its_draft_is_finalized(january):
    plan(january, amount_cents=3100, pay_in_advance=True)
    january.at("2024-01-15T00:00:00Z")
    subscribe(january)
    assert [row["status"] for row in invoices(january)] == ["draft"]
    january.at("2024-02-04T00:00:00Z")
    first, second = invoices(january)
    assert (first["status"], first["issuing_date"], first["fees_amount_cents"]) == ("finalized", "2024-01-18", 1700)
    assert (second["status"], second["fees_amount_cents"]) == ("finalized", 3100)  # 17 of 31 days, then all of February


def test_a_draft_made_before_the_end_keeps_the_fee_in_advance(january):
    plan(january, amount_cents=2900, pay_in_advance=True)
    subscribe(january)
    january.at("2024-02-02T00:00:00Z")
    january.delete("/subscriptions/acme")
    january.at("2024-02-10T00:00:00Z")
    amounts = [(row["status"], row["fees_amount_cents"]) for row in invoices(january)]
    assert amounts == [("finalized", 2900), ("finalized", 2900), ("finalized", 0)]


def test_an_end_in_arrears_bills_its_own_days_beside_the_draft(january):
    plan(january, amount_cents=2900, charges=[standard(metric(january, "calls"), "1")])
    subscribe(january)
    use(january, "calls", timestamp="2024-01-20T00:00:00Z")
    january.at("2024-02-02T12:00:00Z")
    use(january, "calls", timestamp="2024-02-01T00:00:00Z")
    january.delete("/subscriptions/acme")
    january.at("2024-02-10T00:00:00Z")
    periodic, last = invoices(january)
    assert (periodic["fees_amount_cents"], last["fees_amount_cents"]) == (3000, 300)  # 29.00 + 1; 2/29 of it + 1
    assert periodic["number"] < last["number"]


def test_an_end_on_a_billing_day_is_billed_the_same_from_its_draft(january):
    plan(january, amount_cents=3100, charges=[standard(metric(january, "calls"), "1")])
    subscribe(january, ending_at="2024-02-01T12:00:00Z")
    use(january, "calls", timestamp="2024-01-20T00:00:00Z")
    january.at("2024-02-01T00:00:00Z")
    (draft,) = invoices(january)
    january.at("2024-02-10T00:00:00Z")
    (final,) = invoices(january)
    assert (draft["status"], final["status"]) == ("draft", "finalized")
    assert draft["fees_amount_cents"] == final["fees_amount_cents"] == 3200
    assert draft["billing_periods"] == final["billing_periods"]


@pytest.mark.parametrize(("zone", "billed", "drafted", "finalized", "issued"), [
    ("Asia/Tokyo", "2024-01-31T15:00:00Z", "2024-02-04", "2024-02-04T00:00:00Z", "2024-02-04"),
    ("America/Los_Angeles", "2024-02-01T08:00:00Z", "2024-02-04", "2024-02-04T00:00:00Z", "2024-02-03"),
])
def test_a_draft_ends_by_the_date_in_utc_and_is_issued_by_that_of_the_customer(
    sandbox, zone, billed, drafted, finalized, issued
):
    sandbox.at("2024-01-01T12:00:00Z")
    plan(sandbox)
    customer(sandbox, billing_configuration=GRACE, timezone=zone)
    subscribe(sandbox)
    sandbox.at(billed)
    (draft,) = invoices(sandbox)
    assert (draft["status"], draft["issuing_date"]) == ("draft", drafted)
    sandbox.at("2024-02-03T23:59:59Z")
    assert invoices(sandbox)[0]["status"] == "draft"
    sandbox.at(finalized)
    (final,) = invoices(sandbox)
    assert (final["status"], final["issuing_date"]) == ("finalized", issued)


def test_several_subscriptions_share_a_draft_and_numbers_have_no_gap(january):
    calls = metric(january, "calls")
    plan(january, "pro", charges=[standard(calls, "1")])
    plan(january, "early", amount_cents=1000, pay_in_advance=True, charges=[standard(calls, "2")])
    subscribe(january, "acme", "pro", external_id="one")
    subscribe(january, "acme", "early", external_id="two")
    use(january, "calls", "one", timestamp="2024-01-02T00:00:00Z")
    january.at("2024-02-02T00:00:00Z")
    use(january, "calls", "two", timestamp="2024-01-03T00:00:00Z")
    draft = invoices(january)[1]
    assert (draft["status"], draft["fees_amount_cents"], len(draft["billing_periods"])) == ("draft", 6000, 2)
    january.at("2024-02-05T00:00:00Z")
    first, second = invoices(january)
    assert (second["fees_amount_cents"], second["status"]) == (6200, "finalized")  # 49 + 1, 10 + 2
    assert [row["sequential_id"] for row in (first, second)] == [1, 2]


def test_drafts_are_numbered_by_their_finalization(january):
    plan(january)
    subscribe(january)
    january.at("2024-03-01T12:00:00Z")
    subscribe(january, external_id="other", plan_code="pro")
    (draft,) = [row for row in invoices(january) if row["status"] == "draft"]
    january.put(f"/invoices/{draft['lago_id']}/finalize")
    january.at("2024-03-02T00:00:00Z")
    assert [row["sequential_id"] for row in invoices(january)] == [1, 2]
    final = january.get(f"/invoices/{draft['lago_id']}")["invoice"]
    assert (final["issuing_date"], final["payment_due_date"]) == ("2024-03-01", "2024-03-01")
    assert january.call("PUT", f"/invoices/{draft['lago_id']}/finalize", expect=404)["code"] == "invoice_not_found"
    again = january.put(f"/invoices/{draft['lago_id']}/refresh")["invoice"]
    assert (again["number"], again["fees"]) == (final["number"], final["fees"])


def test_an_outage_makes_finalizations_late_but_not_wrong(january):
    plan(january)
    subscribe(january)
    january.at("2024-06-15T00:00:00Z")
    dates = [(row["issuing_date"], row["sequential_id"]) for row in invoices(january)]
    assert dates == [(f"2024-{month:02}-04", month - 1) for month in range(2, 7)]


def test_a_draft_of_nothing_is_closed_without_a_number(january):
    customer(january, finalize_zero_amount_invoice="skip")
    plan(january, amount_cents=0)
    subscribe(january)
    january.at("2024-02-01T00:00:00Z")
    (draft,) = invoices(january)
    assert (draft["status"], draft["payment_status"]) == ("draft", "succeeded")
    january.at("2024-02-04T00:00:00Z")
    assert invoices(january) == []
    january.call("GET", f"/invoices/{draft['lago_id']}", expect=404)


def test_a_draft_has_no_file_and_is_told_of_as_a_draft(with_pdfs, january):
    january.post("/webhook_endpoints", {"webhook_endpoint": {
        "webhook_url": "http://127.0.0.1:9/", "signature_algo": "hmac",
        "event_types": ["invoice.drafted", "invoice.ready_to_finalize", "invoice.created", "invoice.generated"],
    }})
    plan(january)
    subscribe(january)
    january.at("2024-02-01T00:00:00Z")
    (draft,) = invoices(january)
    assert _told(january) == ["invoice.drafted", "invoice.ready_to_finalize"]
    assert draft["file_url"] is None
    january.call("POST", f"/invoices/{draft['lago_id']}/download", expect=404)
    january.at("2024-02-04T00:00:00Z")
    assert _told(january)[2:] == ["invoice.created", "invoice.generated"]
    assert invoices(january)[0]["file_url"]


def _told(sandbox):
    return list(db.session.scalars(
        db.select(WebhookDelivery.webhook_type).where(WebhookDelivery.organization_id == sandbox.organization.id)
        .order_by(WebhookDelivery.seq)
    ))
