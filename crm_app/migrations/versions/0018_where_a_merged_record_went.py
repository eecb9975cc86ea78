"""where a merged record went"""

from alembic import op
import sqlalchemy as sa


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added in place: a large table is not copied, and its partial indexes stand
    for table in ('person', 'company'):
        column = sa.Column('merged_into_id', sa.BigInteger(), sa.ForeignKey(f'{table}.id'), nullable=True)
        op.add_column(table, column, inline_references=True)
        op.create_index(op.f(f'ix_{table}_merged_into_id'), table, ['merged_into_id'], unique=False)


def downgrade() -> None:
    for table in ('person', 'company'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f'ix_{table}_merged_into_id'))
            batch_op.drop_column('merged_into_id')
