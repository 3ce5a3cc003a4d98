"""credit notes, thresholds, alerts, features

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 15:15:48.746105

"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('features',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('uq_features_code', 'features', ['organization_id', 'code'], unique=True, postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_table('alerts',
    sa.Column('external_subscription_id', sa.Text(), nullable=True),
    sa.Column('billable_metric_id', sa.Uuid(), nullable=True),
    sa.Column('alert_type', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('direction', sa.Text(), nullable=False),
    sa.Column('previous_value', sa.Numeric(), nullable=False),
    sa.Column('last_processed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['billable_metric_id'], ['billable_metrics.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('uq_alerts_code', 'alerts', ['organization_id', 'external_subscription_id', 'code'], unique=True, postgresql_where=sa.text('deleted_at IS NULL AND external_subscription_id IS NOT NULL'))
    op.create_index('uq_alerts_type', 'alerts', ['organization_id', 'external_subscription_id', 'alert_type', 'billable_metric_id'], unique=True, postgresql_nulls_not_distinct=True, postgresql_where=sa.text('deleted_at IS NULL AND external_subscription_id IS NOT NULL'))
    op.create_table('entitlements',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('feature_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['feature_id'], ['features.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('plan_id', 'feature_id', name='uq_entitlements')
    )
    op.create_table('privileges',
    sa.Column('feature_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('value_type', sa.Text(), nullable=False),
    sa.Column('config', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['feature_id'], ['features.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('uq_privileges_code', 'privileges', ['feature_id', 'code'], unique=True, postgresql_where=sa.text('deleted_at IS NULL'))
    op.create_table('usage_thresholds',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('threshold_display_name', sa.Text(), nullable=True),
    sa.Column('recurring', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['plan_id'], ['plans.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_usage_thresholds_plan_id'), 'usage_thresholds', ['plan_id'], unique=False)
    op.create_table('alert_thresholds',
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('value', sa.Numeric(), nullable=False),
    sa.Column('recurring', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_alert_thresholds_alert_id'), 'alert_thresholds', ['alert_id'], unique=False)
    op.create_table('entitlement_values',
    sa.Column('entitlement_id', sa.Uuid(), nullable=False),
    sa.Column('privilege_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['entitlement_id'], ['entitlements.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['privilege_id'], ['privileges.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('entitlement_id', 'privilege_id', name='uq_entitlement_values')
    )
    op.create_table('applied_usage_thresholds',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('usage_threshold_id', sa.Uuid(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('threshold_display_name', sa.Text(), nullable=True),
    sa.Column('recurring', sa.Boolean(), nullable=False),
    sa.Column('threshold_created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('threshold_updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifetime_usage_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_applied_usage_thresholds_invoice_id'), 'applied_usage_thresholds', ['invoice_id'], unique=False)
    op.create_table('credit_notes',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('sequential_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('credit_status', sa.Text(), nullable=False),
    sa.Column('refund_status', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('issuing_date', sa.Date(), nullable=False),
    sa.Column('total_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('credit_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('refund_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('offset_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('balance_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('coupons_adjustment_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('precise_coupons_adjustment_amount_cents', sa.Numeric(precision=30, scale=5), nullable=False),
    sa.Column('sub_total_excluding_taxes_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('taxes_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('precise_taxes_amount_cents', sa.Numeric(precision=30, scale=5), nullable=False),
    sa.Column('taxes_rate', sa.Double(), nullable=False),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('metadata', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('balance_amount_cents BETWEEN 0 AND credit_amount_cents', name='ck_credit_notes_balance'),
    sa.CheckConstraint('total_amount_cents = credit_amount_cents + refund_amount_cents + offset_amount_cents AND credit_amount_cents >= 0 AND refund_amount_cents >= 0 AND offset_amount_cents >= 0', name='ck_credit_notes_total'),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], ),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('invoice_id', 'sequential_id', name='uq_credit_notes_of_invoice')
    )
    op.create_index('ix_credit_notes_customer', 'credit_notes', ['customer_id', 'created_at', 'seq'], unique=False)
    op.create_index('ix_credit_notes_listed', 'credit_notes', ['organization_id', 'created_at', 'seq'], unique=False)
    op.create_table('entitlement_removals',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('feature_id', sa.Uuid(), nullable=False),
    sa.Column('privilege_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['feature_id'], ['features.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['privilege_id'], ['privileges.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('uq_entitlement_removals', 'entitlement_removals', ['subscription_id', 'feature_id', 'privilege_id'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table('subscription_entitlements',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('feature_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['feature_id'], ['features.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('subscription_id', 'feature_id', name='uq_subscription_entitlements')
    )
    op.create_table('subscription_usage_thresholds',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('threshold_display_name', sa.Text(), nullable=True),
    sa.Column('recurring', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_subscription_usage_thresholds_subscription_id'), 'subscription_usage_thresholds', ['subscription_id'], unique=False)
    op.create_table('triggered_alerts',
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=True),
    sa.Column('current_value', sa.Numeric(), nullable=False),
    sa.Column('previous_value', sa.Numeric(), nullable=False),
    sa.Column('crossed_thresholds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('triggered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], ),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_triggered_alerts_alert_id'), 'triggered_alerts', ['alert_id'], unique=False)
    op.create_table('credit_note_items',
    sa.Column('credit_note_id', sa.Uuid(), nullable=False),
    sa.Column('fee_id', sa.Uuid(), nullable=True),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('precise_amount_cents', sa.Numeric(precision=30, scale=5), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_notes.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['fee_id'], ['fees.id'], ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_credit_note_items_credit_note_id'), 'credit_note_items', ['credit_note_id'], unique=False)
    op.create_index(op.f('ix_credit_note_items_fee_id'), 'credit_note_items', ['fee_id'], unique=False)
    op.create_table('credit_note_taxes',
    sa.Column('credit_note_id', sa.Uuid(), nullable=False),
    sa.Column('base_amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('tax_id', sa.Uuid(), nullable=True),
    sa.Column('tax_name', sa.Text(), nullable=False),
    sa.Column('tax_code', sa.Text(), nullable=False),
    sa.Column('tax_rate', sa.Double(), nullable=False),
    sa.Column('tax_description', sa.Text(), nullable=True),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_notes.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['tax_id'], ['taxes.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_credit_note_taxes_credit_note_id'), 'credit_note_taxes', ['credit_note_id'], unique=False)
    op.create_table('invoice_credits',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('progressive_invoice_id', sa.Uuid(), nullable=True),
    sa.Column('credit_note_id', sa.Uuid(), nullable=True),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('before_taxes', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_notes.id'], ),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['progressive_invoice_id'], ['invoices.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_invoice_credits_credit_note_id'), 'invoice_credits', ['credit_note_id'], unique=False)
    op.create_index(op.f('ix_invoice_credits_invoice_id'), 'invoice_credits', ['invoice_id'], unique=False)
    op.create_index(op.f('ix_invoice_credits_progressive_invoice_id'), 'invoice_credits', ['progressive_invoice_id'], unique=False)
    op.create_table('subscription_entitlement_values',
    sa.Column('entitlement_id', sa.Uuid(), nullable=False),
    sa.Column('privilege_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['entitlement_id'], ['subscription_entitlements.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], ),
    sa.ForeignKeyConstraint(['privilege_id'], ['privileges.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('entitlement_id', 'privilege_id', name='uq_subscription_entitlement_values')
    )
    op.drop_index(op.f('uq_invoice_subscriptions_subscription_starting'), table_name='invoice_subscriptions', postgresql_where="((invoicing_reason = 'subscription_starting'::text) AND (NOT regenerated))")
    op.create_index('uq_invoice_subscriptions_subscription_starting', 'invoice_subscriptions', ['subscription_id', 'timestamp'], unique=True, postgresql_where=sa.text("invoicing_reason = 'subscription_starting' AND NOT regenerated"))
    op.add_column('invoices', sa.Column('offset_amount_cents', sa.BigInteger(), server_default=sa.text('0'), nullable=False))
    op.add_column('invoices', sa.Column('progressive_key', sa.Text(), nullable=True))
    op.create_index('uq_invoices_progressive', 'invoices', ['organization_id', 'progressive_key'], unique=True)
    op.add_column('plans', sa.Column('metadata', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('subscriptions', sa.Column('first_started_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('subscriptions', sa.Column('activation_rules', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('subscriptions', sa.Column('termination_alerted_on', sa.Date(), nullable=True))
    op.add_column('subscriptions', sa.Column('trial_end_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('subscriptions', sa.Column('termination_alert_due_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_subscriptions_previous', 'subscriptions', ['previous_subscription_id'], unique=False)
    op.create_index('ix_subscriptions_termination_alert_due', 'subscriptions', ['organization_id', 'termination_alert_due_at'], unique=False, postgresql_where=sa.text('termination_alert_due_at IS NOT NULL'))
    op.create_index('ix_subscriptions_trial_end_due', 'subscriptions', ['organization_id', 'trial_end_due_at'], unique=False, postgresql_where=sa.text('trial_end_due_at IS NOT NULL'))


def downgrade():
    op.drop_index('ix_subscriptions_trial_end_due', table_name='subscriptions', postgresql_where=sa.text('trial_end_due_at IS NOT NULL'))
    op.drop_index('ix_subscriptions_termination_alert_due', table_name='subscriptions', postgresql_where=sa.text('termination_alert_due_at IS NOT NULL'))
    op.drop_index('ix_subscriptions_previous', table_name='subscriptions')
    op.drop_column('subscriptions', 'termination_alert_due_at')
    op.drop_column('subscriptions', 'trial_end_due_at')
    op.drop_column('subscriptions', 'termination_alerted_on')
    op.drop_column('subscriptions', 'activation_rules')
    op.drop_column('subscriptions', 'first_started_at')
    op.drop_column('plans', 'metadata')
    op.drop_index('uq_invoices_progressive', table_name='invoices')
    op.drop_column('invoices', 'progressive_key')
    op.drop_column('invoices', 'offset_amount_cents')
    op.drop_index('uq_invoice_subscriptions_subscription_starting', table_name='invoice_subscriptions', postgresql_where=sa.text("invoicing_reason = 'subscription_starting' AND NOT regenerated"))
    op.create_index(op.f('uq_invoice_subscriptions_subscription_starting'), 'invoice_subscriptions', ['subscription_id'], unique=True, postgresql_where="((invoicing_reason = 'subscription_starting'::text) AND (NOT regenerated))")
    op.drop_table('subscription_entitlement_values')
    op.drop_index(op.f('ix_invoice_credits_progressive_invoice_id'), table_name='invoice_credits')
    op.drop_index(op.f('ix_invoice_credits_invoice_id'), table_name='invoice_credits')
    op.drop_index(op.f('ix_invoice_credits_credit_note_id'), table_name='invoice_credits')
    op.drop_table('invoice_credits')
    op.drop_index(op.f('ix_credit_note_taxes_credit_note_id'), table_name='credit_note_taxes')
    op.drop_table('credit_note_taxes')
    op.drop_index(op.f('ix_credit_note_items_fee_id'), table_name='credit_note_items')
    op.drop_index(op.f('ix_credit_note_items_credit_note_id'), table_name='credit_note_items')
    op.drop_table('credit_note_items')
    op.drop_index(op.f('ix_triggered_alerts_alert_id'), table_name='triggered_alerts')
    op.drop_table('triggered_alerts')
    op.drop_index(op.f('ix_subscription_usage_thresholds_subscription_id'), table_name='subscription_usage_thresholds')
    op.drop_table('subscription_usage_thresholds')
    op.drop_table('subscription_entitlements')
    op.drop_index('uq_entitlement_removals', table_name='entitlement_removals', postgresql_nulls_not_distinct=True)
    op.drop_table('entitlement_removals')
    op.drop_index('ix_credit_notes_listed', table_name='credit_notes')
    op.drop_index('ix_credit_notes_customer', table_name='credit_notes')
    op.drop_table('credit_notes')
    op.drop_index(op.f('ix_applied_usage_thresholds_invoice_id'), table_name='applied_usage_thresholds')
    op.drop_table('applied_usage_thresholds')
    op.drop_table('entitlement_values')
    op.drop_index(op.f('ix_alert_thresholds_alert_id'), table_name='alert_thresholds')
    op.drop_table('alert_thresholds')
    op.drop_index(op.f('ix_usage_thresholds_plan_id'), table_name='usage_thresholds')
    op.drop_table('usage_thresholds')
    op.drop_index('uq_privileges_code', table_name='privileges', postgresql_where=sa.text('deleted_at IS NULL'))
    op.drop_table('privileges')
    op.drop_table('entitlements')
    op.drop_index('uq_alerts_type', table_name='alerts', postgresql_nulls_not_distinct=True, postgresql_where=sa.text('deleted_at IS NULL AND external_subscription_id IS NOT NULL'))
    op.drop_index('uq_alerts_code', table_name='alerts', postgresql_where=sa.text('deleted_at IS NULL AND external_subscription_id IS NOT NULL'))
    op.drop_table('alerts')
    op.drop_index('uq_features_code', table_name='features', postgresql_where=sa.text('deleted_at IS NULL'))
    op.drop_table('features')
