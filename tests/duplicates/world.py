"""A small world around a few people and companies, and every record table as it stands."""

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
from tests.support.builders import make, make_company, make_deal, make_pipeline, make_user

WORDS = ("Ada", "Bo", "", "Cy Long", "Dée")
MAILS = ("ada@example.org", "Ada@Example.org", "bo@example.org", "cy@example.org")
PHONES = ("+49 30 1234", "0049301234", "555-0100", "(555) 0100")
few = hypothesis_settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
PERSON = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(WORDS),
        "last_name": st.sampled_from(("Smith", "Smyth", "Ng")),
        "title": st.sampled_from(WORDS),
        "lifecycle": st.sampled_from(("name", "lead", "contact")),
        "emails": st.lists(st.sampled_from(MAILS), max_size=3, unique=True),
        "phones": st.lists(st.sampled_from(PHONES), max_size=2, unique=True),
        "tags": st.sets(st.integers(0, 2), max_size=2),
    }
)
LINK = st.tuples(
    st.sampled_from(("deal", "activity", "contact", "attendee", "relation", "file", "quote")),
    st.integers(0, 3),
    st.integers(0, 3),
)
LINKS = st.lists(LINK, max_size=8)


class World:
    """People, what is related to them, and companies with a tree."""

    def __init__(self, people: list[dict[str, Any]], links: list[tuple[str, int, int]]) -> None:
        self.owner = make_user()
        self.pipeline = make_pipeline()
        self.tags = [make("tag", name=f"tag {n}") for n in range(3)]
        self.company = make_company()
        self.people = [self._person(values) for values in people]
        self.links = [self._link(*link) for link in links]

    def _person(self, values: dict[str, Any]) -> int:
        given = dict(values)
        emails = [{"value": v, "is_primary": n == 0} for n, v in enumerate(given.pop("emails"))]
        phones = [{"value": v} for v in given.pop("phones")]
        tags = [self.tags[n] for n in sorted(given.pop("tags"))]
        given |= {"owner_id": self.owner, "emails": emails, "phones": phones, "tags+": tags}
        return make("person", **given)

    def _link(self, what: str, first: int, second: int) -> tuple[str, int]:
        a, b = (self.people[n % len(self.people)] for n in (first, second))
        match what:
            case "deal":
                return what, make_deal(self.pipeline, person_id=a, company_id=self.company)
            case "activity":
                return what, make("activity", type="call", subject="Call", person_id=a)
            case "contact":
                rows = [{"person_id": p, "role": "user"} for p in dict.fromkeys((a, b))]
                return "deal", make_deal(self.pipeline, person_id=None, contacts=rows)
            case "attendee":
                return "activity", make("activity", type="meeting", attendees=[{"person_id": a}, {"person_id": b}])
            case "file":
                return what, make("file", name="a.txt", sha256="0" * 64, kind="person", record_id=a)
            case "quote":
                return what, make("quote", title="Offer", company_id=self.company, person_id=a)
        from tests.support.builders import change

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
