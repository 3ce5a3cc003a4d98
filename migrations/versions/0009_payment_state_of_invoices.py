"""Payments: when invoices become overdue, and the payments of those that collect paid fees.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# 00:00 UTC of the day after the due date; under a sandbox clock not before the moment on which it stands, because
# nothing may be due in its past.
_SCHEDULE = """
UPDATE invoices SET overdue_due_at = greatest(
    (invoices.payment_due_date + 1)::timestamp AT TIME ZONE 'UTC', organizations.clock_now
)
FROM organizations
WHERE organizations.id = invoices.organization_id AND invoices.status = 'finalized'
  AND invoices.payment_status <> 'succeeded' AND NOT invoices.payment_overdue
  AND invoices.payment_dispute_lost_at IS NULL AND invoices.payment_due_date IS NOT NULL
"""

# Invoices that collect fees which were paid already have a payment over their total from now on (04 §1.3).
_RECORD = """
INSERT INTO payments (
    id, organization_id, customer_id, invoice_id, amount_cents, amount_currency, status, payment_status, payment_type,
    reference, created_at, updated_at
)
SELECT gen_random_uuid(), organization_id, customer_id, id, total_amount_cents, currency, 'succeeded', 'succeeded',
       'manual', 'Charges paid in advance', coalesce(finalized_at, created_at), coalesce(finalized_at, created_at)
FROM invoices
WHERE invoice_type = 'advance_charges' AND status = 'finalized' AND total_amount_cents > 0
  AND NOT EXISTS (SELECT FROM payments WHERE payments.invoice_id = invoices.id)
"""


def upgrade() -> None:
    op.execute(_SCHEDULE)
    op.execute(_RECORD)
    # A row that replaces another one of the same key is written before the other one is deleted.
    op.drop_constraint("uq_invoice_metadata_key", "invoice_metadata", type_="unique")
    op.create_unique_constraint(
        "uq_invoice_metadata_key", "invoice_metadata", ["invoice_id", "key"], deferrable=True, initially="DEFERRED"
    )


def downgrade() -> None:
    op.drop_constraint("uq_invoice_metadata_key", "invoice_metadata", type_="unique")
    op.create_unique_constraint("uq_invoice_metadata_key", "invoice_metadata", ["invoice_id", "key"])
    op.execute("UPDATE invoices SET overdue_due_at = NULL")
