"""The data dictionary: what it says of a field, for whom, and how often it is filled."""

import csv
import io
from datetime import timedelta

import pytest
from sqlmodel import col, update

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import kind
from crm_app.core.clock import now
from crm_app.core.errors import Forbidden, Invalid
from crm_app.identity.sessions import fields_closed_to
from crm_app.records.create.service import new_form
from crm_app.records.custom.fields import FIELDED
from crm_app.records.dictionary.counting import count_fills, keep_counted
from crm_app.records.dictionary.queries import Entry, dictionary, dictionary_csv
from crm_app.records.dictionary.rows import Help
from crm_app.records.dictionary.service import save_note
from crm_app.records.help import helps_of
from crm_app.records.list_screen.queries import LISTED, list_screen
from crm_app.records.listing import field_choices
from crm_app.records.page.queries import record_page
from crm_app.tables import FieldFill
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
)


@pytest.fixture
def ann(database_url: str) -> Principal:
    return principal(make_user(name="Ann", role="administrator"), role="administrator")


def entries(actor: Principal, kind: str) -> dict[str, Entry]:
    return {e.name: e for e in db.read_sync(dictionary, actor, kind).rows}


def test_fill_rates_are_counted_and_say_of_when(ann: Principal) -> None:
    size = make("custom_field", kind="company", key="s", label="Size", type="int")
    for n in range(4):
        make_company(industry="Retail" if n else "", **({f"custom.{size}": n} if n > 1 else {}))
    assert entries(ann, "company")["company.name"].filled == "not counted yet"
    count_fills()
    found = entries(ann, "company")
    assert found["company.name"].filled == "100 % (4 of 4)"
    assert found["company.industry"].filled == "75 % (3 of 4)"
    assert found[f"company.custom.{size}"].filled == "50 % (2 of 4)"
    assert db.read_sync(dictionary, ann, "company").as_of and keep_counted() == 0
    earlier = update(FieldFill).where(col(FieldFill.kind).in_(("deal", "quote")))  # the night was broken off
    db.write_sync(lambda s: s.execute(earlier.values(as_of=now() - timedelta(days=1))))
    assert (keep_counted(), keep_counted()) == (2, 0)
    make_deal(make_pipeline())
    count_fills()
    rates = [entries(who, "deal")["deal.title"].filled for who in (ann, principal(make_user()))]
    assert rates == ["100 % (1 of 1)", "100 %"], "how many there are is for those who see all of them"


def test_rules_gates_and_meanings_are_told(ann: Principal) -> None:
    metal = make(
        "custom_field",
        kind="deal",
        key="m",
        label="Metal",
        type="choice",
        options=[{"key": "o1", "label": "Gold"}],
        required=True,
        help="Of which it is made.",
    )
    fee = make(
        "custom_field", kind="deal", key="f", label="Fee", type="formula", formula="{value_minor} / 2", result="money"
    )
    _, stages = make_pipeline()
    change("stage", stages["Engaging"], SYSTEM, None, required_fields=[f"custom.{metal}", "person_id"])
    found = entries(ann, "deal")
    one = found[f"deal.custom.{metal}"]
    assert (one.meaning, one.rule) == ("Of which it is made.", "Required. One of: Gold. Asked to enter Engaging")
    assert (
        found[f"deal.custom.{fee}"].rule == "Computed: {Value} / 2" and found[f"deal.custom.{fee}"].edited == "Computed"
    )
    assert found["deal.person_id"].rule == "Asked to enter Engaging"
    helps = db.read_sync(helps_of, "deal")
    assert helps[f"custom.{metal}"] == Help("Metal: Of which it is made.", f"/dictionary?kind=deal#field-{metal}")
    assert helps[f"custom.{fee}"].words == "Formula. Computed: {Value} / 2." and helps[f"custom.{fee}"].usual


def _columns(actor: Principal, kind_name: str) -> list[str]:
    return [f.name for f in db.read_sync(field_choices, actor, kind_name)]


def test_every_field_on_a_page_in_a_form_and_over_a_list_has_its_help(sqlite_database: str) -> None:
    """It leads to the term where there is one, else to an entry that is in the dictionary."""
    ann = principal(make_user(role="administrator"), role="administrator")
    make("term", name="Owner", definition="Who answers for it.", fields=["person.owner_id", "deal.owner_id"])
    pages = {"person": make_person(), "company": make_company()}
    for kind_name in LISTED:
        columns = db.read_sync(list_screen, ann, kind_name, {"cols": ",".join(_columns(ann, kind_name))}).columns
        shown = [(c.name, c.help) for c in columns]
        if kind(kind_name).form:
            shown += [(f.name, f.help) for f in db.read_sync(new_form, ann, kind_name, {}).fields]
        if kind_name in pages:
            page = db.read_sync(record_page, ann, kind_name, pages[kind_name])
            shown += [(p.field, p.help) for p in page.properties]
        known = set(entries(ann, kind_name)) if kind_name in FIELDED else set()
        assert [name for name, help in shown if not _leads(kind_name, name, help, known)] == []


def _leads(kind_name: str, name: str, help: Help, known: set[str]) -> bool:
    address, _, anchor = help.href.partition("#")
    if not help.words.strip(". "):
        return False
    if help.words.startswith("Owner: Who"):
        return address == "/terms" and anchor.startswith("term-")
    if kind_name not in FIELDED:
        return help.href == "/terms"
    plain = not anchor and ("." in name or name in ("created_at", "updated_at", "tags"))
    entry = f"{kind_name}.{anchor.removeprefix('field-')}" in known
    return address == f"/dictionary?kind={kind_name}" and (plain or entry)


def test_meaning_and_responsible_person_are_written_by_administrators(ann: Principal) -> None:
    size = make("custom_field", kind="company", key="s", label="Size", type="int")
    for name in ("company.industry", f"company.custom.{size}"):
        db.write_sync(save_note, ann, name, "What it is.", str(ann.id))
        db.write_sync(save_note, ann, name, "What it really is.", str(ann.id))
        one = entries(ann, "company")[name]
        assert (one.meaning, one.responsible) == ("What it really is.", "Ann")
        with pytest.raises(Forbidden):
            db.write_sync(save_note, principal(make_user()), name, "Mine", "")
    with pytest.raises(Invalid):
        db.write_sync(save_note, ann, "company.nothing", "x", "")


def test_nobody_reads_of_fields_that_are_hidden_from_them(ann: Principal) -> None:
    secret = make("custom_field", kind="product", key="s", label="Secret", type="text", read_roles=["manager"])
    make_product(**{f"custom.{secret}": "x"})
    unseen, fixed = db.read_sync(fields_closed_to, "support")
    helper = principal(make_user(role="support"), role="support", unseen=unseen, fixed=fixed)
    assert f"product.custom.{secret}" not in entries(helper, "product")
    assert "product.cost_minor" not in entries(helper, "product")
    assert entries(ann, "product")[f"product.custom.{secret}"].seen == "Administrator, Manager"


def test_the_file_has_every_field_and_no_formula_of_a_spreadsheet(ann: Principal) -> None:
    make("custom_field", kind="company", key="s", label="=1+1", type="text")
    rows = list(csv.DictReader(io.StringIO(db.read_sync(dictionary_csv, ann))))
    assert {"Person", "Company", "Deal", "Invoice"} <= {r["Kind"] for r in rows}
    assert [r["Field"] for r in rows if r["Field"].endswith("1+1")] == ["'=1+1"]
