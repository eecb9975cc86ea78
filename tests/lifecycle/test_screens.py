"""The states of terms and of vocabularies without a browser: what is typed, refused, told, followed and taken back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio.to_thread
import pytest

from crm_app.core import clock, db
from crm_app.core.changes import outbox, undo
from crm_app.core.errors import Forbidden
from crm_app.lifecycle.state import TermsPage, VocabularyPage
from crm_app.lifecycle.state import vocabularies as module
from crm_app.records.bulk import BulkProgress, bulk_progress, run_bulk
from crm_app.tables import Company
from crm_app.ui.overlay import Toaster
from tests.support.builders import make_company, make_user, principal, row
from tests.support.tabs import Tab

pytestmark = pytest.mark.usefixtures("sqlite_database", "wired")


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Tab:
    """Of an administrator; the worker does at once what a page follows."""

    async def at_once(who: Any, run_id: int) -> AsyncIterator[BulkProgress]:
        await anyio.to_thread.run_sync(run_bulk, run_id)
        yield await db.read(bulk_progress, who, run_id)

    monkeypatch.setattr(module, "followed", at_once)
    return Tab(principal(make_user(role="administrator", name="Inès"), "administrator"), "/vocabularies?list=industry")


def terms(tab: Tab) -> dict[str, tuple[str, int]]:
    tab.call(VocabularyPage, "load")
    return {t.name: (t.said, t.used) for t in tab.state(VocabularyPage).page.terms}


def id_of(tab: Tab, name: str) -> int:
    return next(t.id for t in tab.state(VocabularyPage).page.terms if t.name == name)


def add(tab: Tab, name: str, synonyms: str = "") -> None:
    tab.call(VocabularyPage, "start", term_id=0)
    tab.call(VocabularyPage, "save", values={"name": name, "synonyms": synonyms})


def test_a_synonym_is_added_and_two_terms_become_one_and_two_again(tab: Tab) -> None:
    firms = [make_company(industry=word) for word in ("IT", "Tech", "Software")]
    terms(tab)
    add(tab, "Technology", "Tech")
    add(tab, "Software")
    assert terms(tab) == {"Software": ("", 1), "Technology": ("Tech", 0)}  # what was written before stays until told
    tab.call(VocabularyPage, "start", term_id=id_of(tab, "Technology"))
    edited = tab.state(VocabularyPage).edited
    assert (edited.name, edited.said) == ("Technology", "Tech")
    tab.call(VocabularyPage, "save", values={"name": "Technology", "synonyms": "Tech, IT"})
    assert not tab.state(VocabularyPage).editing
    assert terms(tab) == {"Software": ("", 1), "Technology": ("Tech, IT", 2)}
    tab.call(VocabularyPage, "start_merge", term_id=id_of(tab, "Software"))
    here = tab.state(VocabularyPage)
    assert (here.edited.used, [o.name for o in here.others]) == (1, ["Technology"])
    tab.call(VocabularyPage, "merge", values={"into": str(id_of(tab, "Technology"))})
    assert terms(tab) == {"Technology": ("Tech, IT, Software", 3)} and tab.said == "Software merged into Technology."
    db.write_sync(undo, tab.who, tab.state(Toaster).latest.action_value)
    assert terms(tab) == {"Software": ("", 1), "Technology": ("Tech, IT", 2)}
    assert [row(Company, id)["industry"] for id in firms] == ["Technology", "Technology", "Software"]


def test_what_is_refused_is_said_where_it_was_typed(tab: Tab) -> None:
    terms(tab)
    add(tab, "Technology")
    add(tab, "TECHNOLOGY")
    here = tab.state(VocabularyPage)
    assert here.editing and "Merge the two" in here.errors["name"]
    terms(tab)
    tab.call(VocabularyPage, "start_merge", term_id=id_of(tab, "Technology"))
    tab.call(VocabularyPage, "merge", values={"into": str(id_of(tab, "Technology"))})
    assert "another one of the same list" in tab.state(VocabularyPage).errors["name"]
    tab.call(VocabularyPage, "close")
    tab.call(VocabularyPage, "take", term_id=99_999, word="techmology")  # taken off the list meanwhile
    assert tab.said == "This term was removed meanwhile." and tab.state(Toaster).latest.tone == "bad"


def test_a_loose_word_is_taken_or_added_and_a_term_leaves_the_list(tab: Tab) -> None:
    firm = make_company(industry="techmology")
    make_company(industry="Bakery")
    terms(tab)
    add(tab, "Technology")
    terms(tab)
    loose = {w.text: w for w in tab.state(VocabularyPage).page.loose}
    assert loose["techmology"].near_id == id_of(tab, "Technology") and loose["Bakery"].near_id == 0
    tab.call(VocabularyPage, "take", term_id=loose["techmology"].near_id, word="techmology")
    tab.call(VocabularyPage, "add", word="Bakery")
    assert terms(tab) == {"Bakery": ("", 1), "Technology": ("techmology", 1)}
    tab.call(VocabularyPage, "add", word="Bakery")
    assert "in the list already" in tab.said
    tab.call(VocabularyPage, "remove", term_id=id_of(tab, "Bakery"))
    assert terms(tab) == {"Technology": ("techmology", 1)} and row(Company, firm)["industry"] == "Technology"


def told(tab: Tab) -> Any:
    outbox.drain_all()
    tab.call(TermsPage, "load")
    return tab.state(TermsPage)


def test_a_changed_term_is_told_acknowledged_and_the_page_shows_who_has(tab: Tab) -> None:
    seller, _ = Tab(principal(make_user(name="Noor")), "/terms"), make_user(name="Ravi", role="manager")
    tab.call(TermsPage, "load")
    tab.call(TermsPage, "begin")
    assert [t.name for t in told(tab).terms][:2] == ["Name", "Lead"]
    lead = next(t for t in tab.state(TermsPage).terms if t.name == "Lead")
    tab.call(TermsPage, "start", term_id=lead.id)
    assert [c.name for c in tab.state(TermsPage).offered if c.on] == ["person.segment"]
    tab.call(TermsPage, "save", values={"name": "Lead", "definition": " "})
    assert tab.state(TermsPage).editing and "definition" in tab.state(TermsPage).errors
    tab.call(
        TermsPage, "save", values={"name": "Lead", "definition": "Who asked for a price.", "field.person.title": "on"}
    )
    assert not tab.state(TermsPage).editing
    notice = told(seller).notices[0]
    assert notice.mine and not notice.known and any("Who asked for a price." in line for line in notice.lines)
    assert seller.state(TermsPage).editable is False and notice.readers == []
    day = clock.today() + timedelta(30)
    tab.call(TermsPage, "postpone", notice_id=notice.id, day=day.isoformat())
    tab.call(TermsPage, "postpone", notice_id=notice.id, day="soon")
    assert tab.said == "Not done. Please choose a day."
    seller.call(TermsPage, "know", notice_id=notice.id)
    mine = told(seller).notices[0]
    assert mine.known and mine.until_day == day.isoformat()
    readers = {r.name: r.when for r in next(n for n in told(tab).notices if n.id == notice.id).readers}
    assert set(readers) == {"Noor", "Ravi"}  # whoever changed it knows
    assert readers["Ravi"] == "not yet" and readers["Noor"] != "not yet"


def test_a_seller_changes_neither_terms_nor_lists_nor_days(tab: Tab) -> None:
    seller = Tab(principal(make_user()), "/terms")
    for state, handler, payload in (
        (TermsPage, "save", {"values": {"name": "X", "definition": "Y"}}),
        (TermsPage, "postpone", {"notice_id": 1, "day": "2030-01-01"}),
        (TermsPage, "remove", {"term_id": 1}),
        (VocabularyPage, "save", {"values": {"name": "X", "synonyms": ""}}),
        (VocabularyPage, "merge", {"values": {"into": "1"}}),
        (VocabularyPage, "take", {"term_id": 1, "word": "x"}),
    ):
        with pytest.raises(Forbidden):
            seller.call(state, handler, **payload)
