"""forms that were sent"""

from alembic import op
import sqlalchemy as sa


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sent_form',
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['change_batch.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], ),
    sa.PrimaryKeyConstraint('user_id', 'ticket')
    )

def downgrade() -> None:
    op.drop_table('sent_form')
