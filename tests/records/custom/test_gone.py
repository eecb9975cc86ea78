"""A person or a company in a custom field: what was deleted is not named any more, what was merged leads on."""

import csv
from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.records.listing import Listing, list_page
from crm_app.records.listing.export import write_export
from crm_app.records.page.queries import record_page
from crm_app.records.reading import GONE
from tests.duplicates.world import merge
from tests.support.builders import make, make_company, make_person, make_user, principal


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def seen(who: Principal, name: str, company: int, folder: Path) -> tuple[str, str, str, str]:
    """The field on the page of the record, in a list with its link, and in a file."""
    page = db.read_sync(record_page, who, "company", company)
    (shown,) = [p for p in page.properties if p.field == name]
    (line,) = [r for r in db.read_sync(list_page, who, Listing("company", columns=(name,))).rows if r.id == company]
    (cell,) = line.cells
    db.read_sync(write_export, who, Listing("company", columns=(name,)), folder / "out.csv", "csv", [company])
    with (folder / "out.csv").open(newline="", encoding="utf-8-sig") as file:
        (_, (written,)) = list(csv.reader(file))
    return shown.value, cell.text, cell.href, written


@pytest.mark.parametrize("type_", ["person", "company"])
def test_what_was_deleted_is_not_named(ann: Principal, tmp_path: Path, type_: str) -> None:
    field = make("custom_field", kind="company", key="agent", label="Agent", type=type_)
    make_one = make_person if type_ == "person" else make_company
    title = {"display_name": "Zoe Zander"} if type_ == "person" else {"name": "Zoe Zander"}
    agent, other = make_one(**title), make_one(**title)
    name, path = f"custom.{field}", "people" if type_ == "person" else "companies"
    company = make_company(name="Acme", **{name: agent})
    there = ("Zoe Zander", "Zoe Zander", f"/{path}/{agent}", "Zoe Zander")
    assert seen(ann, name, company, tmp_path) == there
    gone = db.write_sync(apply, SYSTEM, Change(type_, agent, op="delete"))
    assert seen(ann, name, company, tmp_path) == (GONE, GONE, "", GONE)
    db.write_sync(apply, SYSTEM, Change(type_, agent, op="restore"))
    assert seen(ann, name, company, tmp_path) == there and gone.op == "delete"
    merge(type_, other, agent)
    assert seen(ann, name, company, tmp_path)[0] == "Zoe Zander", "it is another record now, which its link leads to"
