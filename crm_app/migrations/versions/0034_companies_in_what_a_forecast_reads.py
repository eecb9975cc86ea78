"""companies in what a forecast reads"""

from alembic import op
import sqlalchemy as sa


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

LIVING = sa.text('deleted_at IS NULL')
DAYS = {'ix_deal_expected': 'expected_close_on', 'ix_deal_closed': 'closed_on'}


def _anew(*more: str) -> None:
    for name, day in DAYS.items():
        columns = [day, 'stage_id', 'owner_id', 'forecast', 'currency', *more, 'value_minor', 'id', 'deleted_at']
        op.drop_index(name, table_name='deal')
        op.create_index(name, 'deal', columns, unique=False, sqlite_where=LIVING, postgresql_where=LIVING)


def upgrade() -> None:
    _anew('company_id')


def downgrade() -> None:
    _anew()
