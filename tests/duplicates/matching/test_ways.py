"""Every way in for a person or a company meets the duplicate hook; a new one is not known here until it does."""

import ast
import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many, undo
from crm_app.core.changes.working import table_of
from crm_app.core.errors import LikelyDuplicate
from crm_app.imports.service import import_file
from crm_app.lifecycle.service import move_person
from crm_app.records.bulk import run_bulk
from crm_app.records.bulk.start import start_bulk
from crm_app.records.create.service import create_record
from crm_app.tables import Company, Person
from tests.duplicates.matching.test_hook import JON, TYPED, pairs
from tests.support.builders import make, make_user, principal

ROOT = Path(__file__).parents[3]


def living(model: Any) -> int:
    table = table_of(model)
    query = select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))
    return db.read_sync(lambda s: s.connection().execute(query).scalar_one())


def asks(work: Callable[[], object], model: Any) -> None:
    """Nothing is made, and whoever asks for it is told why."""
    before = living(model)
    with pytest.raises(LikelyDuplicate):
        work()
    assert living(model) == before and pairs() == []


def form(_folder: Path) -> None:
    make("person", **JON)
    asks(lambda: db.write_sync(create_record, principal(make_user()), "person", TYPED), Person)


def form_of_a_company(_folder: Path) -> None:
    make("company", name="Acme Ltd", domain="acme.example")
    values = {"name": "ACME Limited", "domain": "www.acme.example"}
    asks(lambda: db.write_sync(create_record, principal(make_user()), "company", values), Company)


def service(_folder: Path) -> None:
    """A caller of the backbone, as an interface for other programs will be, under a source that nobody knows yet."""
    make("person", **JON)
    wish = Change("person", op="create", set=JON)
    asks(lambda: db.write_sync(apply_many, principal(make_user()), [wish], source="api"), Person)


def imported(folder: Path) -> None:
    one = make("person", **JON | {"external_id": "1"})
    path = folder / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["external_id", "first_name", "last_name", "email"], ["2", *list(TYPED.values())]])
    report = import_file(principal(make_user(role="administrator"), "administrator"), "people", path, dry_run=True)
    assert (report.created, report.alike, pairs()) == (1, 1, [])
    report = import_file(principal(make_user(role="administrator"), "administrator"), "people", path)
    assert (report.created, report.alike, living(Person)) == (1, 1, 2), str(report)
    assert "1 look like" in str(report)
    assert [(left, said) for left, _, said in pairs()] == [(one, "open")]


def brought(folder: Path) -> None:
    """A company that a row of a person names: the one that is here is taken, one of two is made and waits."""
    sure = make("company", name="Acme Ltd", domain="acme.example")
    twins = [make("company", name=f"Twin {form}", domain="twin.example") for form in ("GmbH", "AG")]
    path = folder / "people.csv"
    path.write_text(
        "first_name,last_name,email,company\nJon,Miller,jm@acme.example,ACME Limited\nAnn,Lee,a@twin.example,Twin Inc\n"
    )
    boss = principal(make_user(role="administrator"), "administrator")
    report = import_file(boss, "people", path, create_companies=True)
    assert (report.created, report.also_created, living(Company)) == (2, {"company": 1}, 4), str(report)
    query = select(table_of(Person).c.company_id).where(table_of(Person).c.last_name == "Miller")
    assert db.read_sync(lambda s: s.connection().execute(query).scalar_one()) == sure
    assert set(twins) & {id for one, two, _ in pairs() for id in (one, two)}


def conversion(_folder: Path) -> None:
    company = make("company", name="Acme Ltd", domain="acme.example")
    person = make("person", **JON, owner_id=(me := make_user()))
    moved = db.write_sync(move_person, principal(me), person, "contact", {"company_name": "The Acme Limited Company"})
    assert (moved.company_id, living(Company)) == (company, 1)
    assert "was there already" in moved.note


def undone(_folder: Path) -> None:
    two = make("person", **JON)
    gone = db.write_sync(apply, SYSTEM, Change("person", two, op="delete")).batch_id
    one = make("person", **JON)
    assert pairs() == []
    db.write_sync(undo, principal(make_user(), "administrator"), gone)
    assert pairs() == [(two, one, "open")]


def bulk(_folder: Path) -> None:
    two = make("person", **JON)
    db.write_sync(apply, SYSTEM, Change("person", two, op="delete"))
    one = make("person", **JON)
    boss = principal(make_user(role="administrator"), "administrator")
    run_bulk(db.write_sync(start_bulk, boss, "person", [two], op="restore"))
    assert pairs() == [(two, one, "open")]


# By the module that makes a record of a kind that may be compared; each is walked below.
WAYS: dict[str, tuple[Callable[[Path], None], ...]] = {
    "crm_app/records/create/service.py": (form, form_of_a_company),
    "crm_app/imports/recipes/recipe.py": (imported,),
    "crm_app/imports/chunk.py": (imported,),
    "crm_app/imports/missing.py": (brought,),
    "crm_app/lifecycle/service.py": (conversion,),
    "crm_app/core/changes/undo.py": (undone,),
    "crm_app/records/bulk/portions.py": (bulk,),
}
ELSEWHERE = {"crm_app/territories/service.py"}  # of kinds that are not compared
UNASKED = ("crm_app/demo/", "crm_app/bench/")


def makes(path: Path) -> bool:
    """Is there a `Change` that makes a record of a kind that is not plainly another one than these?"""
    text = path.read_text(encoding="utf-8")
    for call in ast.walk(ast.parse(text)) if "Change(" in text else ():
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Change"):
            continue
        op = next((k.value for k in call.keywords if k.arg == "op"), call.args[3] if len(call.args) > 3 else None)
        plain = op is None or (isinstance(op, ast.Constant) and op.value not in ("create", "restore"))
        name = call.args[0] if call.args else None
        others = isinstance(name, ast.Constant) and name.value not in ("person", "company")
        if not plain and not others:
            return True
    return False


def test_every_way_in_is_known() -> None:
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "crm_app").rglob("*.py") if makes(path)}
    assert {name for name in found if not name.startswith(UNASKED)} == set(WAYS) | ELSEWHERE


@pytest.mark.parametrize("way", list(dict.fromkeys([service, *(way for ways in WAYS.values() for way in ways)])))
def test_this_way_meets_who_is_there(database_url: str, tmp_path: Path, way: Callable[[Path], None]) -> None:
    way(tmp_path)
