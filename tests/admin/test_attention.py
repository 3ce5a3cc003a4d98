"""Work that failed: seen with its cause, and tried again by hand."""

from datetime import timedelta

from lago.core import clock, jobs
from lago.core.db import db, transaction
from lago.core.outbox import MAX_ATTEMPTS, OutboxRow, enqueue, run_next
from tests.admin.records import a_failure, an_invoice
from tests.admin.visitor import a_visitor
from tests.builders.webhooks import let_retries_come, work

PATH = "/developers/attention"
NOWHERE = "0199a1b2-0000-7000-8000-000000000000"


def test_nothing_failed_and_all_is_well(ada):
    page = ada.get(PATH).text
    assert "All is well" in page and 'id="count-attention" hidden>' in page


def test_work_that_fails_is_listed_with_its_cause_until_it_is_done(ada, owner):
    invoice = an_invoice(owner, pdf=False)
    fail(owner, "invoicing.make_pdf", invoice_id=NOWHERE)
    page = ada.get(PATH).text
    assert "Make the PDF of an invoice" in page and "NoResultFound" in page and "Retrying" in page
    repair(invoice_id=str(invoice.id))
    let_retries_come()
    assert "All is well" in ada.get(PATH).text


def test_it_says_since_when_through_all_attempts(ada, owner):
    fail(owner, "invoicing.make_pdf", invoice_id=NOWHERE)
    with transaction():
        first = row().failing_since = clock.real_now() - timedelta(days=3)
    for _ in range(MAX_ATTEMPTS):
        let_retries_come()
    assert row().failed_at and row().failing_since == first
    page = ada.get(PATH).text
    assert "Failed" in page and f"{first:%b %Y %H:%M} UTC" in page and "Retrying" not in page


def test_trying_again_begins_anew_and_wakes_a_worker(ada, owner):
    failed = a_failure(owner)
    jobs.connection().flushdb()
    ada.sign_in()
    assert ada.post(f"{PATH}/{failed.id}/retry").location == PATH
    now = row()
    assert (now.failed_at, now.attempts, now.run_at <= clock.real_now()) == (None, 0, True)
    assert jobs.connection().exists("lago:bell:default")


def test_what_is_tried_again_gets_done(ada, owner):
    invoice = an_invoice(owner, pdf=False)
    failed = a_failure(owner, "invoicing.make_pdf", invoice_id=str(invoice.id))
    work()
    assert row() is not None
    ada.post(f"{PATH}/{failed.id}/retry")
    work()
    assert row() is None and invoice.number in owner.get("/invoices")["invoices"][0]["number"]


def test_htmx_gets_the_list_and_the_number_in_the_menu(ada, owner):
    a_failure(owner)
    part = ada.get(PATH, htmx=True).text
    assert "<html" not in part and 'id="count-attention" hx-swap-oob="true">1<' in part


def test_the_menu_counts_only_what_failed_here(ada, stranger, owner):
    a_failure(owner)
    a_failure(owner, for_good=False)
    with transaction():
        enqueue("webhooks.dispatch", organization_id=owner.organization.id, webhook_type="x", record_id="", cause_id="")
    assert 'id="count-attention">2<' in ada.get("/").text
    assert 'id="count-attention" hidden>' in stranger.get("/").text


def test_the_cause_is_text_and_leads_to_what_it_is_about(ada, owner):
    invoice = an_invoice(owner)
    a_failure(owner, "invoicing.make_pdf", error="ValueError: <script>", invoice_id=str(invoice.id))
    a_failure(owner, "invoicing.end_customer", customer_id=NOWHERE)
    page = ada.get(PATH).text
    assert "&lt;script&gt;" in page and f'href="/invoices/{invoice.id}"' in page and NOWHERE not in page


def test_a_job_that_a_newer_version_does_not_know_is_listed_by_its_name(ada, owner):
    a_failure(owner, "former.job")
    assert "former.job" in ada.get(PATH).text


def test_only_what_failed_here_is_tried_again(ada, stranger, owner):
    failed = a_failure(owner)
    stranger.post(f"{PATH}/{failed.id}/retry", expect=404)
    with transaction():
        row().last_error = None
    ada.post(f"{PATH}/{failed.id}/retry", expect=404)


def test_only_admins_have_it_tried_again(app, owner):
    clerk = a_visitor(app, owner.organization, "clerk@example.com", role="finance")
    clerk.post(f"{PATH}/{a_failure(owner).id}/retry", expect=403)
    assert "count-attention" not in clerk.get("/").text


def fail(owner, name, **args):
    """Has a job run that cannot succeed yet."""
    with transaction():
        enqueue(name, organization_id=owner.organization.id, **args)
    assert run_next()


def repair(**args):
    with transaction():
        row().args = args


def row():
    return db.session.query(OutboxRow).populate_existing().one_or_none()
