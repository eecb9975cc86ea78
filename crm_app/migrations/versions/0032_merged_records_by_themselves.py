"""merged records by themselves"""

from alembic import op
import sqlalchemy as sa


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

THERE = sa.text('merged_into_id IS NOT NULL')


def upgrade() -> None:
    for table in ('person', 'company'):
        op.drop_index(f'ix_{table}_merged_into_id', table_name=table)
        op.create_index(f'ix_{table}_merged_into_id', table, ['merged_into_id'], unique=False, sqlite_where=THERE, postgresql_where=THERE)


def downgrade() -> None:
    for table in ('person', 'company'):
        op.drop_index(f'ix_{table}_merged_into_id', table_name=table)
        op.create_index(f'ix_{table}_merged_into_id', table, ['merged_into_id'], unique=False)
