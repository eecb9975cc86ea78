"""Every relation to what can be merged says what a merge does to it; one without a rule stops the start."""

from dataclasses import replace

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from crm_app import wire
from crm_app.core.changes import kinds
from crm_app.core.changes.kinds import MERGED
from crm_app.core.changes.working import table_of
from crm_app.core.errors import KithError
from crm_app.duplicates.merge import relations
from crm_app.duplicates.merge.relations import READ_THROUGH, pointers_to, unruled
from crm_app.tables import metadata

wire.wire()
MERGEABLE = {k.name for k in kinds() if k.mergeable}


def test_people_and_companies_can_be_merged() -> None:
    assert {"person", "company"} <= MERGEABLE


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda t: t.name)
def test_every_column_that_names_one_has_a_rule(table: Table) -> None:
    """Walks the tables themselves: foreign keys, and pairs of a kind and an id."""
    named = {key.parent.name for key in table.foreign_keys if key.column.table.name in MERGEABLE}
    if {"kind", "record_id"} <= set(table.c.keys()):
        named.add("record_id")
    if not named:
        return
    ruled: set[str] = set()
    for known in kinds():
        if table_of(known.table) is table:
            ruled |= {f.name for f in known.fields if f.on_merge}
        for children in (c for c in known.children if table_of(c.table) is table):
            ruled |= {f.name for f in children.fields if f.on_merge}
            if children.on_merge or not known.mergeable:
                ruled.add(children.parent)
    assert named <= ruled or table.name in READ_THROUGH, named - ruled


def test_rules_are_for_tables_that_exist() -> None:
    assert set(READ_THROUGH) <= set(metadata.tables)


def test_a_relation_without_a_rule_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unruled() == []
    found = {k.name: k for k in kinds()}
    deal = found["deal"]
    bare = replace(deal, fields=tuple(replace(f, on_merge="") if f.name == "person_id" else f for f in deal.fields))
    assert unruled([*(k for k in kinds() if k is not deal), bare]) == ["deal.person_id"]
    person = found["person"]
    loose = replace(person, children=tuple(replace(c, on_merge="") for c in person.children if c.name == "emails"))
    assert "person.emails" in unruled([*(k for k in kinds() if k is not person), loose])
    tables = MetaData()
    Table("person", tables, Column("id", Integer, primary_key=True))
    Table("opinion", tables, Column("about", Integer, ForeignKey("person.id")))
    Table("pair", tables, Column("kind", Integer), Column("record_id", Integer))
    assert unruled(None, tables) == ["opinion", "pair"]
    monkeypatch.setattr(relations, "READ_THROUGH", {})
    with pytest.raises(KithError, match="recent_view"):
        wire.wire()


def test_relations_are_found_once() -> None:
    for name in MERGEABLE:
        pointers = [(p.kind.name, p.name) for p in pointers_to(name)]
        assert len(pointers) == len(set(pointers)) and (name, MERGED) in pointers
