"""`/invoices`: what is shown, listed and downloaded."""

import pytest

from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def billed(sandbox):
    """Three customers, each with an invoice of January and of February 2024."""
    sandbox.at("2024-01-01T00:00:00Z")
    sandbox.post("/taxes", {"tax": {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}})
    calls = metric(sandbox, "calls")
    plan(sandbox, charges=[standard(calls, "0.5")])
    for name in ("acme", "beta", "core"):
        customer(sandbox, name, name=name.title(), currency="EUR", net_payment_term=30)
        subscribe(sandbox, name)
    use(sandbox, "calls", "acme")
    return sandbox.at("2024-03-01T00:00:00Z")


def numbers(owner, **filters):
    return [row["number"][-7:] for row in owner.get("/invoices", **filters)["invoices"]]


def test_an_invoice_adds_up(billed):
    invoice = invoices(billed)[0]
    assert invoice["fees_amount_cents"] == sum(fee["amount_cents"] for fee in invoice["fees"]) == 4950
    assert invoice["sub_total_excluding_taxes_amount_cents"] == 4950
    assert invoice["applied_taxes"][0]["amount_cents"] == invoice["taxes_amount_cents"] == 990
    assert invoice["total_due_amount_cents"] == invoice["total_amount_cents"] == 5940


def test_the_fees_of_a_partner_are_self_billed_as_the_invoice_is(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox)
    customer(sandbox, account_type="partner")
    subscribe(sandbox)
    (invoice,) = invoices(sandbox.at("2024-02-01T00:00:00Z"))
    assert invoice["self_billed"] and all(fee["self_billed"] for fee in invoice["fees"])


def test_it_is_due_after_the_customers_term(billed):
    invoice = invoices(billed)[0]
    assert (invoice["issuing_date"], invoice["net_payment_term"], invoice["payment_due_date"]) == (
        "2024-02-01", 30, "2024-03-02"
    )


def test_the_list_is_by_issuing_date_then_newest_first(billed):
    assert numbers(billed) == ["003-002", "002-002", "001-002", "003-001", "002-001", "001-001"]


FILTERS = [
    ({"external_customer_id": "acme"}, ["001-002", "001-001"]),
    ({"customer_external_id": "beta"}, ["002-002", "002-001"]),
    ({"issuing_date_from": "2024-02-02"}, ["003-002", "002-002", "001-002"]),
    ({"issuing_date_to": "2024-02-01"}, ["003-001", "002-001", "001-001"]),
    ({"issuing_date_from": "nonsense", "external_customer_id": "core"}, ["003-002", "003-001"]),
    ({"amount_from": "5900"}, ["001-001"]),
    ({"amount_to": 5880, "external_customer_id": "acme"}, ["001-002"]),
    ({"payment_status": "succeeded"}, []),
    ({"status": "finalized", "external_customer_id": "beta"}, ["002-002", "002-001"]),
    ({"statuses[]": ["voided", "draft"]}, []),
    ({"search_term": "Cor"}, ["003-002", "003-001"]),
    ({"search_term": "003-002"}, ["003-002"]),
    ({"search_term": "Cor", "external_customer_id": "core"}, []),
    ({"search_term": "3-002", "external_customer_id": "core"}, ["003-002"]),
    ({"settlements[]": "payment"}, []),
    ({"currency": "USD"}, []),
    ({"payment_overdue": "true"}, []),
    ({"invoice_type": "one_off"}, []),
    ({"partially_paid": "false", "external_customer_id": "beta"}, ["002-002", "002-001"]),
    ({"metadata[key]": "", "external_customer_id": "beta"}, ["002-002", "002-001"]),
    ({"metadata[key]": "x", "metadata[other]": ""}, []),
    ({"per_page": 2, "page": 3}, ["002-001", "001-001"]),
]


def test_a_filter_keeps_what_matches(billed):
    assert [(filters, numbers(billed, **filters)) for filters, _ in FILTERS] == FILTERS


CHOICES = [
    ({"status": "open"}, {"status": ["must be one of: draft, finalized, voided, failed, pending"]}),
    ({"payment_status": "lost"}, {"payment_status": ["must be one of: pending, succeeded, failed"]}),
    ({"payment_overdue": "maybe"}, {"payment_overdue": ["must be one of: true, false"]}),
]


def test_an_unknown_choice_is_refused(owner):
    replies = [owner.call("GET", "/invoices", expect=422, **filters)["error_details"] for filters, _ in CHOICES]
    assert replies == [details for _, details in CHOICES]


def test_an_unknown_billing_entity_is_not_found(owner):
    reply = owner.call("GET", "/invoices", expect=404, **{"billing_entity_codes[]": "unknown"})
    assert reply["code"] == "billing_entity_not_found"


def test_a_customers_invoices_are_listed_under_the_customer(billed):
    assert billed.get("/customers/beta/invoices")["meta"]["total_count"] == 2
    assert billed.call("GET", "/customers/nobody/invoices", expect=404)["code"] == "customer_not_found"


def test_the_pdf_is_made_and_found_by_a_link_that_needs_no_key(with_pdfs, billed):
    invoice = billed.post(f"/invoices/{invoices(billed)[0]['lago_id']}/download")["invoice"]
    answer = billed.client.get(invoice["file_url"].split("/", 3)[3].join(["/", ""]))
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_a_forged_link_leads_nowhere(owner):
    assert owner.client.get("/documents/eyJpZCI6MX0.x.y").status_code == 404


@pytest.mark.parametrize("lago_id", ["00000000-0000-0000-0000-000000000000", "no-uuid", "1" * 60])
def test_an_unknown_invoice_is_not_found(owner, lago_id):
    assert owner.call("GET", f"/invoices/{lago_id}", expect=404)["code"] == "invoice_not_found"


def test_a_listing_costs_the_same_for_2_and_6(billed, count_queries):
    with count_queries() as two:
        billed.get("/invoices", per_page=2)
    with count_queries() as six:
        billed.get("/invoices", per_page=6)
    assert len(six) == len(two)
