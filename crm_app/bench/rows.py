"""Very many rows for benchmarks that only read: written straight into the tables, without log and outbox."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes.values import defaults
from crm_app.core.changes.working import table_of
from crm_app.core.text import sort_key
from crm_app.tables import Activity, Company, Person

CHUNK = 5000
FIRST = ("Anna", "Bo", "Chiara", "Dmitri", "Émile", "Fatima", "Goran", "Hana", "Inès", "Jonas", "Keiko", "Lars", "Mei")
LAST = ("Abara", "Becker", "Castro", "Dubois", "Eriksen", "Fischer", "García", "Horvat", "Ito", "Jansen", "Kowalski")
TYPES = ("call", "meeting", "task", "note", "email")
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


def put_rows(model: Any, rows: Iterable[dict[str, Any]]) -> list[int]:
    """Insert records with the defaults of their table; their ids."""
    ids: list[int] = []
    source = iter(rows)
    while part := list(islice(source, CHUNK)):
        ids += db.write_sync(_put, model, part)
    return ids


def _put(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    ids = db.allocate_ids(session, len(rows))
    given = [defaults(model) | row | {"id": id} for id, row in zip(ids, rows, strict=True)]
    session.connection().execute(insert(table_of(model)), given)
    return ids


def company_rows(count: int, owners: list[int]) -> Iterator[dict[str, Any]]:
    """Companies with names that differ."""
    for n in range(count):
        name = f"{LAST[n % 11]} {('Trading', 'Works', 'Labs', 'Group')[n % 4]} {n}"
        kind = ("customer", "prospect", "partner")[n % 3]
        yield {"name": name, "sort_key": sort_key(name), "kind": kind, "owner_id": owners[n % len(owners)]}


def person_rows(count: int, owners: list[int], companies: list[int]) -> Iterator[dict[str, Any]]:
    """People of all lifecycles."""
    for n in range(count):
        first, last = FIRST[n % 13], f"{LAST[n % 11]}{n // 143}"
        name = f"{first} {last}"
        yield {
            "first_name": first,
            "last_name": last,
            "display_name": name,
            "sort_key": sort_key(name),
            "lifecycle": ("name", "lead", "contact")[n % 3],
            "company_id": companies[n % len(companies)],
            "owner_id": owners[n % len(owners)],
        }


def activity_rows(count: int, owners: list[int], people: list[int], companies: list[int]) -> Iterator[dict[str, Any]]:
    """Activities over two years, most of them done."""
    for n in range(count):
        at = BEGAN + timedelta(minutes=n)
        subject = f"{TYPES[n % 5].capitalize()} about order {n}"
        yield {
            "type": TYPES[n % 5],
            "subject": subject,
            "sort_key": sort_key(subject),
            "person_id": people[n % len(people)],
            "company_id": companies[n % len(companies)],
            "owner_id": owners[n % len(owners)],
            "due_at": at,
            "done_at": at if n % 10 else None,
            "at": at,
        }


def fill(owners: list[int], people: int, companies: int, activities: int) -> dict[str, list[int]]:
    """The ids of what was made, by kind."""
    firms = put_rows(Company, company_rows(companies, owners))
    persons = put_rows(Person, person_rows(people, owners, firms))
    done = put_rows(Activity, activity_rows(activities, owners, persons, firms))
    return {"company": firms, "person": persons, "activity": done}
