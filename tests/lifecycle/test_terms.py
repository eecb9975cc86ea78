"""Terms with their history, drawings with figures that the reader may see, and who knows of a change."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from crm_app.core import clock, db
from crm_app.core.actor import Principal
from crm_app.core.changes import outbox, undo
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.lifecycle.editor import save_state, set_up
from crm_app.lifecycle.terms.notices import DAYS, list_notices, notify_of_process
from crm_app.lifecycle.terms.queries import lifecycle_drawing, list_terms, pipeline_drawings
from crm_app.lifecycle.terms.rules import BOX, LETTERS, Node, draw, wrap
from crm_app.lifecycle.terms.service import USUAL, acknowledge, save_term, set_until, set_up_terms
from crm_app.records.dictionary.queries import dictionary
from crm_app.records.dictionary.rows import Help
from crm_app.records.page.queries import record_page
from crm_app.tables import Notification
from tests.support.builders import change, make, make_deal, make_person, make_pipeline, make_user, principal

TERM = {"name": "Lead", "definition": "Somebody who asked for a price."}


@pytest.fixture
def admin(database_url: str, wired: None) -> Principal:
    return principal(make_user(role="administrator", name="Inès"), "administrator")


def tell(batch: int, kind: str) -> None:
    """As the worker hands a batch to the consumer."""
    notify_of_process(lambda _: None, {"kind": kind, "batch": batch, "ids": [], "fields": []})


def notes() -> list[tuple[int, str]]:
    def read(session):
        found = session.exec(select(Notification).order_by(col(Notification.user_id))).all()
        return [(n.user_id, n.text) for n in found]

    return db.read_sync(read)


def test_a_term_keeps_its_earlier_meanings(admin: Principal) -> None:
    made = db.write_sync(save_term, admin, 0, TERM | {"field.person.lifecycle": "on"}, None)
    again = TERM | {"definition": "Somebody who showed interest."}
    db.write_sync(save_term, admin, made.id, again, made.version)
    (row,) = db.read_sync(list_terms, admin)
    assert (row.name, row.definition, row.fields) == ("Lead", "Somebody who showed interest.", [])
    assert [e.text for e in row.earlier] == ["Somebody who asked for a price."]
    assert "changed by Inès" in row.earlier[0].note
    with pytest.raises(Invalid, match="already taken"):
        db.write_sync(save_term, admin, 0, TERM, None)
    with pytest.raises(Invalid):
        db.write_sync(save_term, admin, 0, {"name": "Empty"}, None)


def test_only_an_administrator_writes_terms(admin: Principal) -> None:
    with pytest.raises(Forbidden):
        db.write_sync(save_term, principal(make_user()), 0, TERM, None)
    db.write_sync(set_up_terms, admin)
    assert [t.name for t in db.read_sync(list_terms, admin)] == [name for name, _, _ in USUAL]
    with pytest.raises(Refused):
        db.write_sync(set_up_terms, admin)


def test_a_term_is_the_help_of_its_fields(admin: Principal) -> None:
    person = make_person()
    term = db.write_sync(save_term, admin, 0, TERM | {"field.person.lifecycle": "on"}, None).id
    helps = {p.field: p.help for p in db.read_sync(record_page, admin, "person", person).properties}
    assert helps["lifecycle"] == Help("Lead: Somebody who asked for a price.", f"/terms#term-{term}")
    entry = next(e for e in db.read_sync(dictionary, admin, "person").rows if e.name == "person.lifecycle")
    assert (entry.meaning, entry.meaning_href) == (helps["lifecycle"].words, f"/terms#term-{term}")
    assert helps["title"] == Help("Text. Words of the list Titles.", "/dictionary?kind=person#field-title", usual=True)


def test_everybody_is_told_once_and_acknowledges(admin: Principal) -> None:
    seller, reader = make_user(name="Noor"), make_user(name="Ravi", role="read-only")
    batch = db.write_sync(save_term, admin, 0, TERM, None).batch_id
    for _ in range(2):
        tell(batch, "term")
    assert [user for user, _ in notes()] == sorted([seller, reader])
    assert "Term Lead: new." in notes()[0][1]
    (seen,) = db.read_sync(list_notices, principal(seller))
    assert (seen.lines, seen.mine, seen.known, seen.readers) == (["Term Lead: new."], True, False, [])
    due = clock.today("UTC") + timedelta(days=DAYS)
    assert seen.until_day == due.isoformat()
    for _ in range(2):
        db.write_sync(acknowledge, principal(seller), seen.id)
    assert db.read_sync(list_notices, principal(seller))[0].known
    (whole,) = db.read_sync(list_notices, admin)
    assert whole.count == "1 of 2 know"
    assert [(r.name, r.when == "not yet") for r in whole.readers] == [("Ravi", True), ("Noor", False)]
    with pytest.raises(NotFound):
        db.write_sync(acknowledge, admin, seen.id)


def test_the_day_is_set_by_an_administrator(admin: Principal) -> None:
    seller = principal(make_user())
    tell(db.write_sync(save_term, admin, 0, TERM, None).batch_id, "term")
    id = db.read_sync(list_notices, seller)[0].id
    with pytest.raises(Forbidden):
        db.write_sync(set_until, seller, id, "2020-01-01")
    with pytest.raises(Invalid):
        db.write_sync(set_until, admin, id, "soon")
    db.write_sync(set_until, admin, id, "2020-01-01")
    (seen,) = db.read_sync(list_notices, seller)
    assert (seen.late, seen.until) == (True, "until 1 Jan 2020")


def test_a_process_concerns_those_who_work_by_it(admin: Principal) -> None:
    team = make("team", name="East")
    inside, outside = make_user(team_id=team, role="manager"), make_user(role="manager")
    make_user(role="read-only")
    _, stages = make_pipeline()
    batch = change("stage", stages["Engaging"], admin, None, required_fields=["value_minor"])
    tell(batch, "stage")
    assert [user for user, _ in notes()] == sorted([inside, outside])
    assert "Stage Engaging: needed to enter nothing → value." in notes()[0][1]
    assert db.read_sync(list_notices, principal(outside, "manager"))[0].lines[0].startswith("Stage Engaging")


def test_an_order_or_a_colour_concerns_nobody(admin: Principal) -> None:
    make_user()
    _, stages = make_pipeline()
    tell(change("stage", stages["Engaging"], admin, None, position=7, color="red"), "stage")
    assert notes() == []


def test_conditions_that_change_and_come_back(admin: Principal) -> None:
    seller = make_user()
    first = db.write_sync(set_up, admin)
    tell(first.batch_id, "lifecycle_state")
    wish = {"name": "Name", "condition.title": "on", "back_reason": "on"}
    batch = db.write_sync(save_state, admin, first.id, wish, first.version).batch_id
    tell(batch, "lifecycle_state")
    tell(db.write_sync(undo, admin, batch).batch_id, "lifecycle_state")
    lines = [n.lines for n in db.read_sync(list_notices, principal(seller))]
    assert lines == [
        ["State of the lifecycle Name: needed to enter title → nothing."],
        ["State of the lifecycle Name: needed to enter nothing → title."],
        ["Conditions of the lifecycle hold from now on."],
    ]


def test_the_worker_hands_it_on(admin: Principal) -> None:
    make_user()
    db.write_sync(save_term, admin, 0, TERM, None)
    while outbox.drain():
        pass
    assert len(notes()) == 1


# drawings


def texts(drawing) -> dict[str, str]:
    return {b.name: b.note for b in drawing.boxes}


def test_the_lifecycle_counts_what_the_reader_may_see(admin: Principal) -> None:
    me, other = make_user(), make_user()
    for owner in (me, other):
        make_person(owner_id=owner)
    lead = make_person(owner_id=me, lifecycle="lead")
    change("person", lead, segment="qualified")
    change("person", lead, lifecycle="contact")
    change("person", make_person(owner_id=me, lifecycle="contact"), lifecycle="lead", segment="suspect")
    drawing = db.read_sync(lifecycle_drawing, admin)
    assert texts(drawing) == {
        "Name": "2 people",
        "Suspect": "1 person",
        "Prospect": "0 people",
        "Qualified lead": "0 people",
        "Contact": "1 person",
    }
    moved = [w.text for w in drawing.words if w.moved]
    assert moved == [f"{n} moved in 30 days" for n in (0, 1, 1, 1)]
    assert drawing.note.startswith("1 went back")
    support = Principal(None, "nobody", "none")
    assert set(texts(db.read_sync(lifecycle_drawing, support)).values()) == {"0 people"}


def test_a_pipeline_is_drawn_for_those_who_see_it(admin: Principal) -> None:
    pipeline = make_pipeline("Machines")
    change("stage", pipeline[1]["Prospecting"], exit_fields=["person_id"])
    change("stage", pipeline[1]["Engaging"], movers=["manager"])
    deal = make_deal(pipeline, person_id=make_person())
    change("deal", deal, stage_id=pipeline[1]["Engaging"])
    make("pipeline", name="Hidden", team_id=make("team", name="East"))
    (drawing,) = db.read_sync(pipeline_drawings, principal(make_user(role="read-only"), "read-only"))
    assert drawing.title == "Pipeline: Machines"
    assert texts(drawing)["Engaging"] == "1 deal"
    assert "1 moved in 30 days" in [w.text for w in drawing.words]
    said = " ".join(w.text for w in drawing.words)
    assert "leaving Prospecting needs person; only manager" in said
    assert any("needs value, closed" in w.text for w in drawing.words)
    assert [a.dashed for a in drawing.arrows] == [False, False, True]
    assert drawing.lines[-1].startswith("Lost: 0 deals. from any stage; needs")


NAMES = st.text("abcdefghij ÄßØ字-.,/", min_size=1, max_size=80)
NODES = st.builds(
    Node, NAMES, NAMES, st.integers(0, 10**9), NAMES, st.integers(0, 10**9), st.just("open"), st.booleans()
)


@given(st.lists(NODES, max_size=12))
def test_nothing_overlaps_in_a_drawing(nodes: list[Node]) -> None:
    drawing = draw("P", nodes, "deal", "deals")
    tops = [b.y for b in drawing.boxes]
    assert all(below - above >= BOX for above, below in pairwise(tops))
    for word in drawing.words:
        assert not any(top < word.y < top + BOX for top in tops), word
    assert all(len(w.text) <= LETTERS for w in drawing.words if not w.moved)
    height = int(drawing.view_box.split()[-1])
    assert all(0 <= y <= height for y in tops)
    assert len(drawing.lines) == len(nodes)


@given(NAMES, st.integers(2, 60))
def test_wrapping_loses_no_short_word(text: str, most: int) -> None:
    lines = wrap(text, most)
    assert all(0 < len(line) <= most for line in lines)
    if all(len(word) <= most for word in text.split()):
        assert " ".join(lines).split() == text.split()
