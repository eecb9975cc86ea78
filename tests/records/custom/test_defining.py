"""Definitions: what is refused in words, options that go, types that change, fields that are put away and come back."""

import json
import time
from typing import Any

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.replay import differences
from crm_app.core.changes.undo import undo
from crm_app.core.errors import Forbidden, Invalid, KithError, Refused
from crm_app.records.bulk import run_bulk
from crm_app.records.custom.patterns import fits, problem_of
from crm_app.records.custom.queries import askable_fields, field_form, names_in_conditions, preview_of
from crm_app.records.custom.service import Saved, add_field, archive_field, restore_field, save_field
from crm_app.records.listing import Listing, fields_of, list_page
from crm_app.tables import BulkRun, Company, CustomField
from tests.support.builders import (
    change,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
    principal,
    row,
)


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def add(actor: Principal, label: str, type_: str = "text", kind: str = "company", **given: str) -> int:
    values = {"kind": kind, "label": label, "type": type_} | given
    return db.write_sync(add_field, actor, values).id


def save(actor: Principal, id: int, **given: str) -> Saved:
    """The dialog as it stands, with these texts; a run that follows is carried on to its end."""
    form: Any = db.read_sync(field_form, "", id)
    same = {n: getattr(form, n) for n in ("label", "type", "help", "pattern", "pattern_example", "formula", "asks")}
    same |= {f"option.{o.id}": o.name for o in form.options}
    saved = db.write_sync(save_field, actor, id, {k: v for k, v in (same | given).items() if v}, form.version)
    if saved.run_id:
        assert run_bulk(saved.run_id).refused == 0
    return saved


def runs_to_the_end() -> None:
    from sqlmodel import select

    ids = db.read_sync(lambda s: list(s.scalars(select(BulkRun.id).where(BulkRun.status == "running"))))
    for id in ids:
        run_bulk(id)


def test_only_administrators_change_fields(ann: Principal) -> None:
    with pytest.raises(Forbidden):
        add(principal(make_user()), "Mine")
    with pytest.raises(Invalid, match="There is a field industry already"):
        add(ann, "industry")
    with pytest.raises(Invalid, match="Choose what the field belongs to"):
        add(ann, "X", kind="user")


def test_a_formula_that_refers_to_itself_names_the_circle(ann: Principal) -> None:
    a = add(ann, "Margin", "formula", "deal", formula="{Value} * 2")
    b = add(ann, "Score", "formula", "deal", formula="{Margin} / 3")
    for id, formula, circle in ((a, "{Score} + 1", "Margin → Score → Margin"), (a, "{Margin} + 1", "Margin → Margin")):
        with pytest.raises(Invalid) as refusal:
            save(ann, id, formula=formula)
        assert refusal.value.fields == {"formula": f"A formula cannot use itself: {circle}."}
        shown = db.read_sync(preview_of, ann, "deal", id, "Margin", formula)
        assert circle in shown.error
    with pytest.raises(Invalid, match="Margin → Score → Margin"):
        change("custom_field", a, SYSTEM, None, formula=f"{{custom.{b}}} + 1")
    assert db.read_sync(field_form, "deal", b).formula == "{Margin} / 3"


def test_a_preview_shows_three_real_records(ann: Principal) -> None:
    pipeline = make_pipeline()
    for n in range(4):
        make_deal(pipeline, title=f"D{n}", value_minor=n * 1000, currency="USD")
    shown = db.read_sync(preview_of, ann, "deal", 0, "", "100 / {Value} * {Value}")
    assert (shown.type, shown.error) == ("", "A number cannot be divided by an amount.")
    shown = db.read_sync(preview_of, ann, "deal", 0, "", "{Value} / ({Probability} - {Probability})")
    assert shown.error.startswith("There is no field 'Probability'")
    shown = db.read_sync(preview_of, ann, "deal", 0, "", "{Value} / 4")
    assert [(e.title, e.value) for e in shown.examples] == [("D3", "$7.50"), ("D2", "$5"), ("D1", "$2.50")]
    shown = db.read_sync(preview_of, ann, "deal", 0, "", "{Value} / 0")
    assert [e.value for e in shown.examples] == ["empty: division by zero"] * 3


def test_a_changed_formula_is_computed_anew_and_what_depends_on_it(ann: Principal) -> None:
    a = add(ann, "Double", "formula", "deal", formula="{Value} * 2")
    b = add(ann, "Words", "formula", "deal", formula='"about " & {Double}')
    deal = make_deal(make_pipeline(), value_minor=500, currency="USD")
    save(ann, a, formula="{Value} * 3")
    runs_to_the_end()
    from crm_app.tables import Deal

    assert row(Deal, deal)["custom"] == {str(a): 1500, str(b): "about 15"}
    assert db.read_sync(differences) == []


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", "([a-z]+)*[0-9]"])
def test_a_pattern_that_never_ends_elsewhere_ends_here(pattern: str) -> None:
    began = time.process_time()
    assert problem_of(pattern) == ""
    assert not fits(pattern, "a" * 5000 + "!")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a" * 300, "(?P<x", "[z-a]"])
def test_a_pattern_that_is_none_is_refused_in_words(ann: Principal, pattern: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add(ann, "Code", pattern=pattern, pattern_message="no")
    assert "attern" in refusal.value.fields["pattern"]


def test_a_pattern_says_what_fits(ann: Principal) -> None:
    with pytest.raises(Invalid, match="Give an example"):
        add(ann, "Code", pattern="[A-Z]{2}")
    with pytest.raises(Invalid, match="does not fit"):
        add(ann, "Code", pattern="[A-Z]{2}", pattern_example="a")
    code = add(ann, "Code", pattern="[A-Z]{2}", pattern_example="DE", pattern_message="Two capitals, please")
    with pytest.raises(Invalid, match="Code: Two capitals, please"):
        make_company(**{f"custom.{code}": "deu"})


def test_an_option_is_renamed_everywhere_and_one_in_use_asks_where_it_goes(ann: Principal) -> None:
    for type_ in ("choice", "choices"):
        id = add(ann, f"Metal {type_}", type_, more="Gold = Au\nSilver\nTin")
        name = f"custom.{id}"
        acme = make_company(**{name: "Gold" if type_ == "choice" else ["Gold", "Tin"]})
        save(ann, id, **{"option.o1": "Aurum"})
        page = db.read_sync(list_page, ann, Listing("company", columns=(name,)))
        assert any("Aurum" in r.cells[0].text for r in page.rows)
        before = row(Company, acme)["custom"]
        with pytest.raises(Invalid) as refusal:
            save(ann, id, **{"option.o1": ""})
        assert refusal.value.fields == {"goes.o1": "1 record has Aurum. Where does it go?"}
        assert row(Company, acme)["custom"] == before
        save(ann, id, **{"option.o1": "", "goes.o1": "o2"})
        assert row(Company, acme)["custom"] == {str(id): "o2" if type_ == "choice" else ["o2", "o3"]}
        assert [o["key"] for o in row(CustomField, id)["options"]] == ["o2", "o3"]
        save(ann, id, more="Lead")
        assert [o["key"] for o in row(CustomField, id)["options"]][-1] not in ("o2", "o3")
        change("company", acme, SYSTEM, None, **{name: None})
    assert db.read_sync(differences) == []


def test_a_type_changes_only_where_nothing_is_lost(ann: Principal) -> None:
    id = add(ann, "Size")
    one, two = make_company(name="One", **{f"custom.{id}": "12"}), make_company(name="Two", **{f"custom.{id}": "1.5"})
    with pytest.raises(Invalid, match="such as that of Two: Size must be a whole number"):
        save(ann, id, type="int")
    with pytest.raises(Invalid, match="cannot become"):
        save(ann, id, type="person")
    with pytest.raises(Invalid, match="not made of each other"):
        save(ann, id, type="formula", formula="1 + 1")
    with pytest.raises(Invalid, match="page of fields"):
        change("custom_field", id, SYSTEM, None, type="int")
    batch = row(BulkRun, save(ann, id, type="float").run_id)["batch_id"]
    assert (row(Company, one)["custom"], row(Company, two)["custom"]) == ({str(id): 12}, {str(id): 1.5})
    db.write_sync(undo, SYSTEM, batch)
    assert (row(CustomField, id)["type"], row(Company, two)["custom"]) == ("text", {str(id): "1.5"})
    save(ann, id, type="choice")
    assert {o["label"] for o in row(CustomField, id)["options"]} == {"12", "1.5"}
    assert db.read_sync(differences) == []


def test_a_field_that_is_put_away_keeps_its_values_and_comes_back(ann: Principal) -> None:
    id = add(ann, "Size", "float")
    user = add(ann, "Double", "formula", formula="{Size} * 2")
    acme = make_company(**{f"custom.{id}": 3})
    with pytest.raises(Refused, match="used by Double"):
        db.write_sync(archive_field, ann, id)
    db.write_sync(archive_field, ann, user)
    db.write_sync(archive_field, ann, id)
    assert not {f"custom.{id}", f"custom.{user}"} & set(db.read_sync(fields_of, ann, "company"))
    change("company", acme, SYSTEM, None, industry="Retail")
    assert row(Company, acme)["custom"][str(id)] == 3
    db.write_sync(restore_field, ann, id)
    assert f"custom.{id}" in db.read_sync(fields_of, ann, "company")
    other = add(ann, "Double")
    with pytest.raises(Invalid, match="There is a field Double already"):
        db.write_sync(restore_field, ann, user)
    db.write_sync(archive_field, ann, other)
    db.write_sync(restore_field, ann, user)
    runs_to_the_end()
    assert row(Company, acme)["custom"] == {str(id): 3, str(user): 6}


@pytest.mark.parametrize(
    "condition",
    [
        {"f": "nothing", "op": "is", "v": "x"},
        {"f": "industry", "op": "was", "v": "x"},
        {"f": "industry", "op": "is", "v": ""},
        {"f": "employees", "op": "gt", "v": "many"},
        {"f": "owner_id", "op": "is", "v": ["me"]},
        {"f": "founded_on", "op": "on", "v": "soon"},
        {"any": [{"all": [{"any": [{"all": [{"any": [{"all": []}]}]}]}]}]},
        {"f": 1},
    ],
)
def test_a_condition_that_cannot_be_asked_is_refused(ann: Principal, condition: dict[str, Any]) -> None:
    from tests.support.builders import make

    with pytest.raises(KithError):
        make("custom_field", kind="company", key="x", label="X", required_when=condition)


def test_what_a_condition_can_ask_and_whom_it_names(ann: Principal) -> None:
    ada = make_person(display_name="Ada L.")
    contact = add(ann, "Contact", "person")
    when = {"all": [{"f": f"custom.{contact}", "op": "is", "v": [str(ada)]}]}
    id = add(ann, "Why", asks="when", required_when=json.dumps(when))
    form = db.read_sync(field_form, "company", id)
    assert json.loads(form.required_when) == when
    assert db.read_sync(names_in_conditions, ann, form) == {f"person:{ada}": "Ada L."}
    asked = {c.name: c for c in db.read_sync(askable_fields, ann, "company", id)}
    assert f"custom.{contact}" in asked and not {f"custom.{id}", "tags", "emails.value", "created_at"} & set(asked)
    assert "me" not in [o.id for o in asked["owner_id"].choices]
    with pytest.raises(Invalid, match="Why is required here"):
        make_company(**{f"custom.{contact}": ada})
