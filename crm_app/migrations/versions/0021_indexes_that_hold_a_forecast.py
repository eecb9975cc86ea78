"""indexes that hold a forecast"""

from alembic import op
import sqlalchemy as sa


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

LIVING = sa.text('deleted_at IS NULL')
SUMS = ['stage_id', 'owner_id', 'forecast', 'currency', 'value_minor']


def _make(columns):
    for name, day in (('ix_deal_expected', 'expected_close_on'), ('ix_deal_closed', 'closed_on')):
        op.drop_index(name, 'deal')
        op.create_index(name, 'deal', [day, *columns], sqlite_where=LIVING, postgresql_where=LIVING)


def upgrade() -> None:
    _make([*SUMS, 'id', 'deleted_at'])


def downgrade() -> None:
    _make(SUMS)
