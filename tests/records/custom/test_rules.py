"""Custom fields of every kind and type, by every way in: what is kept, refused, computed, undone and replayed."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.replay import differences
from crm_app.core.changes.undo import undo
from crm_app.core.errors import Conflict, Forbidden, Invalid
from crm_app.identity.sessions import fields_closed_to
from crm_app.imports.service import import_file
from crm_app.lifecycle.editor import set_up
from crm_app.records.bulk import run_bulk
from crm_app.records.create.service import create_record, new_form
from crm_app.records.custom.fields import FIELDED
from crm_app.records.editing import edit_field
from crm_app.records.findings import reasons_of
from crm_app.records.list_screen.state.bulk import begin
from crm_app.records.listing import Listing, fields_of, list_page
from crm_app.records.listing.rules import Condition, Group
from crm_app.records.page.queries import record_page
from crm_app.records.reading import record_row
from crm_app.records.search.documents import searched_fields
from crm_app.tables import Company, Deal, LifecycleState, Person
from crm_app.timeline.queries import timeline_of
from tests.billing.builders import make_invoice, make_order
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_product,
    make_user,
    principal,
    row,
)

OPTIONS = [
    {"key": "o1", "label": "Gold", "synonyms": ["Au"]},
    {"key": "o2", "label": "Silver"},
    {"key": "o3", "label": "Tin, grey"},
]
# type → what is given, what is kept, what a list shows, a filter that finds it, what is refused
TYPES: dict[str, tuple[Any, Any, str, Condition, Any]] = {
    "text": ("  north ", "north", "north", Condition("", "contains", "NOR"), 5),
    "longtext": ("a\nb", "a\nb", "a\nb", Condition("", "contains", "b"), ["a"]),
    "int": ("12", 12, "12", Condition("", "between", ("11", "13")), "1.5"),
    "float": ("0.1", 0.1, "0.1", Condition("", "lt", "0.2"), "many"),
    "money": (1250, 1250, "$12.50", Condition("", "eq", "12.50"), "a lot"),
    "date": ("2031-05-06", "2031-05-06", "6 May 2031", Condition("", "after", "2031-05-05"), "soon"),
    "bool": ("yes", True, "Yes", Condition("", "is", "true"), "perhaps"),
    "choice": ("au", "o1", "Gold", Condition("", "is", ("o1",)), "Lead"),
    "choices": (["o2", "Gold"], ["o1", "o2"], "Gold, Silver", Condition("", "all", ("o1", "o2")), ["o9"]),
    "url": (
        "example.org/a",
        "https://example.org/a",
        "example.org/a",
        Condition("", "starts", "https"),
        "javascript:x",
    ),
}


def field(kind: str, type_: str = "text", **values: Any) -> int:
    given = {"options": OPTIONS} if type_ in ("choice", "choices") else {}
    key = f"k{len(values)}{type_}{values.get('label', '')}"
    return make("custom_field", **{"kind": kind, "key": key, "label": type_.title(), "type": type_} | given | values)


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def one_of_each() -> dict[str, int]:
    quote = make("quote", title="Q", currency="USD", owner_id=make_user())
    made = {"person": make_person(), "company": make_company(), "deal": make_deal(make_pipeline())}
    made |= {"activity": make("activity", type="note", subject="N"), "product": make_product(), "quote": quote}
    made["price_book"] = make("price_book", name="B", currency="USD")
    made["order"] = make_order()
    made["invoice"] = make_invoice(made["order"])
    assert set(made) == set(FIELDED), "a new kind with custom fields: make one here"
    return made


def test_every_type_on_every_kind_is_kept_and_refused(ann: Principal) -> None:
    for kind, id in one_of_each().items():
        numbers = {type_: field(kind, type_) for type_ in TYPES}
        with pytest.raises(Invalid) as refusal:
            change(kind, id, SYSTEM, None, **{f"custom.{n}": TYPES[t][4] for t, n in numbers.items()})
        assert set(refusal.value.fields) == {f"custom.{n}" for n in numbers.values()}, kind
        change(kind, id, SYSTEM, None, **{f"custom.{n}": TYPES[t][0] for t, n in numbers.items()})
        kept = {str(n): TYPES[t][1] for t, n in numbers.items()}
        values = values_of(kind, id)
        assert values == kept and [type(v) for v in values.values()] == [type(v) for v in kept.values()], kind
        names = tuple(f"custom.{n}" for n in numbers.values())
        page = db.read_sync(list_page, ann, Listing(kind, columns=names))
        assert [c.text for r in page.rows if r.id == id for c in r.cells] == [TYPES[t][2] for t in numbers], kind
        change(kind, id, SYSTEM, None, **dict.fromkeys(names))
        assert values_of(kind, id) == {}
    assert db.read_sync(differences) == []


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_is_found_and_sorted(ann: Principal, type_: str) -> None:
    given, _, _, wish, _ = TYPES[type_]
    name = f"custom.{field('company', type_)}"
    empty, acme = make_company(), make_company(**{name: given})
    for op, value, ids in ((wish.op, wish.value, [acme]), ("filled", None, [acme]), ("empty", None, [empty])):
        found = db.read_sync(list_page, ann, Listing("company", Group("all", (Condition(name, op, value),))))
        assert [r.id for r in found.rows] == ids, op
    sortable = type_ not in ("longtext", "choices")
    assert db.read_sync(fields_of, ann, "company")[name].sortable == sortable
    for descending in (True, False) if sortable else ():
        found = db.read_sync(list_page, ann, Listing("company", sort=name, descending=descending))
        assert [r.id for r in found.rows] == [acme, empty]


def values_of(kind: str, id: int) -> dict[str, Any]:
    return db.read_sync(lambda s: dict(record_row(s, SYSTEM, kind, id)["custom"]))


def test_people_and_companies_are_named_and_must_exist(ann: Principal) -> None:
    ada, acme = make_person(display_name="Ada"), make_company(name="Acme")
    name = f"custom.{field('company', 'person')}"
    change("company", acme, SYSTEM, None, **{name: ada})
    page = db.read_sync(list_page, ann, Listing("company", columns=(name,), group=name))
    assert page.rows[0].cells[0].text == "Ada" and [g.label for g in page.groups] == ["Ada"]
    with pytest.raises(Invalid, match="does not exist"):
        change("company", acme, SYSTEM, None, **{name: acme})
    change("company", acme, SYSTEM, None, **{name: ada, "industry": "Retail"})


def test_every_way_in_is_held_to_the_rules(ann: Principal, tmp_path: Path) -> None:
    name = f"custom.{(number := field('person', 'choice', required=True, label='Metal'))}"
    ada = db.write_sync(create_record, ann, "person", {"last_name": "A", name: "Gold"}).id
    form = {f.name: f for f in db.read_sync(new_form, ann, "person", {}).fields}
    assert form[name].required and [o.name for o in form[name].choices] == ["Gold", "Silver", "Tin, grey"]
    for refused in ("Lead", ""):
        with pytest.raises(Invalid) as refusal:
            db.write_sync(create_record, ann, "person", {"last_name": "A", name: refused})
        assert list(refusal.value.fields) == [name]
        with pytest.raises(Invalid):
            db.write_sync(edit_field, ann, "person", ada, name, refused, None)
    run = run_bulk(db.write_sync(begin, ann, "person", "edit", name, "Lead", [ada], None))
    assert (run.changed, run.refused) == (0, 1)
    assert run_bulk(db.write_sync(begin, ann, "person", "edit", name, "o2", [ada], None)).changed == 1
    file = tmp_path / "people.csv"
    file.write_text("first name,last name,METAL\nBo,B,au\nCy,C,Lead\nDi,D,\n")
    report = import_file(ann, "people", file)
    assert (report.created, report.refused) == (2, 1) and "none of" in report.errors[0].reason
    people = {r.first_name: r for r in all_of(Person)}
    assert people["Bo"].custom == {str(number): "o1"}
    assert db.read_sync(reasons_of, "person", people["Di"].id) == {f"{name}.required": "Metal is required."}
    change("person", people["Di"].id, SYSTEM, None, **{name: "o3"})
    assert db.read_sync(reasons_of, "person", people["Di"].id) == {}
    with pytest.raises(Invalid, match="does not exist any more"):
        change("person", ada, SYSTEM, None, **{"custom.999": "x"})


def all_of(table: type) -> list[Any]:
    return db.read_sync(lambda s: [r for r in s.scalars(select(table)).all() if s.expunge(r) is None])


def test_an_old_value_that_does_not_fit_stands_in_nobodys_way(ann: Principal) -> None:
    acme = make_company()
    number = field("company", "text")
    change("company", acme, SYSTEM, None, **{f"custom.{number}": "abc"})
    change("custom_field", number, SYSTEM, None, pattern="[0-9]+", pattern_example="12", required=True)
    change("company", acme, SYSTEM, None, industry="Retail", **{f"custom.{number}": "abc"})
    with pytest.raises(Invalid, match="must look like 12"):
        change("company", acme, SYSTEM, None, **{f"custom.{number}": "abcd"})
    other = field("company", "text", required=True, label="Later")
    change("company", acme, SYSTEM, None, industry="Tools")
    change("company", acme, SYSTEM, None, **{f"custom.{other}": "x"})
    with pytest.raises(Invalid, match="Later is required"):
        change("company", acme, SYSTEM, None, **{f"custom.{other}": " "})


def test_required_and_shown_follow_conditions_on_the_record(ann: Principal) -> None:
    retail = {"all": [{"f": "industry", "op": "is", "v": "Retail"}]}
    number = field("company", "int", required_when=retail, visible_when=retail, label="Shops")
    name = f"custom.{number}"
    acme = make_company(industry="Tools")
    shown = {p.field for p in db.read_sync(record_page, ann, "company", acme).properties}
    assert name not in shown
    with pytest.raises(Invalid, match="Shops is required here"):
        change("company", acme, SYSTEM, None, industry="retail")
    change("company", acme, SYSTEM, None, industry="Retail", **{name: 3})
    assert name in {p.field for p in db.read_sync(record_page, ann, "company", acme).properties}
    change("company", acme, SYSTEM, None, industry="Tools")
    assert row(Company, acme)["custom"] == {str(number): 3}


def test_formulas_are_computed_in_the_same_change_and_follow_each_other(ann: Principal) -> None:
    rate = field("deal", "float", label="Rate")
    fee = field("deal", "formula", label="Fee", formula=f"{{value_minor}} * {{custom.{rate}}} / 100", result="money")
    per = field("deal", "formula", label="Share", formula=f"{{custom.{fee}}} / ({{custom.{rate}}} - 3)", result="money")
    deal = make_deal(make_pipeline(), value_minor=10_050, currency="USD", **{f"custom.{rate}": "2.5"})
    assert row(Deal, deal)["custom"] == {str(rate): 2.5, str(fee): 251, str(per): -502}
    batch = change("deal", deal, SYSTEM, None, **{f"custom.{rate}": 3})
    assert row(Deal, deal)["custom"] == {str(rate): 3, str(fee): 302}
    with pytest.raises(Invalid, match="computed by its formula"):
        change("deal", deal, SYSTEM, None, **{f"custom.{fee}": 1})
    db.write_sync(undo, SYSTEM, batch)
    assert row(Deal, deal)["custom"] == {str(rate): 2.5, str(fee): 251, str(per): -502}
    listing = Listing("deal", Group("all", (Condition(f"custom.{fee}", "lt", "2.52"),)), columns=(f"custom.{fee}",))
    assert db.read_sync(list_page, ann, listing).rows[0].cells[0].text == "$2.51"
    assert db.read_sync(differences) == []


def test_two_people_edit_different_fields_and_the_same_one(ann: Principal) -> None:
    a, b = field("company", label="A"), field("company", label="B")
    acme = make_company(**{f"custom.{a}": "1", f"custom.{b}": "1"})
    change("company", acme, SYSTEM, 1, **{f"custom.{a}": "2"})
    change("company", acme, SYSTEM, 1, **{f"custom.{b}": "3"})
    assert row(Company, acme)["custom"] == {str(a): "2", str(b): "3"}
    with pytest.raises(Conflict) as refusal:
        change("company", acme, SYSTEM, 1, **{f"custom.{a}": "4"})
    (clash,) = refusal.value.conflicts
    assert (clash.field, clash.yours, clash.theirs, clash.original) == (f"custom.{a}", "4", "2", "1")


def test_an_undo_takes_one_field_back_and_the_timeline_names_it(ann: Principal) -> None:
    a, b = field("company", "choice", label="Metal"), field("company", label="B")
    acme = make_company()
    batch = change("company", acme, SYSTEM, None, **{f"custom.{a}": "o1"})
    change("company", acme, SYSTEM, None, **{f"custom.{b}": "later"})
    lines = [line for e in db.read_sync(timeline_of, ann, "company", acme).events for line in e.lines]
    assert "Metal – → Gold" in lines and "B – → later" in lines
    assert db.write_sync(undo, SYSTEM, batch).kept == []
    assert row(Company, acme)["custom"] == {str(b): "later"}
    assert db.read_sync(differences) == []


def test_roles_that_may_not_see_or_edit_a_field_do_not(ann: Principal) -> None:
    secret = field("company", label="Secret", read_roles=["manager"])
    fixed = field("company", label="Fixed", edit_roles=["manager"])
    formula = {"formula": f'{{custom.{secret}}} & "!"', "result": "text"}
    told = field("company", "formula", label="Told", searchable=True, **formula)
    owner = make_user()
    acme = make_company(owner_id=owner, **{f"custom.{secret}": "x", f"custom.{fixed}": "y"})
    unseen, closed = db.read_sync(fields_closed_to, "sales")
    seller = principal(owner, unseen=unseen, fixed=closed)
    names = set(db.read_sync(fields_of, seller, "company"))
    assert not {f"custom.{secret}", f"custom.{told}"} & names and f"custom.{fixed}" in names
    for number in (secret, fixed):
        with pytest.raises(Forbidden):
            change("company", acme, seller, None, **{f"custom.{number}": "z"})
    with pytest.raises(Invalid):
        db.read_sync(list_page, seller, Listing("company", Group("all", (Condition(f"custom.{secret}", "filled"),))))
    lines = [line for e in db.read_sync(timeline_of, seller, "company", acme).events for line in e.lines]
    assert not any("Secret" in line or "Told" in line for line in lines)
    assert db.read_sync(fields_closed_to, "administrator") == (frozenset(), frozenset())
    assert db.read_sync(searched_fields, "company") == [], "search would tell by what it finds"


def test_several_changes_of_one_call_see_each_other(ann: Principal) -> None:
    a = field("company", label="A")
    acme = make_company()
    wishes = [Change("company", acme, {f"custom.{a}": "1"}), Change("company", acme, {"custom": {str(a): None}})]
    db.write_sync(apply_many, SYSTEM, wishes)
    assert row(Company, acme)["custom"] == {}
    assert db.read_sync(differences) == []


def test_a_stage_can_ask_for_a_custom_field(ann: Principal) -> None:
    number = field("deal", "choices", label="Reasons")
    name = f"custom.{number}"
    pipeline, stages = make_pipeline()
    change("stage", stages["Engaging"], SYSTEM, None, required_fields=[name])
    deal = make_deal((pipeline, stages))
    with pytest.raises(Invalid, match="Reasons is needed for Engaging"):
        change("deal", deal, SYSTEM, None, stage_id=stages["Engaging"])
    change("deal", deal, SYSTEM, None, stage_id=stages["Engaging"], **{name: ["o1"]})
    with pytest.raises(Invalid, match="Reasons is needed while"):
        change("deal", deal, SYSTEM, None, **{name: []})
    db.write_sync(apply_many, SYSTEM, [Change("custom_field", number, op="delete")])
    other = make_deal((pipeline, stages))
    change("deal", other, SYSTEM, None, stage_id=stages["Engaging"])


def test_a_state_of_the_lifecycle_can_ask_for_a_custom_field(ann: Principal) -> None:
    name = f"custom.{field('person', label='Budget')}"
    db.write_sync(set_up, SYSTEM)
    states = {s.key: s.id for s in all_of(LifecycleState)}
    change("lifecycle_state", states["prospect"], SYSTEM, None, conditions=[name])
    ada = make_person(lifecycle="lead", segment="suspect")
    with pytest.raises(Invalid, match="Budget is needed for Prospect"):
        change("person", ada, SYSTEM, None, segment="prospect")
    change("person", ada, SYSTEM, None, segment="prospect", **{name: "100"})
