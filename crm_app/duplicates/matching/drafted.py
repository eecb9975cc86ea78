"""Rows of an import that are no records yet: which record each most likely means, and which look like one another."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.working import table_of
from crm_app.duplicates.matching.finding import Found, alike_among, find
from crm_app.duplicates.matching.profiles import drafted_profiles
from crm_app.duplicates.matching.queries import LIKELY, Match, shown
from crm_app.identity.policy import decide
from crm_app.imports.likely import Likely, Row, Sorted
from search.duplicates.fields import EMPTY


def sort_rows(session: Session, actor: Principal, name: str, rows: Mapping[int, Row]) -> Sorted:
    """By the scorer and the threshold of the hook; whoever imports the same meanwhile waits until this one is done."""
    known = kind(name)
    if not known.likeness:
        return Sorted({})
    db.take_turns(session, f"duplicates of {name}")
    given = drafted_profiles(session, known, {n: (row.values, row.parts) for n, row in rows.items()})
    asked = {n: made for n, made in given.items() if made != EMPTY}
    if not asked:
        return Sorted({})
    found = find(session, name, asked, stored=False, at_least=LIKELY)
    told = _told(session, actor, known, {n: some for n, some in found.items() if some})
    rest = {n: made for n, made in asked.items() if n not in told}
    return Sorted(told, frozenset(alike_among(session, name, rest, LIKELY)))


def _told(session: Session, actor: Principal, known: Kind, found: Mapping[int, list[Found]]) -> dict[int, list[Likely]]:
    """What this user is told of the records; each is looked up once."""
    every = {one.id: one for some in found.values() for one in some}
    here = {match.id: match for match in shown(session, actor, known.name, list(every.values()))}
    owners = _owners(session, known, list(here))
    barred = {id: _why_not(actor, known, match, owners.get(id)) for id, match in here.items()}
    told = {}
    for n, some in found.items():
        met = [_likely(here[one.id], one, barred[one.id]) for one in some if one.id in here]
        if met:
            told[n] = met
    return told


def _likely(match: Match, found: Found, why_not: str) -> Likely:
    return Likely(match.id, match.name, match.owner_name, found.reasons if match.visible else "", why_not)


def _owners(session: Session, known: Kind, ids: list[int]) -> dict[int, int | None]:
    table = table_of(known.table)
    if known.owner is None:
        return {}
    query = select(table.c.id, table.c[known.owner]).where(table.c.id.in_(ids))
    return {row[0]: row[1] for row in session.connection().execute(query)}


def _why_not(actor: Principal, known: Kind, match: Match, owner: int | None) -> str:
    """Why the user may not change this record; empty if they may."""
    if not match.visible:
        return "You may not see it."
    verdict = decide(actor, "edit", known.name, owner, record_id=match.id)
    return "" if verdict.allowed else verdict.why
