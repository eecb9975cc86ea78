"""sweeps in hand"""

from alembic import op
import sqlalchemy as sa


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('duplicate_model', schema=None) as batch_op:
        batch_op.add_column(sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('duplicate_model', schema=None) as batch_op:
        batch_op.drop_column('begun_at')

