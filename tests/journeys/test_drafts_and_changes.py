"""Stories of drafts while settings, plans, metrics and taxes change (04 §2.3, §2.5)."""

import pytest

from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def february(sandbox):
    """A customer with ten days of grace and a draft of January: 49.00, and a call of 1.00."""
    sandbox.at("2024-01-01T00:00:00Z")
    customer(sandbox, net_payment_term=5, billing_configuration={"invoice_grace_period": 10})
    plan(sandbox, charges=[standard(metric(sandbox, "calls"), "1")])
    subscribe(sandbox)
    use(sandbox, "calls")
    return sandbox.at("2024-02-01T12:00:00Z")


def drained(sandbox, moment="2024-02-01T12:00:00Z"):
    """The one invoice after all background work."""
    sandbox.at(moment)
    (invoice,) = invoices(sandbox)
    return invoice


def dates(invoice):
    return invoice["status"], invoice["issuing_date"], invoice["payment_due_date"]


def test_a_shorter_grace_period_moves_a_draft_and_ends_it_when_it_is_over(february):
    assert dates(drained(february)) == ("draft", "2024-02-11", "2024-02-16")
    customer(february, billing_configuration={"invoice_grace_period": 2})
    assert dates(drained(february)) == ("draft", "2024-02-03", "2024-02-08")
    customer(february, billing_configuration={"invoice_grace_period": 0})
    assert dates(drained(february)) == ("finalized", "2024-02-01", "2024-02-06")


def test_a_longer_grace_period_moves_the_end(february):
    customer(february, billing_configuration={"invoice_grace_period": 20})
    assert dates(drained(february, "2024-02-11T00:00:00Z")) == ("draft", "2024-02-21", "2024-02-26")
    assert drained(february, "2024-02-21T00:00:00Z")["status"] == "finalized"


def test_an_anchor_moves_the_issuing_date_alone(february):
    customer(february, billing_configuration={
        "subscription_invoice_issuing_date_anchor": "current_period_end",
        "subscription_invoice_issuing_date_adjustment": "keep_anchor",
    })
    assert dates(drained(february)) == ("draft", "2024-01-31", "2024-02-05")
    assert dates(drained(february, "2024-02-11T00:00:00Z")) == ("finalized", "2024-01-31", "2024-02-05")


def test_the_organizations_settings_move_drafts_of_those_without_their_own(february):
    customer(february, net_payment_term=None, billing_configuration={"invoice_grace_period": None})
    assert drained(february)["status"] == "finalized"  # the organization has none
    february.put("/organizations", {"organization": {"billing_configuration": {"invoice_grace_period": 4}}})
    february.at("2024-03-01T00:00:00Z")
    assert dates(invoices(february)[1]) == ("draft", "2024-03-05", "2024-03-05")
    february.put("/organizations", {"organization": {
        "net_payment_term": 30, "billing_configuration": {"invoice_grace_period": 6},
    }})
    february.at("2024-03-01T00:00:00Z")
    second = invoices(february)[1]
    assert dates(second) == ("draft", "2024-03-07", "2024-04-06")
    assert second["net_payment_term"] == 30


def test_a_new_term_of_the_customer_counts_at_the_end(february):
    customer(february, net_payment_term=30)
    assert dates(drained(february)) == ("draft", "2024-02-11", "2024-02-16")
    final = drained(february, "2024-02-11T00:00:00Z")
    assert (dates(final), final["net_payment_term"]) == (("finalized", "2024-02-11", "2024-03-12"), 5)


def test_a_deleted_metric_takes_its_fees_from_the_draft(february):
    february.delete("/billable_metrics/calls")
    draft = drained(february)
    assert (draft["status"], [row["item"]["type"] for row in draft["fees"]]) == ("draft", ["subscription"])


def test_a_changed_metric_filter_has_drafts_made_anew(february):
    before = drained(february)
    february.put("/billable_metrics/calls", {"billable_metric": {"filters": [{"key": "region", "values": ["eu"]}]}})
    after = drained(february)
    assert after["fees_amount_cents"] == 5000
    assert fee(after, "charge")["lago_id"] != fee(before, "charge")["lago_id"]


def test_a_changed_plan_changes_its_drafts_but_no_finalized_invoice(february):
    february.put("/plans/pro", {"plan": {"amount_cents": 5900}})
    assert drained(february)["fees_amount_cents"] == 6000
    february.at("2024-02-11T00:00:00Z")
    february.put("/plans/pro", {"plan": {"amount_cents": 1}})
    assert drained(february, "2024-02-12T00:00:00Z")["fees_amount_cents"] == 6000


def test_drafts_follow_the_taxes(february):
    february.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    assert drained(february)["taxes_amount_cents"] == 1000
    february.put("/taxes/vat", {"tax": {"rate": 10}})
    assert drained(february)["taxes_amount_cents"] == 500
    february.post("/taxes", {"tax": {"name": "Low", "code": "low", "rate": 1}})
    customer(february, tax_codes=["low"])
    assert drained(february)["taxes_amount_cents"] == 50
    february.delete("/taxes/low")
    assert drained(february)["taxes_amount_cents"] == 500


def test_a_plan_or_a_customer_that_goes_leaves_no_draft(february):
    plan(february, "other", amount_cents=1000)
    customer(february, "second", billing_configuration={"invoice_grace_period": 10})
    subscribe(february, "second", "other")
    february.at("2024-03-01T00:00:00Z")
    february.delete("/plans/other")
    february.delete("/customers/acme")
    february.at("2024-03-01T12:00:00Z")
    listed = february.get("/invoices")["invoices"]
    assert {row["status"] for row in listed} == {"finalized"}
    assert len(listed) == 5  # of each period of a customer one, and his last day, which is the first of a period
