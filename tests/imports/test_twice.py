"""The same file twice, and a file in which somebody stands twice."""

from pathlib import Path

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes.replay import differences
from crm_app.imports.history import undo_run
from crm_app.tables import Person, PersonPhone
from tests.imports.files import all_of, load
from tests.support.builders import make_person

TWICE = """name,email,phone,title
Ada Byron,ada@byron.example,+49 30 123456,
Bo Diaz,bo@diaz.example,+49 30 777777,
Ada Byron,ada@byron.example,+49 30 654321,Countess
Ada Byron,ada@byron.example,+49 30 123456,
"""


def numbers() -> dict[str, list[str]]:
    """Who has which numbers, in their order."""
    names = {p.id: p.display_name for p in all_of(Person) if p.deleted_at is None}
    rows = sorted((r for r in all_of(PersonPhone) if r.person_id in names), key=lambda r: (r.position, r.id))
    return {name: [r.value for r in rows if r.person_id == id] for id, name in names.items()}


@pytest.mark.parametrize("known", [False, True])
def test_every_row_of_somebody_adds_to_the_rows_before_it(database_url: str, tmp_path: Path, known: bool) -> None:
    if known:
        load(tmp_path, "people", "name,email,phone\nAda Byron,ada@byron.example,+49 30 999999\n")
    report = load(tmp_path, "people", TWICE)
    assert (report.created, report.updated, report.unchanged) == ((1, 2, 1) if known else (2, 1, 1)), str(report)
    first = ["+4930999999"] if known else []
    assert numbers() == {"Ada Byron": [*first, "+4930123456", "+4930654321"], "Bo Diaz": ["+4930777777"]}
    assert next(p.title for p in all_of(Person) if p.display_name == "Ada Byron") == "Countess"
    assert db.read_sync(differences) == []
    again = load(tmp_path, "people", TWICE)
    assert (again.unchanged, again.created, again.updated) == (4, 0, 0)
    assert report.run_id is not None and undo_run(SYSTEM, report.run_id).ok
    assert numbers() == ({"Ada Byron": ["+4930999999"]} if known else {})


def test_an_address_kept_in_capitals_is_known_again(database_url: str, tmp_path: Path) -> None:
    id = make_person(display_name="Ada Byron", emails=[{"value": "Ada@Byron.Example"}])
    make_person(display_name="Bo Diaz", emails=[{"value": "bo@diaz.example"}])
    report = load(tmp_path, "people", "name,email,title\nA. Byron,ADA@byron.example,Countess\n,bo@diaz.example,Pilot\n")
    assert (report.created, report.updated) == (0, 2), str(report)
    assert {p.title for p in all_of(Person)} == {"Countess", "Pilot"}
    assert next(p.title for p in all_of(Person) if p.id == id) == "Countess"
