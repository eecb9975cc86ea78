"""Files on a timeline: those of the record, of its deals, and of a company's people."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.folding import says
from crm_app.core.text import initials, size_words
from crm_app.identity.policy import decide, scope
from crm_app.records.reading import titles
from crm_app.tables import File, User
from crm_app.timeline.queries.scope import deal, deals_of, newest, people_of, person
from crm_app.timeline.rows import Event
from crm_app.timeline.rules import Place, Wish, day_label

file, user = table_of(File), table_of(User)


def file_events(
    session: Session, actor: Principal, name: str, id: int, wish: Wish, count: int
) -> list[tuple[Place, Event]]:
    """Who may see the record may see what hangs on it, if the role sees files at all."""
    if scope(actor, "read", "file") == "none":
        return []
    belongs = [and_(file.c.kind == name, file.c.record_id == id)]
    people, deals = people_of(actor, name, id), deals_of(actor, name, id)
    if people is not None:
        belongs.append(and_(file.c.kind == "person", file.c.record_id.in_(select(person.c.id).where(people))))
    if deals is not None:
        belongs.append(and_(file.c.kind == "deal", file.c.record_id.in_(select(deal.c.id).where(deals))))
    query = (
        select(file, user.c.name.label("who"), user.c.color)
        .outerjoin(user, user.c.id == file.c.owner_id)
        .where(or_(*belongs), file.c.deleted_at.is_(None))
    )
    if wish.text:
        query = query.where(says(wish.text, file.c.name))
    rows = session.connection().execute(newest(query, file.c.created_at, file.c.id, wish.after, count)).all()
    about = titles(session, actor, [(r.kind, r.record_id) for r in rows if (r.kind, r.record_id) != (name, id)])
    return [
        (Place(row.created_at, row.id), _event(actor, row, about.get((row.kind, row.record_id), ""))) for row in rows
    ]


def _event(actor: Principal, row: Any, about: str) -> Event:
    at = row.created_at.astimezone(ZoneInfo(actor.zone))
    who = row.who or "Somebody"
    return Event(
        key=Place(row.created_at, row.id).write(),
        id=row.id,
        kind="file",
        day=day_label(at.date(), clock.today(actor.zone)),
        time=f"{at:%H:%M}",
        who=who,
        initials=initials(row.who or ""),
        color=row.color or "",
        verb="added",
        subject=row.name,
        about=about,
        about_href=f"{kind(row.kind).path}/{row.record_id}" if about else "",
        note=size_words(row.size),
        media_type=row.media_type,
        version=row.version,
        can_edit=decide(actor, "delete", "file", row.owner_id).allowed,
    )
