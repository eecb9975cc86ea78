"""Every table has a class, and the class says who may write it."""

import re
from pathlib import Path

from sqlmodel import SQLModel

from crm_app.core.changes import kinds
from crm_app.core.schema import Child, Fact, Operational, Record
from crm_app.tables import metadata

ROOT = Path(__file__).parents[2]
BASES = {"record": Record, "child": Child, "fact": Fact, "operational": Operational}


def _models(base: type = SQLModel) -> list[type[SQLModel]]:
    found = list(base.__subclasses__())
    return [m for c in found for m in ([c] if hasattr(c, "__table__") else []) + _models(c)]


def test_every_table_has_a_model_and_a_class() -> None:
    models = {str(m.__tablename__): m for m in _models()}
    assert set(models) == set(metadata.tables)
    for name, model in models.items():
        stated = getattr(model, "table_class", None)
        assert stated in BASES, f"{name} has no class"
        assert issubclass(model, BASES[stated]), f"{name} says {stated} but is not built as one"


def test_records_are_kinds_and_children_belong_to_one(wired: None) -> None:
    tables = {str(k.table.__tablename__) for k in kinds()}
    assert tables == {str(m.__tablename__) for m in _models(Record)}
    assert all(k.name == k.table.__tablename__ for k in kinds())
    children = {str(c.table.__tablename__) for k in kinds() for c in k.children}
    assert children == {str(m.__tablename__) for m in _models(Child)}


def test_fields_of_kinds_are_columns(wired: None) -> None:
    for known in kinds():
        columns = set(metadata.tables[known.name].columns.keys())
        assert {f.name for f in known.fields} <= columns, known.name
        assert {known.title} | known.derived <= columns, known.name
        for child in known.children:
            there = set(metadata.tables[str(child.table.__tablename__)].columns.keys())
            assert {f.name for f in child.fields} | {child.parent} | set(child.fixed) <= there


def test_references_say_what_a_delete_and_a_merge_do(wired: None) -> None:
    names = {k.name for k in kinds()}
    for known in kinds():
        for field in known.fields:
            if field.type == "ref":
                assert field.ref in names, f"{known.name}.{field.name}"
                assert field.on_delete in ("refuse", "detach", "cascade") and field.on_merge in (
                    "",
                    "move",
                    "stay",
                    "refuse",
                )


WRITES = re.compile(r"\b(?:insert|update|delete)\((?:table_of\()?([A-Z]\w+)|session\.(?:add|delete)\(([A-Z]\w+)")


def test_records_are_written_by_the_core_only() -> None:
    """Elsewhere only derived columns are set, by name, in the one place that keeps them."""
    records = {m.__name__ for m in [*_models(Record), *_models(Child), *_models(Fact)]} - {
        "LoginEvent",
        "ForecastSnapshot",
    }
    allowed = {
        "crm_app/deals/hooks.py": {"Deal"},
        "crm_app/activities/hooks.py": {"Activity", "Person"},
        "crm_app/quotes/hooks.py": {"Quote"},
        "crm_app/scoring/service.py": {"Person"},
    }
    for path in sorted((ROOT / "crm_app").rglob("*.py")):
        if (ROOT / "crm_app/core/changes") not in path.parents:
            name = str(path.relative_to(ROOT))
            found = {a or b for a, b in WRITES.findall(path.read_text(encoding="utf-8"))} & records
            assert found <= allowed.get(name, set()), name
