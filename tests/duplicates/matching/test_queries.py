"""Who is there already, while somebody types."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply
from crm_app.core.config import settings
from crm_app.core.errors import Invalid, LikelyDuplicate
from crm_app.duplicates.matching.queries import Match, matches
from crm_app.identity.matrix import MATRIX
from crm_app.imports.service import import_file
from crm_app.records.create.service import create_record
from crm_app.records.search.index import engine, reindex
from tests.support.builders import change, make, make_company, make_user, principal

JON = {"first_name": "Jonathan", "last_name": "Abercrombie", "emails": [{"value": "jon.abercrombie@acme.example"}]}
TYPED: dict[str, Any] = {
    "first_name": "Jon",
    "last_name": "Abercrombie",
    "emails.value": "Jon.Abercrombie@ACME.example",
}


def ask(kind: str, actor: Principal = SYSTEM, /, **values: Any) -> list[Match]:
    return db.read_sync(matches, actor, kind, values)


def names(found: list[Match]) -> list[str]:
    return [match.name for match in found]


def test_somebody_typed_again_is_met(database_url: str) -> None:
    owner = make_user(name="Olga")
    id = make("person", **JON, owner_id=owner)
    make("person", first_name="Mary", last_name="Poppins", emails=[{"value": "mary@acme.example"}])
    (match,) = ask("person", **TYPED)
    assert (match.id, match.name, match.owner_name, match.url) == (id, "Jonathan Abercrombie", "Olga", f"/people/{id}")
    assert match.visible and match.probability > 0.99
    assert "same e-mail" in match.reasons and "Jon ~ Jonathan" in match.reasons
    assert db.read_sync(matches, SYSTEM, "person", TYPED, but=[id]) == []


def test_who_shares_no_key_is_found_by_the_words_of_the_index(sqlite_database: str) -> None:
    """Typed with a slip in both names; without an index the keys alone are asked, and a save never asks the index."""
    id = make("person", first_name="Jonathan", last_name="Abercrombie")
    make("person", first_name="Mary", last_name="Poppins")
    typed = {"first_name": "Jomathan", "last_name": "Apercrombie"}
    assert ask("person", **typed) == []
    reindex()
    assert [match.id for match in ask("person", **typed)] == [id]
    shutil.rmtree(settings().data_dir / "search")
    engine().close()
    assert ask("person", **typed) == []


def test_a_hidden_record_gives_nothing_away_but_name_and_owner(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = {**MATRIX["sales"], "person": {**MATRIX["sales"]["person"], "read": "own"}}
    monkeypatch.setitem(cast(dict, MATRIX), "sales", rights)
    owner, other = make_user(name="Olga"), make_user()
    id = make("person", **JON, owner_id=owner)
    seller = principal(other)
    (match,) = ask("person", seller, **TYPED)
    told = asdict(match)
    assert told == {
        "kind": "person",
        "id": id,
        "name": "Jonathan Abercrombie",
        "owner_name": "Olga",
        "probability": 0.0,
        "reasons": "",
        "visible": False,
        "url": "",
    }
    alike = {"first_name": "Jonathan", "last_name": "Abercromby"}
    assert all(match.visible for match in ask("person", seller, **alike) if match.probability)


@pytest.mark.parametrize("typed", [{"phones.value": "000 000 00"}, {"phones.value": "+00000000"}, {}, {"title": "Dr"}])
def test_what_says_nothing_finds_nobody(database_url: str, typed: dict[str, Any]) -> None:
    make("person", first_name="Ann", last_name="Bee")
    make("person", first_name="Cy", last_name="Dee")
    assert ask("person", **typed) == []


@pytest.mark.parametrize("name", ["X", "Umbrella " * 55])
def test_a_company_of_one_letter_or_of_five_hundred(database_url: str, name: str) -> None:
    id = make("company", name=name[:200].strip())
    make_company(name="Y")
    assert [match.id for match in ask("company", name=name)] == [id]


def test_a_name_of_five_hundred_letters_is_refused_with_a_word(sqlite_database: str, tmp_path: Path) -> None:
    """By the form and by an import, and nothing else of the file is lost."""
    long = ("Umbrella " * 56)[:500]
    with pytest.raises(Invalid) as refused:
        db.write_sync(create_record, principal(make_user()), "company", {"name": long, "domain": "acme.example"})
    assert refused.value.fields == {"name": "Name may have at most 200 characters."}
    file = tmp_path / "companies.csv"
    file.write_text(f"account,sector\n{long},technology\nX,retail\n")
    report = import_file(SYSTEM, "companies", file)
    assert (report.created, report.refused) == (1, 1)
    assert "Name may have at most 200 characters." in report.errors[0].reason
    assert names(ask("company", name="X")) == ["X"]


def test_companies_are_met_by_their_name_without_the_legal_form(database_url: str) -> None:
    make("company", name="Acme Limited", domain="acme.example")
    make("company", name="Globex")
    assert names(ask("company", name="ACME Ltd", domain="www.acme.example")) == ["Acme Limited"]
    assert ask("company", name="Initech") == []


def test_a_person_is_met_at_the_company_chosen_or_newly_named(database_url: str) -> None:
    acme = make("company", name="Acme Ltd")
    make("person", first_name="Jonathan", last_name="Abercrombie", company_id=acme)
    by_id = ask("person", first_name="Jon", last_name="Abercrombie", company_id=str(acme))
    by_name = ask("person", first_name="Jon", last_name="Abercrombie", company_id="ACME Limited")
    assert names(by_id) == names(by_name) == ["Jonathan Abercrombie"]
    assert by_id[0].reasons.startswith("same surname; same company")


@pytest.mark.parametrize("at", [0, 3, 149, 199])
def test_somebody_with_two_hundred_addresses_is_met_by_any(database_url: str, at: int) -> None:
    emails = [{"value": f"{n * 7919:06}@acme{n}.example"} for n in range(200)]
    id = make("person", first_name="Mail", last_name="Box", emails=emails)
    typed: dict[str, Any] = {"first_name": "Malin", "last_name": "Boxer", "emails.value": emails[at]["value"]}
    found = ask("person", **typed)
    assert [match.id for match in found] == [id] and "same e-mail" in found[0].reasons
    with pytest.raises(LikelyDuplicate):
        named = {"first_name": "Mail", "last_name": "Box", "emails": [{"value": emails[at]["value"]}]}
        db.write_sync(apply, principal(make_user()), Change("person", op="create", set=named))


def test_what_is_kept_follows_edits(database_url: str) -> None:
    id = make("person", first_name="Old", last_name="Namington")
    change("person", id, first_name="New", last_name="Abercrombie")
    assert ask("person", first_name="Old", last_name="Namington") == []
    assert names(ask("person", first_name="New", last_name="Abercrombie")) == ["New Abercrombie"]
