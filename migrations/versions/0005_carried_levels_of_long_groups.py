"""carried levels of long groups

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 13:45:00.000000

"""
from alembic import op
import sqlalchemy as sa

# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

OWNER = ['organization_id', 'external_subscription_id', 'charge_id', 'charge_filter_id']


def upgrade():
    op.drop_constraint('uq_carried_levels', 'carried_levels', type_='unique')
    op.create_index('uq_carried_levels', 'carried_levels', [*OWNER, sa.literal_column('md5(grouped_by::text)'), 'timestamp'], unique=True, postgresql_nulls_not_distinct=True)


def downgrade():
    op.drop_index('uq_carried_levels', table_name='carried_levels')
    op.create_unique_constraint('uq_carried_levels', 'carried_levels', [*OWNER, 'grouped_by', 'timestamp'], postgresql_nulls_not_distinct=True)
