"""counted within the index"""

from alembic import op
import sqlalchemy as sa


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

LIVING = sa.text('deleted_at IS NULL')
# by table and name: the columns of before, and those of now
WIDER = {
    ('activity', 'ix_activity_owner_at'): (
        ['owner_id', 'at', 'id', 'deleted_at'],
        ['owner_id', 'at', 'id', 'done_at', 'deleted_at'],
    ),
    ('person', 'ix_person_lifecycle_sort_key'): (
        ['lifecycle', 'sort_key', 'id', 'deleted_at'],
        ['lifecycle', 'sort_key', 'id', 'segment', 'owner_id', 'deleted_at'],
    ),
    ('quality_mark', 'ix_quality_mark_entered'): (
        ['kind', 'entered_at', 'entered_by_id'],
        ['kind', 'entered_at', 'entered_by_id', 'way', 'owner_id'],
    ),
}


def _anew(place: int) -> None:
    for (table, name), columns in WIDER.items():
        where = {} if table == 'quality_mark' else {'sqlite_where': LIVING, 'postgresql_where': LIVING}
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns[place], unique=False, **where)


def upgrade() -> None:
    op.create_index(
        'ix_activity_done',
        'activity',
        ['done_at', 'at', 'id', 'owner_id', 'deleted_at'],
        unique=False,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    _anew(1)


def downgrade() -> None:
    _anew(0)
    op.drop_index('ix_activity_done', table_name='activity')
