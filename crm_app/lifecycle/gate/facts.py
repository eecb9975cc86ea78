"""What a gate knows of a person, with everything that the call in hand has changed so far."""

from collections.abc import Mapping

from sqlalchemy import select, union

from crm_app.core.changes import Context, kind
from crm_app.core.changes.custom import flat
from crm_app.core.changes.finishing import parts_after
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import IN_LIMIT, Loaded, table_of
from crm_app.lifecycle.rules import Facts
from crm_app.people.consent import CONSENTS
from crm_app.tables import Activity, Deal, DealContact

deal, contact, activity = (table_of(m) for m in (Deal, DealContact, Activity))
CHANNELS = ("emails", "phones")


def facts_of(context: Context, row: Mapping[str, object], *, works: bool) -> Facts:
    """As it will be once the change in hand is made; `works`: does anybody ask for a deal or a next step?"""
    person, id = kind("person"), int(str(row["id"]))
    channels = sum(len(parts_after(context, person, id, name)) for name in CHANNELS)
    consents = sum(part["state"] == "given" for c in CONSENTS for part in parts_after(context, person, id, c.name))
    return Facts(flat(row), channels, consents, works and has_work(context, id))


def facts_before(context: Context, row: Row) -> Facts:
    """As it was before the change in hand, its collections too."""
    patches, context.patches = context.patches, {}
    try:
        return facts_of(context, row, works=False)
    finally:
        context.patches = patches


def has_work(context: Context, person_id: int) -> bool:
    """Is there a deal with this person, or a planned activity with a day?"""
    return person_id in _stored(context, person_id) or _coming(context, person_id)


def _coming(context: Context, person_id: int) -> bool:
    """By what this call has made so far."""
    for name, found in _works(context):
        row = found.row
        if name == "deal" and row["person_id"] == person_id and row["deleted_at"] is None:
            return True
        planned = name == "activity" and row["person_id"] == person_id and row["deleted_at"] is None
        if planned and row["done_at"] is None and row["due_at"] is not None:
            return True
    return False


def _works(context: Context) -> list[tuple[str, Loaded]]:
    """The deals and activities of this call; looked up again only once there are more records than before."""
    key, records = ("work of this call",), context.working.records if context.working else {}
    count, found = context.cache.get(key, (0, []))
    if count != len(records):
        found = [(name, record) for (name, _), record in records.items() if name in ("deal", "activity")]
        context.cache[key] = (len(records), found)
    return found


def _stored(context: Context, person_id: int) -> set[int]:
    """The people of this call who have work in the database, asked together."""
    covered, found = context.cache.setdefault(("people with work",), (set(), set()))
    if person_id not in covered:
        people = {id for name, id in (context.working.records if context.working else ()) if name == "person"}
        wanted = sorted((people | {person_id}) - covered)
        covered |= set(wanted)
        for start in range(0, len(wanted), IN_LIMIT):
            found |= _with_work(context, wanted[start : start + IN_LIMIT])
    return found


def _with_work(context: Context, ids: list[int]) -> set[int]:
    deals = select(deal.c.person_id).where(deal.c.person_id.in_(ids), deal.c.deleted_at.is_(None))
    named = (
        select(contact.c.person_id)
        .join(deal, deal.c.id == contact.c.deal_id)
        .where(contact.c.person_id.in_(ids), deal.c.deleted_at.is_(None))
    )
    steps = select(activity.c.person_id).where(
        activity.c.person_id.in_(ids),
        activity.c.deleted_at.is_(None),
        activity.c.done_at.is_(None),
        activity.c.due_at.is_not(None),
    )
    return set(context.session.connection().execute(union(deals, named, steps)).scalars())
