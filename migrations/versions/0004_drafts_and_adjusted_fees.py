"""drafts of invoices, adjusted fees

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 13:10:02.184306

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('adjusted_fees',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('fee_type', sa.Text(), nullable=False),
    sa.Column('charge_id', sa.Uuid(), nullable=True),
    sa.Column('charge_filter_id', sa.Uuid(), nullable=True),
    sa.Column('fixed_charge_id', sa.Uuid(), nullable=True),
    sa.Column('grouped_by', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('units', sa.Numeric(), nullable=True),
    sa.Column('unit_precise_amount', sa.Numeric(), nullable=True),
    sa.Column('invoice_display_name', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['charge_filter_id'], ['charge_filters.id'], ),
    sa.ForeignKeyConstraint(['charge_id'], ['charges.id'], ),
    sa.ForeignKeyConstraint(['fixed_charge_id'], ['fixed_charges.id'], ),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('uq_adjusted_fees', 'adjusted_fees', ['invoice_id', 'subscription_id', 'fee_type', 'charge_id', 'charge_filter_id', 'fixed_charge_id', sa.literal_column('md5(grouped_by::text)')], unique=True, postgresql_nulls_not_distinct=True)
    op.add_column('invoices', sa.Column('ready_to_be_refreshed', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('invoices', sa.Column('finalization_due_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_fees_paid', 'fees', ['subscription_id'], unique=False, postgresql_where=sa.text("invoice_id IS NULL AND deleted_at IS NULL AND payment_status = 'succeeded'"))
    op.create_index('ix_invoices_drafts', 'invoices', ['customer_id'], unique=False, postgresql_where=sa.text("status = 'draft'"))
    op.create_index('ix_invoices_finalization_due', 'invoices', ['organization_id', 'finalization_due_at'], unique=False, postgresql_where=sa.text('finalization_due_at IS NOT NULL'))


def downgrade():
    op.drop_index('ix_invoices_finalization_due', table_name='invoices', postgresql_where=sa.text('finalization_due_at IS NOT NULL'))
    op.drop_index('ix_fees_paid', table_name='fees', postgresql_where=sa.text("invoice_id IS NULL AND deleted_at IS NULL AND payment_status = 'succeeded'"))
    op.drop_index('ix_invoices_drafts', table_name='invoices', postgresql_where=sa.text("status = 'draft'"))
    op.drop_column('invoices', 'finalization_due_at')
    op.drop_column('invoices', 'ready_to_be_refreshed')
    op.drop_index('uq_adjusted_fees', table_name='adjusted_fees', postgresql_nulls_not_distinct=True)
    op.drop_table('adjusted_fees')
