"""What an import says of rows that look like somebody who is here already."""

from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.imports.history import report_of
from crm_app.imports.rows import alike_at, remarks_of
from crm_app.imports.service import import_file
from crm_app.tables import Person
from tests.support.builders import make_person, make_user, principal

ROWS = """First name,Last name,E-mail,Phone
Jonathan,Berglund,jonathan@elsewhere.example,+47 22 12 34 56
Zora,Quill,zora@quill.example,
"""


@pytest.mark.parametrize("dry_run", [True, False])
def test_rows_that_look_like_somebody_are_named_with_the_reason(
    database_url: str, tmp_path: Path, dry_run: bool
) -> None:
    who = principal(make_user(role="administrator"), "administrator")
    make_person(
        first_name="Jon",
        last_name="Berglund",
        display_name="Jon Berglund",
        phones=[{"value": "+4722123456"}],
    )
    file = tmp_path / "people.csv"
    file.write_text(ROWS)
    report = import_file(who, "people", file, mode="create", dry_run=dry_run)
    assert report.alike == len(report.likenesses) == 1
    (one,) = report.likenesses
    assert {one.name, one.other} == {"Jon Berglund", "Jonathan Berglund"} and "same phone" in one.reasons
    assert any("look like" in said for said in remarks_of(report))
    if dry_run:
        assert alike_at(report) == ""
        assert db.read_sync(lambda s: len(s.connection().execute(Person.__table__.select()).all())) == 1  # pyright: ignore
    else:
        assert alike_at(report) == f"/duplicates?kind=person&batch={report.batch_id}"
        assert report.run_id is not None
        again = db.read_sync(report_of, who, report.run_id)
        assert (again.alike, again.likenesses) == (1, report.likenesses)
