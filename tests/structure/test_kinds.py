"""The catalogue: fields are columns, references say what a delete and a merge do, rights cover every kind."""

import pytest

from crm_app import wire
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.values import defaults
from crm_app.core.changes.working import table_of
from crm_app.core.schema import Record
from crm_app.identity.matrix import OBJECTS

wire.wire()
ALL = list(wire.KINDS)


@pytest.mark.parametrize("known", ALL, ids=lambda k: k.name)
def test_fields_are_columns_and_columns_are_fields(known: Kind) -> None:
    columns = set(table_of(known.table).columns.keys())
    assert set(known.by_name) <= columns
    assert known.title in known.by_name
    assert columns - set(Record.model_fields) == set(known.by_name), "a column that no field describes is never logged"


@pytest.mark.parametrize("known", ALL, ids=lambda k: k.name)
def test_references_say_what_a_delete_and_a_merge_do(known: Kind) -> None:
    for field in [*known.fields, *(f for c in known.children for f in c.fields)]:
        assert bool(field.ref) == (field.type == "ref"), field.name
        if field.ref:
            assert kind(field.ref) and field.on_delete in ("refuse", "detach", "cascade")
            assert field.on_merge in ("move", "stay", "refuse") or not kind(field.ref).mergeable
            assert not (field.required and field.on_delete == "detach" and field in known.fields), field.name


@pytest.mark.parametrize("known", ALL, ids=lambda k: k.name)
def test_children_point_to_their_root(known: Kind) -> None:
    for children in known.children:
        columns = table_of(children.table).columns
        assert children.parent in columns and set(children.fixed) <= set(columns.keys())
        assert {f.name for f in children.fields} <= set(columns.keys())
        assert not children.key or children.key in {f.name for f in children.fields}


@pytest.mark.parametrize("known", ALL, ids=lambda k: k.name)
def test_every_kind_has_an_object_of_rights(known: Kind) -> None:
    assert wire.OBJECT_OF.get(known.name, known.name) in OBJECTS


@pytest.mark.parametrize("known", ALL, ids=lambda k: k.name)
def test_choices_hold_the_default(known: Kind) -> None:
    row = defaults(known.table)
    for field in known.fields:
        if field.choices and row[field.name] is not None:
            assert row[field.name] in field.choices, field.name


def test_synonyms_are_unambiguous_within_a_kind() -> None:
    for known in ALL:
        fields = [f for f in known.fields if f.editable]
        seen: dict[str, str] = {}
        for field in fields:
            for word in field.synonyms:
                assert seen.setdefault(word.casefold(), field.name) == field.name, (known.name, word)
