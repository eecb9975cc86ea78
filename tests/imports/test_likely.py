"""Rows that no key matches but that look like a record that is here: added, left out, or taken for it."""

from pathlib import Path
from typing import Any, cast

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.core.changes.replay import differences
from crm_app.identity.matrix import MATRIX
from crm_app.imports import running
from crm_app.imports.history import report_of, undo_run
from crm_app.imports.report import ImportReport
from crm_app.imports.rows import remarks_of
from crm_app.imports.runs import refused_csv
from crm_app.imports.service import resume
from crm_app.tables import DuplicatePair, Person, PersonEmail, PersonPhone
from tests.imports.files import all_of, load, reasons
from tests.support.builders import make_company, make_person, make_user, principal

HEADER = "first name,last name,e-mail,phone,job title\n"
ROW = "Jonathan,Berglund,jonathan@elsewhere.example,+47 22 12 34 56,Pilot\n"
STRANGER = "Zora,Quill,zora@quill.example,,\n"


def jon(**more: Any) -> int:
    values = {"first_name": "Jon", "last_name": "Berglund", "display_name": "Jon Berglund"}
    return make_person(**values | {"phones": [{"value": "+4722123456"}]} | more)


def living() -> dict[int, Person]:
    return {p.id: p for p in all_of(Person) if p.deleted_at is None}


def counts(report: ImportReport) -> tuple[int, ...]:
    return report.created, report.updated, report.unchanged, report.refused, report.taken, report.left


@pytest.mark.parametrize("dry_run", [True, False])
def test_it_is_left_out_with_the_reason(database_url: str, tmp_path: Path, dry_run: bool) -> None:
    jon()
    report = load(tmp_path, "people", HEADER + ROW + STRANGER, likely="leave", dry_run=dry_run)
    assert counts(report) == (1, 0, 0, 1, 0, 1) and report.ok and report.alike == 0
    assert "Looks like Jon Berglund" in reasons(report)[2] and "same phone" in reasons(report)[2]
    assert any("left out" in said for said in remarks_of(report))
    assert len(living()) == (1 if dry_run else 2)
    if not dry_run:
        assert report.run_id is not None
        assert report_of_run(report).left == 1 and "Jonathan" in refused_csv(SYSTEM, report.run_id)
        again = load(tmp_path, "people", HEADER + ROW + STRANGER, likely="leave")
        assert counts(again) == (0, 0, 1, 1, 0, 1)


def report_of_run(report: ImportReport) -> ImportReport:
    return db.read_sync(report_of, SYSTEM, report.run_id or 0)


@pytest.mark.parametrize("dry_run", [True, False])
def test_it_updates_the_likely_record_and_can_be_undone(database_url: str, tmp_path: Path, dry_run: bool) -> None:
    id = jon(phones=[{"value": "+4722123456", "is_primary": True}, {"value": "+4799888777"}])
    report = load(tmp_path, "people", HEADER + ROW + STRANGER, likely="update", dry_run=dry_run)
    assert counts(report) == (1, 1, 0, 0, 1, 0) and report.ok
    (guess,) = report.guesses
    assert (guess.given, guess.taken.split(" (")[0]) == ("Jonathan Berglund", "Jon Berglund")
    if dry_run:
        assert living()[id].title == ""
        return
    assert living()[id].title == "Pilot" and len(living()) == 2
    assert [e.value for e in all_of(PersonEmail) if e.person_id == id] == ["jonathan@elsewhere.example"]
    assert [e.value for e in all_of(PersonPhone)] == ["+4722123456", "+4799888777"]
    assert all_of(DuplicatePair) == [] and db.read_sync(differences) == []
    assert (kept := report_of_run(report)).taken == 1 and kept.guesses == report.guesses
    again = load(tmp_path, "people", HEADER + ROW + STRANGER, likely="update")
    assert counts(again) == (0, 0, 2, 0, 0, 0), "the second time a key matches"
    assert report.run_id is not None and undo_run(SYSTEM, report.run_id).ok
    assert [(p.display_name, p.title) for p in living().values()] == [("Jon Berglund", "")]


def test_two_that_are_as_likely_are_left_to_somebody(database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        jon()
    report = load(tmp_path, "people", HEADER + ROW, likely="update")
    assert counts(report) == (0, 0, 0, 1, 0, 0) and not report.ok
    assert reasons(report)[2].startswith("Could mean any of 2 people: Jon Berglund")


def test_a_record_of_somebody_else_is_not_touched(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    petra, me = make_user(name="Petra Quist"), make_user(role="manager")
    id = jon(owner_id=petra)
    manager = principal(me, "manager")
    report = load(tmp_path, "people", HEADER + ROW, likely="update", actor=manager)
    assert counts(report) == (0, 0, 0, 1, 0, 0) and "same phone" in reasons(report)[2], "seen, but not theirs to edit"
    rights = {**MATRIX["manager"], "person": {**MATRIX["manager"]["person"], "read": "own"}}
    monkeypatch.setitem(cast(dict, MATRIX), "manager", rights)
    for likely in ("update", "leave"):
        report = load(tmp_path, "people", HEADER + ROW, likely=likely, actor=manager)
        assert reasons(report)[2].startswith("Looks like Jon Berglund of Petra Quist."), "name and owner, nothing else"
        assert report.guesses == [] and report.likenesses == []
    assert living()[id].title == "" and len(living()) == 1


def test_another_external_id_is_another_one(sqlite_database: str, tmp_path: Path) -> None:
    jon(external_id="A1")
    text = "external id," + HEADER + "B7," + ROW
    report = load(tmp_path, "people", text, likely="update")
    assert counts(report) == (0, 0, 0, 1, 0, 0) and "another external id, 'A1'" in reasons(report)[2]


TWICE = HEADER + ROW + STRANGER + "Jon,Berglund,,0047 22 123456,Captain\n" + "Jonathan,Berglund,,+47 22 12 34 56,\n"


@pytest.mark.parametrize("size", [500, 1])
def test_a_person_who_stands_in_the_file_twice(
    database_url: str, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", size)
    monkeypatch.setattr(running, "LEAST_ROWS", size)
    left = load(tmp_path, "people", TWICE, likely="leave")
    assert (left.created, left.refused, left.left) == (2, 1, 1) and left.unchanged + left.updated == 1, str(left)
    assert left.run_id is not None and undo_run(SYSTEM, left.run_id).ok and living() == {}
    report = load(tmp_path, "people", TWICE, likely="update")
    assert (report.created, report.refused, report.left) == (2, 0, 0), str(report)
    assert sorted(p.title for p in living().values()) == ["", "Captain"] and db.read_sync(differences) == []
    assert all_of(DuplicatePair) == []


FAR = """first name,last name,e-mail,phone,job title
Jon,Berglund,jon@berglund.example,+47 22 12 34 56,
Zora,Quill,zora@quill.example,,
Jonathan,Berglund,,+47 22 12 34 56,Pilot
Ida,Moe,ida@moe.example,+47 99 88 77 66,
ida,Moe,,+47 99887766,Cook
Zora,Quill,zora@quill.example,,Baker
Siri,Vik,siri@vik.example,,
"""


@pytest.mark.parametrize("likely", ["create", "leave", "update"])
def test_a_trial_says_what_the_import_then_does_however_far_apart_the_rows_are(
    database_url: str, tmp_path: Path, likely: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    monkeypatch.setattr(running, "LEAST_ROWS", 2)
    trial = load(tmp_path, "people", FAR, likely=likely, dry_run=True)
    assert living() == {} and all_of(DuplicatePair) == [] and db.read_sync(differences) == []
    real = load(tmp_path, "people", FAR, likely=likely)
    assert (counts(trial), trial.alike, reasons(trial)) == (counts(real), real.alike, reasons(real))
    assert {(a.name, a.other, a.reasons) for a in trial.likenesses} == {
        (a.name, a.other, a.reasons) for a in real.likenesses
    }
    assert trial.guesses == real.guesses
    expected = {"create": (6, 4), "leave": (4, 0), "update": (4, 0)}  # each row by hand
    assert (real.created, real.alike) == expected[likely], str(real)


def test_companies_of_a_trial_are_met_further_down_the_file_too(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_ROWS", 1)
    monkeypatch.setattr(running, "LEAST_ROWS", 1)
    text = "name,website\nNordlys Energi AS,nordlys.example\nBolt,bolt.example\nNordlys Energi,www.nordlys.example\n"
    trial = load(tmp_path, "companies", text, dry_run=True)
    real = load(tmp_path, "companies", text)
    assert (counts(trial), trial.alike) == (counts(real), real.alike) == ((3, 0, 0, 0, 0, 0), 2)


def test_with_no_new_ones_a_likely_one_is_updated_and_a_stranger_refused(sqlite_database: str, tmp_path: Path) -> None:
    id = jon()
    plain = load(tmp_path, "people", HEADER + ROW + STRANGER, mode="update")
    assert counts(plain) == (0, 0, 0, 2, 0, 0)
    report = load(tmp_path, "people", HEADER + ROW + STRANGER, mode="update", likely="update")
    assert counts(report) == (0, 1, 0, 1, 1, 0) and "no such person" in reasons(report)[3]
    assert list(living()) == [id]


def test_companies_are_known_by_their_likeness_too(sqlite_database: str, tmp_path: Path) -> None:
    make_company(name="Acme Ltd", domain="acme.example")
    report = load(tmp_path, "companies", "name,domain,employees\nACME Limited,www.acme.example,7\n", likely="update")
    assert counts(report) == (0, 1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("kind", "how", "said"),
    [
        ("people", {"likely": "perhaps"}, "nothing to do"),
        ("people", {"likely": "update", "mode": "create"}, "Change one of the two"),
        ("deals", {"likely": "leave"}, "not compared"),
    ],
)
def test_what_makes_no_sense_is_said_first(
    sqlite_database: str, tmp_path: Path, kind: str, how: dict[str, str], said: str
) -> None:
    report = load(tmp_path, kind, "title,name\nX,Y\n", **how)
    assert said in report.problems[0] and report.created == 0


def test_a_run_that_goes_on_remembers_the_choice(sqlite_database: str, tmp_path: Path) -> None:
    jon()
    stopped = load(tmp_path, "people", HEADER + ROW, likely="leave", cancel=lambda: True)
    assert stopped.status == "cancelled" and stopped.run_id is not None
    report = resume(SYSTEM, stopped.run_id)
    assert counts(report) == (0, 0, 0, 1, 0, 1)


def test_an_edit_after_the_import_stays_when_it_is_undone(sqlite_database: str, tmp_path: Path) -> None:
    id = jon()
    report = load(tmp_path, "people", HEADER + ROW, likely="update")
    db.write_sync(apply, SYSTEM, Change("person", id, {"title": "Navigator"}))
    assert report.run_id is not None
    undone = undo_run(SYSTEM, report.run_id)
    assert undone.kept_count == 1 and living()[id].title == "Navigator" and living()[id].first_name == "Jon"


def test_the_choice_has_the_probability_of_the_hook(sqlite_database: str, tmp_path: Path) -> None:
    """What would be left out is exactly what waits as a pair when it is added."""
    jon()
    near = "Jon,Bergland,,+47 22 12 34 57,\n"
    for row in (ROW, STRANGER, near):
        trial = load(tmp_path, "people", HEADER + row, likely="leave", dry_run=True)
        added = load(tmp_path, "people", HEADER + row, dry_run=True)
        assert trial.left == added.alike
