"""Who is there already, while somebody types a new record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind as kind_of
from crm_app.core.changes.working import table_of
from crm_app.duplicates.matching.finding import Found, find
from crm_app.duplicates.matching.profiles import typed_profile
from crm_app.duplicates.matching.searched import found_by_words
from crm_app.identity.policy import decide
from crm_app.tables import User
from search.duplicates.fields import EMPTY
from search.duplicates.sweep import THRESHOLD

LIKELY = THRESHOLD  # from here on a save asks
WORTH = 0.5
user = table_of(User)


@dataclass(frozen=True)
class Match:
    """A record that may be the same; of one that the actor may not see there is its name and owner, nothing else."""

    kind: str
    id: int
    name: str
    owner_name: str
    probability: float
    reasons: str
    visible: bool
    url: str


def matches(
    session: Session,
    actor: Principal,
    kind: str,
    values: Mapping[str, object],
    *,
    but: Collection[int] = (),
    at_least: float = WORTH,
    most: int = 5,
) -> list[Match]:
    """The records that a form with these values may mean, the likeliest first; `but` are left out.

    `values` go by the names of the form for a new record (`emails.value`: one e-mail or a list of them); a reference is
    an id or the name of what will be made. Hidden records come only where they are likely enough for a save to ask.
    """
    known = kind_of(kind)
    made = typed_profile(session, known, values) if known.likeness else EMPTY
    if made == EMPTY:
        return []
    also = found_by_words(known, values)
    found = find(session, kind, {0: made}, stored=False, but=but, at_least=at_least, also=also).get(0, [])
    return shown(session, actor, kind, found)[:most]


def shown(session: Session, actor: Principal, name: str, found: Sequence[Found]) -> list[Match]:
    """What this actor is told of what was found."""
    known = kind_of(name)
    table = table_of(known.table)
    owner = table.c[known.owner or "owner_id"]
    query = (
        select(table.c.id, table.c[known.title].label("title"), owner.label("owner_id"), user.c.name.label("owner"))
        .select_from(table.outerjoin(user, user.c.id == owner))
        .where(table.c.id.in_(sorted({f.id for f in found})), table.c.deleted_at.is_(None))
    )
    rows = {row.id: row for row in session.connection().execute(query)}
    told = []
    for one in (f for f in found if f.id in rows):
        row = rows[one.id]
        title, of = str(row.title or "Untitled"), row.owner or ""
        if decide(actor, "read", name, row.owner_id, record_id=one.id).allowed:
            told.append(Match(name, one.id, title, of, one.probability, one.reasons, True, f"{known.path}/{one.id}"))
        elif one.probability >= LIKELY:
            told.append(Match(name, one.id, title, of, 0.0, "", False, ""))
    return told


def likely_company(session: Session, _actor: Principal, name: str, domain: str) -> int | None:
    """The company that a conversion means by this name and domain, so that none is made twice; also a hidden one."""
    made = typed_profile(session, kind_of("company"), {"name": name, "domain": domain})
    if not name.strip() or made == EMPTY:
        return None
    found = find(session, "company", {0: made}, stored=False, at_least=LIKELY).get(0, [])
    return found[0].id if found else None
