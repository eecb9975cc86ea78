"""totals of a board within an index"""

from alembic import op
import sqlalchemy as sa


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

LIVING = sa.text('deleted_at IS NULL')
COLUMNS = ['owner_id', 'stage_id', 'opened_on', 'currency', 'closed_on', 'value_minor', 'created_at', 'deleted_at']


def upgrade() -> None:
    op.create_index('ix_deal_owner_totals', 'deal', COLUMNS, unique=False, sqlite_where=LIVING, postgresql_where=LIVING)


def downgrade() -> None:
    op.drop_index('ix_deal_owner_totals', table_name='deal')
