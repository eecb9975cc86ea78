"""what is due of whomever"""

from alembic import op
import sqlalchemy as sa


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

LIVING = sa.text('deleted_at IS NULL')


def upgrade() -> None:
    op.create_index('ix_activity_due', 'activity', ['due_at', 'at', 'id', 'deleted_at'], unique=False, sqlite_where=LIVING, postgresql_where=LIVING)


def downgrade() -> None:
    op.drop_index('ix_activity_due', table_name='activity')
