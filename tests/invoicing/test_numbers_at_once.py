"""Many workers that finalize invoices at the same time number them without gap or repeat (04 §3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from sqlalchemy import select

from lago.core.db import db, lock, transaction
from lago.customers.models import Customer
from lago.invoicing.finalize import finalize
from lago.invoicing.models import Invoice
from lago.invoicing.numbering import draft_number
from tests.builders.organizations import account
from tests.builders.stories import customer

WORKERS, CUSTOMERS, EACH, TOGETHER = 20, 25, 20, 5


def test_500_invoices_finalized_by_20_workers_have_numbers_without_gap_or_repeat(committing):
    owner = account(committing.test_client(), "Owner")
    owner.put("/organizations", {"organization": {"document_numbering": "per_organization"}})
    for number in range(CUSTOMERS):
        customer(owner, f"c{number}", currency="EUR")
    with transaction():
        made = [_invoice(one) for one in db.session.scalars(select(Customer)).all() for _ in range(EACH)]
        db.session.add_all(made)
        db.session.flush()
        ids = [invoice.id for invoice in made]
    _finalize_at_once(committing, ids)
    columns = Invoice.customer_id, Invoice.sequential_id, Invoice.billing_entity_sequential_id, Invoice.number
    with transaction():
        rows = db.session.execute(select(*columns)).all()
    assert sorted(row[2] for row in rows) == list(range(1, len(ids) + 1))
    assert all(number.endswith(f"-{sequence:03}") for _, _, sequence, number in rows)
    assert sorted((row[0], row[1]) for row in rows) == sorted(
        (customer_id, number) for customer_id in {row[0] for row in rows} for number in range(1, EACH + 1)
    )
    db.session.remove()


def _invoice(buyer):
    """One that is made and yet to be finalized."""
    return Invoice(
        organization_id=buyer.organization_id, customer=buyer, billing_entity=buyer.billing_entity,
        invoice_type="subscription", status="generating", number=draft_number("X"), currency="EUR", timezone="UTC",
        issuing_date=date(2025, 7, 1), payment_due_date=date(2025, 7, 1), net_payment_term=0, self_billed=False,
        snapshot={},
    )


def _batches(ids):
    return [ids[start:start + TOGETHER] for start in range(0, len(ids), TOGETHER)]


def _finalize_at_once(app, ids):
    """Each worker takes every 20th, a few in each transaction, so that customers and moments mix."""
    barrier = Barrier(WORKERS)

    def work(place):
        with app.app_context():
            barrier.wait()
            for some in _batches(ids[place::WORKERS]):
                with transaction():
                    invoices = db.session.scalars(select(Invoice).where(Invoice.id.in_(some))).all()
                    lock(*{invoice.customer_id for invoice in invoices})
                    finalize(invoices)
            db.session.remove()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
