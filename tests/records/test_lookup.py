"""Finding the record that a field shall point to."""

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.records.lookup import find_refs
from tests.support.builders import make, make_company, make_deal, make_person, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def found(kind: str, text: str, actor=SYSTEM) -> list[str]:
    return [option.name for option in db.read_sync(find_refs, actor, kind, text).options]


def test_beginnings_come_first_accents_do_not_matter_and_wildcards_are_letters() -> None:
    for name in ("Société Générale", "La Société", "Sociable 100%", "Other"):
        make_company(name=name)
    assert found("company", "socie") == ["Société Générale", "La Société"]
    assert found("company", "100%") == ["Sociable 100%"]
    assert found("company", "%") == ["Sociable 100%"]
    assert found("company", "  ") == []


def test_namesakes_are_told_apart_by_their_company() -> None:
    for company in ("Isdom", "Cancity"):
        make_person(display_name="Lena Arndt", company_id=make_company(name=company))
    options = db.read_sync(find_refs, SYSTEM, "person", "lena").options
    assert [(o.name, o.note) for o in options] == [("Lena Arndt", "Isdom"), ("Lena Arndt", "Cancity")]


def test_only_what_the_viewer_may_see_is_found() -> None:
    pipeline, me, other = make_pipeline(), make_user(), make_user()
    make_deal(pipeline, title="Storage for me", owner_id=me)
    make_deal(pipeline, title="Storage for them", owner_id=other)
    assert found("deal", "storage", principal(me)) == ["Storage for me"]
    assert found("deal", "storage") == ["Storage for me", "Storage for them"]


def test_kinds_that_no_field_points_to_are_not_searched() -> None:
    make("saved_view", name="Mine", kind="deal")
    assert [found(name, "mine") for name in ("saved_view", "nonsense", "")] == [[], [], []]
