"""Indexes are left out while a table is filled, and are all there afterwards, also after a kill."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from crm_app import migrations
from crm_app.core import db
from crm_app.demo.scale.grow import FILLED
from crm_app.migrations.indexes import left_out, missing_indexes
from crm_app.starting import _bring_up
from crm_app.tables import metadata


def _missing() -> set[str]:
    with db.engine().connect() as connection:
        return {str(index.name) for index in missing_indexes(connection)}


def test_what_is_unique_stays_the_rest_comes_back(database_url: str) -> None:
    own = {index for name in FILLED for index in metadata.tables[name].indexes}
    with left_out(FILLED):
        assert _missing() == {i.name for i in own if not i.unique} != set()
    assert _missing() == set()
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_failure_in_the_middle_brings_them_back(database_url: str) -> None:
    with pytest.raises(ZeroDivisionError), left_out(FILLED):
        raise ZeroDivisionError
    assert _missing() == set()


def test_the_start_makes_what_a_kill_left_out(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with db.engine().begin() as connection:
        connection.execute(text("DROP INDEX ix_activity_owner_at"))
    assert [p for p in migrations.problems() if "ix_activity_owner_at" in p]
    _bring_up(backup=False)
    assert "ix_activity_owner_at" in capsys.readouterr().out
    assert migrations.problems() == []
    _bring_up(backup=False)
    assert capsys.readouterr().out == ""
