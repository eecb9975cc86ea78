"""A small world around a few people and companies, and every record table as it stands."""

from itertools import count
from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import kinds
from crm_app.core.changes.working import table_of
from crm_app.duplicates.merge.service import Merged, merge_records
from crm_app.tables import metadata
from tests.support.builders import (
    change,
    make,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_user,
)

WORDS = ("Ada", "Bo", "", "Cy Long", "Dée")
MAILS = ("ada@example.org", "Ada@Example.org", "bo@example.org", "cy@example.org")
PHONES = ("+49 30 1234", "0049301234", "555-0100", "(555) 0100")
STREETS = ("1 Long Road", "1 long  road", "2 Short Lane")
PROFILES = ("linkedin.com/in/ada", "LinkedIn.com/in/ada/", "linkedin.com/in/bo")
_numbers = count()
DONE = [f"2026-03-0{n + 1}T10:00:00+00:00" for n in range(4)]
few = hypothesis_settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _some(values: tuple[Any, ...], most: int) -> Any:
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


PERSON = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(WORDS),
        "last_name": st.sampled_from(("Smith", "Smyth", "Ng")),
        "title": st.sampled_from(WORDS),
        "lifecycle": st.sampled_from(("name", "lead", "contact")),
        "emails": _some(MAILS, 3),
        "phones": _some(PHONES, 2),
        "addresses": _some(STREETS, 2),
        "profiles": _some(PROFILES, 2),
        "consent_email": st.sampled_from(("", "given", "withdrawn")),
        "companies": _some((0, 1), 2),
        "custom": st.sampled_from(("", "gold", "tin")),
        "tags": st.sets(st.integers(0, 2), max_size=2),
    }
)
COMPANY = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("Acme Ltd", "ACME Limited", "Bolt & Sons")),
        "domain": st.sampled_from(("", "acme.example", "bolt.example")),
        "phone": st.sampled_from(("", *PHONES)),
        "employees": st.none() | st.integers(0, 9),
        "addresses": _some(STREETS, 2),
        "custom": st.sampled_from(("", "gold", "tin")),
        "tags": st.sets(st.integers(0, 2), max_size=2),
    }
)
RECORDS = {"person": PERSON, "company": COMPANY}
LINK = {
    "person": ("deal", "activity", "contact", "attendee", "relation", "file", "quote", "named"),
    "company": ("deal", "activity", "file", "quote", "works", "worked", "below", "account", "named"),
}


def worlds(name: str) -> Any:
    """Two to four records of this kind, and what is related to them."""
    link = st.tuples(st.sampled_from(LINK[name]), st.integers(0, 3), st.integers(0, 3))
    return st.tuples(
        st.just(name), st.lists(RECORDS[name], min_size=2, max_size=4), st.lists(link, min_size=1, max_size=8)
    )


class World:
    """People or companies, and what is related to them."""

    def __init__(self, name: str, records: list[dict[str, Any]], links: list[tuple[str, int, int]]) -> None:
        self.name = name
        self.owner = make_user()
        self.pipeline = make_pipeline()
        self.tags = [make("tag", name=f"tag {n}") for n in range(3)]
        self.companies = [make_company() for _ in range(2)]
        n = next(_numbers)
        self.note = make("custom_field", kind=name, key=f"note{n}", label="Note", type="text")
        self.who = make("custom_field", kind="deal", key=f"who{n}", label="Who", type=name)
        self.ids = [self._record(values) for values in records]
        self.links = [self._link(*link) for link in links]

    def _record(self, values: dict[str, Any]) -> int:
        given = dict(values)
        emails = [{"value": v, "is_primary": n == 0} for n, v in enumerate(given.pop("emails", ()))]
        more: dict[str, Any] = {"emails": emails, "phones": [{"value": v} for v in given.pop("phones", ())]}
        more["profiles"] = [{"network": "LinkedIn", "value": v} for v in given.pop("profiles", ())]
        if state := given.pop("consent_email", ""):
            more["consent_email"] = [{"state": state, "on_day": f"2026-0{1 + len(emails)}-01"}]
        given |= {part: rows for part, rows in more.items() if rows}
        given["addresses"] = [{"street": v, "city": "Town"} for v in given.pop("addresses")]
        note, tags = given.pop("custom"), [self.tags[n] for n in sorted(given.pop("tags"))]
        moves = [self.companies[n] for n in given.pop("companies", ())]
        id = make(self.name, **given | {"owner_id": self.owner, "tags+": tags})
        if note:
            change(self.name, id, **{f"custom.{self.note}": note})
        for company in moves:  # the second one leaves a role of before
            change("person", id, company_id=company)
        return id

    def _link(self, what: str, first: int, second: int) -> tuple[str, int]:
        a, b = (self.ids[n % len(self.ids)] for n in (first, second))
        mine: dict[str, Any] = {f"{self.name}_id": a}
        both = list(dict.fromkeys((a, b)))
        match what:
            case "deal":
                return what, make_deal(self.pipeline, **mine)
            case "activity":
                return what, make("activity", type="call", subject="Call", done_at=DONE[first], **mine)
            case "quote":
                return what, make("quote", **{"title": "Offer", "company_id": self.companies[0]} | mine)
            case "contact":
                return "deal", make_deal(self.pipeline, contacts=[{"person_id": p, "role": "user"} for p in both])
            case "attendee":
                return "activity", make("activity", type="meeting", attendees=[{"person_id": p} for p in both])
            case "file":
                return what, make("file", name="a.txt", sha256="0" * 64, kind=self.name, record_id=a)
            case "named":
                named: dict[str, Any] = {f"custom.{self.who}": a}
                return "deal", make_deal(self.pipeline, **named)
            case "works" | "worked":
                person = make_person(company_id=a)
                if what == "worked" and a != b:
                    change("person", person, company_id=b)
                return "person", person
            case "below":
                return "company", make_company(parent_id=a)
            case "account":
                return "territory", make("territory", name="North", accounts=[{"company_id": c} for c in both])
        if a != b:
            change("person", a, relations=[{"other_id": b, "type": "knows"}])
        return "person", a


def everything(session: Session, *, only_living: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Every record and every part of one, but for what counts saves: versions, times, the order of titles."""
    unstable = {"version", "updated_at", "sort_key"}
    found: dict[str, list[dict[str, Any]]] = {}
    for table in {table_of(t) for k in kinds() for t in (k.table, *(c.table for c in k.children))}:
        rows = session.connection().execute(select(table).order_by(table.c.id)).mappings()
        found[table.name] = [{n: v for n, v in row.items() if n not in unstable} for row in rows]
    return found


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Everything, now."""
    return db.read_sync(everything)


# Tables that a merge and its undo leave longer than they were, by nature.
GROWN = {
    "change_batch": "that it was done and taken back",
    "change_log": "as the batches",
    "outbox": "what follows from both",
    "id_counter": "numbers are never given twice",
}
# What counts and dates saves, for a restored record was saved twice more; and how likely a pair is, which follows from
# all records there were when one of it was saved.
COUNTED = frozenset({"version", "updated_at"})
JUDGED = frozenset({"probability", "reasons", "found_at", "found_by", "batch_id"})


def whole() -> dict[str, list[dict[str, Any]]]:
    """Every table of the database but for `GROWN`, also those beside the records, each row in the order of its key."""

    def read(session: Session) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for table in (t for t in metadata.sorted_tables if t.name not in GROWN):
            rows = session.connection().execute(select(table)).mappings()
            left_out = JUDGED if table.name == "duplicate_pair" else COUNTED
            plain = [{n: v for n, v in row.items() if n not in left_out} for row in rows]
            found[table.name] = sorted(plain, key=lambda row, t=table: [str(row[c.name]) for c in t.primary_key])
        return found

    return db.read_sync(read)


def merge(name: str, survivor: int, *losers: int, actor: Any = SYSTEM, **more: Any) -> Merged:
    """Merge these, in one transaction."""
    return db.write_sync(merge_records, actor, name, survivor, list(losers), **more)
