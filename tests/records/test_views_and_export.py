"""Saved views open to those they are for; an export holds exactly what the list shows and no formula."""

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden, Invalid, NotFound
from crm_app.records.listing import default_listing, fields_of, list_page, read_listing
from crm_app.records.listing.export import write_export
from crm_app.records.listing.views import SaveView, delete_view, find_view, first_view, list_views, save_view
from tests.support.builders import change, make, make_company, make_person, make_team, make_user, principal


@pytest.fixture
def team(database_url: str) -> dict[str, Principal]:
    """Two sellers of one team, one of another, and an administrator."""
    north, south = make_team(), make_team()
    ids = {n: make_user(name=n, team_id=t) for n, t in (("ann", north), ("ben", north), ("cy", south), ("root", south))}
    members = frozenset((ids["ann"], ids["ben"]))
    return {
        "ann": principal(ids["ann"], "sales", team_id=north, member_ids=members),
        "ben": principal(ids["ben"], "sales", team_id=north, member_ids=members),
        "cy": principal(ids["cy"], "sales", team_id=south, member_ids=frozenset((ids["cy"],))),
        "root": principal(ids["root"], "administrator", team_id=south),
    }


def names(actor: Principal) -> list[str]:
    return [v.name for v in db.read_sync(list_views, actor, "person")]


def test_a_view_opens_to_its_audience(team: dict[str, Principal]) -> None:
    for audience in ("private", "team", "everyone"):
        db.write_sync(save_view, team["ann"], SaveView("person", f"for {audience}", {"sort": "-title"}, audience))
    db.write_sync(save_view, team["root"], SaveView("person", "first", {"q": "x"}, "role", "sales"))
    assert sorted(names(team["ann"])) == ["first", "for everyone", "for private", "for team"]
    assert sorted(names(team["ben"])) == ["first", "for everyone", "for team"]
    assert sorted(names(team["cy"])) == ["first", "for everyone"]
    assert names(replace(team["cy"], role="support")) == ["for everyone"]
    private = next(v for v in db.read_sync(list_views, team["ann"], "person") if v.audience == "private")
    with pytest.raises(NotFound):
        db.read_sync(find_view, team["ben"], private.id)
    opened = db.read_sync(first_view, team["ben"], "person")
    assert opened is not None and opened.name == "first" and opened.parameters == {"q": "x"}
    own = SaveView("person", "mine", {"first": "1"})
    db.write_sync(save_view, team["ben"], own)
    assert (found := db.read_sync(first_view, team["ben"], "person")) is not None and found.name == "mine"


def test_only_the_owner_changes_a_view(team: dict[str, Principal]) -> None:
    id = db.write_sync(save_view, team["ann"], SaveView("person", "shared", {}, "everyone"))
    for actor in (team["ben"], team["cy"]):
        with pytest.raises((Forbidden, NotFound)):
            db.write_sync(save_view, actor, SaveView("person", "taken", {}, "everyone", id=id))
        with pytest.raises((Forbidden, NotFound)):
            db.write_sync(delete_view, actor, id)
    db.write_sync(save_view, team["ann"], SaveView("person", "renamed", {"q": "y"}, "private", id=id))
    assert names(team["ben"]) == [] and names(team["ann"]) == ["renamed"]
    db.write_sync(delete_view, team["ann"], id)
    assert names(team["ann"]) == []


@pytest.mark.parametrize(
    "wish",
    [
        SaveView("person", " ", {}),
        SaveView("person", "x", {}, "world"),
        SaveView("person", "x", {}, "role", "emperor"),
        SaveView("person", "x", {"sort": "nothing"}),
        SaveView("person", "x", {"f": "{"}),
    ],
)
def test_a_view_that_would_not_open_is_not_saved(team: dict[str, Principal], wish: SaveView) -> None:
    with pytest.raises(Invalid):
        db.write_sync(save_view, team["root"], wish)
    assert names(team["root"]) == []


def test_sellers_choose_no_view_for_a_role(team: dict[str, Principal]) -> None:
    with pytest.raises(Forbidden):
        db.write_sync(save_view, team["ann"], SaveView("person", "x", {}, "role", "sales"))
    id = db.write_sync(save_view, team["ann"], SaveView("person", "mine", {}))
    other = {"audience": "team", "team_id": team["cy"].team_id}
    for values in ({"audience": "role", "role": "administrator"}, {"role": "sales"}, other):
        with pytest.raises(Invalid):  # whichever way it is asked
            change("saved_view", id, team["ann"], None, **values)
    change("saved_view", id, team["ann"], None, audience="team", team_id=team["ann"].team_id)


EVIL = ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "plain, with “quotes” and\nlines"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_what_the_list_shows(team: dict[str, Principal], tmp_path: Path, form: Any) -> None:
    company, tag = make_company(name="=Acme"), make("tag", name="vip")
    for n, name in enumerate(EVIL * 3):
        make_person(last_name=f"{name}{n}", company_id=company, owner_id=team["ann"].id, tags=[{"tag_id": tag}])
    make_person(last_name="Not hers", owner_id=team["cy"].id)
    fields = db.read_sync(fields_of, team["ann"], "person")
    listing = read_listing(
        "person", {"cols": "display_name,company_id,tags,owner_id,created_at", "sort": "-display_name"}, fields
    )
    path = tmp_path / f"out.{form}"
    count = db.read_sync(write_export, team["ann"], listing, path, form)
    mine = read_listing("person", {"f": '{"f":"owner_id","op":"is","v":["me"]}', "sort": "-display_name"}, fields)
    page = db.read_sync(list_page, team["ann"], mine)
    rows: list[list[Any]]
    if form == "csv":
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    else:
        rows = [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]  # type: ignore
        assert all(isinstance(row[4], datetime) for row in rows[1:])
    assert rows[0] == ["Name", "Company", "Tags", "Owner", "Created"]
    assert {str(row[4])[:10] for row in rows[1:]} == {clock.today("UTC").isoformat()}
    assert count == page.count == len(rows) - 1 == len(EVIL) * 3
    assert [str(r[0]).removeprefix("'") for r in rows[1:]] == [r.title for r in page.rows]
    assert not any(str(c).startswith(("=", "+", "-", "@", "\t")) for r in rows for c in r)
    assert {r[1] for r in rows[1:]} == {"'=Acme"} and {r[2] for r in rows[1:]} == {"vip"}


def test_only_the_selected_rows_are_exported_and_none_that_are_not_in_the_list(
    team: dict[str, Principal], tmp_path: Path
) -> None:
    hers = [make_person(last_name=f"P{n}", owner_id=team["ann"].id) for n in range(3)]
    other = make_person(last_name="Not hers", owner_id=team["cy"].id)
    path = tmp_path / "out.csv"
    wanted = [hers[0], hers[2], other]
    assert db.read_sync(write_export, team["ann"], default_listing("person"), path, "csv", wanted) == 2
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 3


def test_who_may_not_export_gets_nothing(team: dict[str, Principal], tmp_path: Path) -> None:
    reader = replace(team["cy"], role="read-only")
    with pytest.raises(Forbidden):
        db.read_sync(write_export, reader, default_listing("person"), tmp_path / "x.csv", "csv")
