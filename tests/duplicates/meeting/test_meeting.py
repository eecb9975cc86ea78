"""Who is here already, beside a form: in plain words, of hidden ones a name only; and used instead of a new one."""

import json
from dataclasses import asdict

import pytest

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Invalid, NotFound
from crm_app.duplicates.meeting.queries import met
from crm_app.duplicates.meeting.rows import Met
from crm_app.duplicates.meeting.rules import percent, plain, sureness
from crm_app.duplicates.meeting.service import fill_in, offer
from crm_app.identity.policy import MATRIX
from crm_app.records.create.service import named
from crm_app.records.page.queries import record_page
from crm_app.tables import Person
from tests.support.builders import make_company, make_person, make_user, principal, row

TYPED = {"first_name": "Jonathan", "last_name": "Berglund", "emails.value": "jon.berglund@fjord.example"}


@pytest.fixture
def jon(database_url: str) -> tuple[int, Principal]:
    """Jon Berglund, and the seller who owns him."""
    owner = make_user(name="Ravi Shah")
    emails = [{"value": "jon.berglund@fjord.example", "is_primary": True}]
    person = make_person(
        first_name="Jon",
        last_name="Berglund",
        display_name="Jon Berglund",
        title="Buyer",
        owner_id=owner,
        emails=emails,
    )
    return person, principal(owner)


def look(who: Principal, values: dict[str, str], n: int = 7) -> Met:
    return db.read_sync(met, who, "person", values, n)


def test_who_is_here_is_told_in_plain_words(jon: tuple[int, Principal]) -> None:
    person, owner = jon
    found = look(owner, TYPED)
    assert found.n == 7
    (alike,) = found.rows
    assert (alike.id, alike.name, alike.owner, alike.url) == (person, "Jon Berglund", "Ravi Shah", f"/people/{person}")
    assert alike.words == "Very likely the same" and alike.percent.endswith(" %")
    assert "Same email" in alike.reasons or "Same e-mail" in alike.reasons
    assert any("is like" in said for said in alike.reasons)


def test_of_a_hidden_one_there_is_a_name_and_an_owner(
    jon: tuple[int, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = jon
    monkeypatch.setitem(MATRIX["sales"]["person"], "read", "own")
    other = principal(make_user())
    (alike,) = look(other, TYPED).rows
    kept = {k: v for k, v in asdict(alike).items() if v not in ("", [], False)}
    assert kept == {"kind": "person", "id": person, "name": "Jon Berglund", "owner": "Ravi Shah"}
    with pytest.raises(NotFound):
        db.read_sync(offer, other, "person", person, TYPED)
    with pytest.raises(NotFound):
        db.write_sync(fill_in, other, "person", person, TYPED | {"phones.value": "+49 30 1234567"})


def test_who_may_create_none_is_told_nothing(jon: tuple[int, Principal]) -> None:
    assert look(principal(make_user(role="read-only"), "read-only"), TYPED).rows == []


def test_what_the_chosen_one_lacks_is_offered_and_filled_in(jon: tuple[int, Principal]) -> None:
    person, owner = jon
    company = make_company(name="Fjord Trading")
    typed = TYPED | {"title": "Head of IT", "company_id": str(company), "phones.value": "+47 22 12 34 56"}
    offered = db.read_sync(offer, owner, "person", person, typed)
    assert [(f.name, f.text) for f in offered.fills] == [
        ("company_id", "Fjord Trading"),
        ("phones.value", "+47 22 12 34 56"),
    ]
    db.write_sync(fill_in, owner, "person", person, typed)
    now = row(Person, person)
    assert (now["first_name"], now["title"], now["company_id"]) == ("Jon", "Buyer", company)
    parts = {p.name: p.rows for p in db.read_sync(record_page, owner, "person", person).parts}
    assert len(parts["emails"]) == 1
    assert [(r.values["value"], r.primary) for r in parts["phones"]] == [("+4722123456", True)]
    assert db.read_sync(offer, owner, "person", person, typed).fills == []
    assert db.write_sync(fill_in, owner, "person", person, typed) is None  # the second click changes nothing


def test_whoever_may_not_edit_it_fills_in_nothing(jon: tuple[int, Principal]) -> None:
    person, _ = jon
    colleague, typed = principal(make_user()), TYPED | {"phones.value": "+47 22 12 34 56"}
    assert db.read_sync(offer, colleague, "person", person, typed).fills == []
    assert db.write_sync(fill_in, colleague, "person", person, typed) is None
    assert row(Person, person)["version"] == 1


def test_a_wrong_address_is_said_beside_its_field(jon: tuple[int, Principal]) -> None:
    person, owner = jon
    with pytest.raises(Invalid) as refusal:
        db.write_sync(fill_in, owner, "person", person, {"emails.value": "no address"})
    assert list(refusal.value.fields) == ["emails.value"]


def test_the_answer_is_small(jon: tuple[int, Principal]) -> None:
    _, owner = jon
    for _n in range(12):
        make_person(first_name="Jon", last_name="Berglund", display_name="", emails=[{"value": TYPED["emails.value"]}])
    found = look(owner, TYPED | {"title": "x" * 5000})
    assert 1 < len(found.rows) <= 5
    assert len(json.dumps(asdict(found))) < 4000


@pytest.mark.parametrize(
    ("probability", "shown"), [(1.0, "99 %"), (0.999, "99 %"), (0.97, "97 %"), (0.5049, "50 %"), (0.0, "1 %")]
)
def test_nobody_is_quite_sure(probability: float, shown: str) -> None:
    assert percent(probability) == shown


def test_words_of_reasons_and_sureness() -> None:
    assert plain("same phone; Jon ~ Jonathan; town differs") == ["Same phone", "Jon is like Jonathan", "Town differs"]
    assert plain("") == []
    assert [sureness(p)[0] for p in (0.98, 0.92, 0.6)] == [
        "Very likely the same",
        "Likely the same",
        "Perhaps the same",
    ]


def test_a_name_that_was_looked_up_begins_the_form(database_url: str) -> None:
    assert named("person", "  Anna  Maria Berg ") == {"first_name": "Anna Maria", "last_name": "Berg"}
    assert named("person", "Berg") == {"last_name": "Berg"}
    assert named("company", "Acme  Ltd") == {"name": "Acme Ltd"}
    assert named("company", "") == {"name": ""}
