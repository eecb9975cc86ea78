"""Bad input is said beside the field in which it was typed, in the page as it stands, and what was typed stays."""

from typing import Any

import pytest
from sqlmodel import col, func, select

from crm_app.activities.state import ActivityCard
from crm_app.core import db
from crm_app.records.create.state import NewRecord
from crm_app.records.custom.state import FieldEditor
from crm_app.records.page.state import RecordScreen
from crm_app.tables import Activity, Company, CustomField, Person
from crm_app.timeline.state import TimelineView
from tests.support.builders import make, make_company, make_person, make_user, principal, row
from tests.support.tabs import Tab

pytestmark = pytest.mark.usefixtures("sqlite_database")
FLOAT = {"result": "float"}
ZEROS = "nothing but zeros"


def admin(path: str) -> Tab:
    return Tab(principal(make_user(role="administrator"), "administrator"), path)


def given(**values: str) -> dict[str, Any]:
    return {"values": {"label": "Code", "type": "text"} | values}


@pytest.mark.parametrize(
    ("pattern", "example", "field", "said"),
    [
        ("(", "", "pattern", "attern"),
        (r"(a)\1", "aa", "pattern", "attern"),
        ("[A-Z]{2}", "a", "pattern_example", "does not fit"),
        ("[A-Z]{2}", "", "pattern_example", "Give an example"),
    ],
)
def test_a_pattern_that_cannot_be_is_said_beside_it(pattern: str, example: str, field: str, said: str) -> None:
    tab = admin("/fields?kind=company")
    tab.call(FieldEditor, "load")
    tab.call(FieldEditor, "start", field_id=0)
    tab.call(FieldEditor, "save", **given(pattern=pattern, pattern_example=example))
    here = tab.state(FieldEditor)
    assert here.editing and said in here.errors[field]


def test_a_formula_of_itself_or_by_zero_is_said_while_it_is_written_and_on_the_record() -> None:
    tab = admin("/fields?kind=company")
    firm = make_company(name="Firm", employees=7)
    half = make(
        "custom_field", kind="company", key="h", label="Half", type="formula", formula="{employees} / 0", **FLOAT
    )
    tab.call(FieldEditor, "load")
    tab.call(FieldEditor, "start", field_id=half)
    assert [e.value for e in tab.state(FieldEditor).preview.examples] == ["empty: division by zero"]
    tab.call(FieldEditor, "try_formula", text="{Half} + 1")
    assert "Half → Half" in tab.state(FieldEditor).preview.error
    tab.call(FieldEditor, "save", values={"label": "Half", "type": "formula", "formula": "{Half} + 1"})
    here = tab.state(FieldEditor)
    assert here.editing and here.errors == {"formula": "A formula cannot use itself: Half → Half."}
    assert row(CustomField, half)["formula"] == "{employees} / 0"
    page = Tab(tab.who, f"/companies/{firm}")
    page.call(RecordScreen, "load")
    (shown,) = [p for p in page.state(RecordScreen).page.properties if p.field == f"custom.{half}"]
    assert (shown.value, shown.remark) == ("", "Empty: division by zero.")


def test_a_value_that_does_not_fit_its_pattern_is_said_beside_the_property() -> None:
    values = {"pattern": "(a+)+b", "pattern_example": "ab", "pattern_message": "Some a, then b"}
    code = make("custom_field", kind="company", key="c", label="Code", type="text", **values)
    page = admin(f"/companies/{make_company(name='Firm')}")
    page.call(RecordScreen, "load")
    page.call(RecordScreen, "save_field", name=f"custom.{code}", raw="a" * 400, version=1)
    answer = page.state(RecordScreen).answer
    assert answer.field == f"custom.{code}" and "Some a, then b" in answer.error


def test_a_number_of_zeros_is_said_beside_the_phones_and_in_the_form() -> None:
    ada = make_person()
    page = admin(f"/people/{ada}")
    page.call(RecordScreen, "load")
    page.call(RecordScreen, "save_part", part="phones", row=0, values={"value": "000 0000", "label": "work"})
    answer = page.state(RecordScreen).answer
    assert answer.field == "phones" and ZEROS in answer.error
    values = {"last_name": "Zero", "phones.value": "0000000"}
    page.call(NewRecord, "create", kind="person", values=values, stay=True, anyway=[])
    created = page.state(NewRecord).created
    assert created.id == 0 and list(created.errors) == ["phones.value"] and ZEROS in created.errors["phones.value"]
    assert row(Person, ada)["version"] == 1


def count(model: Any, *where: Any) -> int:
    return db.read_sync(lambda s: s.execute(select(func.count()).select_from(model).where(*where)).scalar_one())


def test_what_a_stumbling_line_brings_twice_is_made_once() -> None:
    """The browser may send the same form again when no answer came; a mistake that was refused may be mended."""
    tab = admin(f"/companies/{make_company(name='Firm')}")
    tab.call(TimelineView, "load")
    for name in ("", "Once", "Once"):
        tab.call(NewRecord, "create", kind="company", values={"name": name}, stay=True, anyway=[], ticket="7")
    for body in ("", "Hello", "Hello"):
        tab.call(TimelineView, "write", values={"type": "note", "body": body, "ticket": "8"})
    for subject in ("", "Call back", "Call back"):
        tab.call(ActivityCard, "save", id=0, values={"type": "task", "subject": subject, "ticket": "9"}, version=0)
    assert count(Company, col(Company.name) == "Once") == 1
    assert count(Activity) == 2
    tab.call(TimelineView, "write", values={"type": "note", "body": "Hello", "ticket": "10"})
    assert count(Activity) == 3


def test_what_was_saved_before_a_restart_is_not_made_again_and_nothing_typed_since_is_taken_for_saved() -> None:
    """A restarted server remembers nothing of a tab; its browser sends the form again under the same ticket."""
    who, path = principal(make_user(role="administrator"), "administrator"), f"/companies/{make_company(name='Firm')}"

    def press(text: str) -> Tab:
        tab = Tab(who, path)
        tab.call(NewRecord, "create", kind="company", values={"name": text}, stay=True, anyway=[], ticket="7")
        tab.call(TimelineView, "write", values={"type": "note", "body": text, "ticket": "8"})
        tab.call(ActivityCard, "save", id=0, values={"type": "task", "subject": text, "ticket": "9"}, version=0)
        return tab

    first, again, other = press("Once"), press("Once"), press("Once more")
    made = first.state(NewRecord).created
    assert made.id and (again.state(NewRecord).created.id, again.state(NewRecord).created.title) == (made.id, "Once")
    assert again.state(TimelineView).written.ticket == "8" and not again.state(ActivityCard).saved.errors
    errors = other.state(NewRecord).created.errors, other.state(TimelineView).written.errors
    for said in (*errors, other.state(ActivityCard).saved.errors):
        assert [text.startswith("This was saved already") for text in said.values()] == [True]
    assert count(Company, col(Company.name).like("Once%")) == 1 and count(Activity) == 2
    somebody = Tab(principal(make_user(role="administrator"), "administrator"), path)
    somebody.call(NewRecord, "create", kind="company", values={"name": "Theirs"}, stay=True, anyway=[], ticket="7")
    assert count(Company, col(Company.name) == "Theirs") == 1
