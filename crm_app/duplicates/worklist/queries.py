"""The work list as its screen shows it: groups with what tells their records apart, as the actor may see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, union_all
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Kind, kind
from crm_app.core.changes.kinds import Row
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.columns import probed
from crm_app.core.errors import Forbidden
from crm_app.core.reader import short_day
from crm_app.core.text import initials
from crm_app.duplicates.matching.queries import Match
from crm_app.duplicates.matching.sweeping import state_of
from crm_app.duplicates.matching.worklist import Cluster, open_clusters
from crm_app.duplicates.meeting.rules import percent, plain, sureness
from crm_app.duplicates.merge.checking import allowed
from crm_app.duplicates.merge.joining import merged_fields, part_rows
from crm_app.duplicates.merge.queries import TINTS, field_text, part_words
from crm_app.duplicates.merge.rules import EMPTY, MOST
from crm_app.duplicates.worklist.rows import DiffRow, GroupRow, MemberRow, WorkPage
from crm_app.identity.policy import may
from crm_app.records.listing.fields import fields_of
from crm_app.records.page.rows import Hint
from crm_app.records.reading import may_see
from crm_app.tables import DuplicatePair
from crm_app.ui import addresses

SHOWN, LINES, LONG = 5, 8, 60
WHOSE = ("all", "mine", "team")
PARTS = ("emails", "phones", "addresses")
pair = table_of(DuplicatePair)


def work_page(
    session: Session, actor: Principal, name: str, whose: str = "all", page: int = 1, batch: int = 0, of: int = 0
) -> WorkPage:
    """A page of the groups; `whose` is all, mine or team, `batch` that of an import, `of` one record."""
    known = kind(name)
    owners = {"mine": {actor.id or 0}, "team": {*actor.member_ids, actor.id or 0}}.get(whose)
    found = open_clusters(session, actor, name, page, owners=owners, batch_id=batch or None, of=of or None)
    rows = _rows(session, actor, known, {id for c in found.clusters for id in c.ids[:MOST]})
    parts = _parts(session, known, sorted(rows))
    return WorkPage(
        kind=name,
        plural=known.plural.lower(),
        whose=whose,
        batch=batch,
        of=of,
        groups=[g for c in found.clusters if (g := _group(session, actor, known, c, rows, parts))],
        page=found.page,
        pages=found.pages,
        count=found.groups,
        swept=swept_words(state_of(session, name).swept_at, actor.zone),
        may_check=may(actor, f"{name}.administer"),
        may_bulk=may(actor, f"{name}.merge"),
    )


def alike_to(session: Session, actor: Principal, name: str, id: int) -> list[int]:
    """The records that may be the same as this one and that nobody has decided on, the likeliest first."""
    known = kind(name)
    if not known.likeness:
        return []
    table = table_of(known.table)
    mine = select(table.c.id).where(table.c.deleted_at.is_(None), may_see(actor, known))
    if not session.connection().execute(mine.where(table.c.id == id)).first():
        return []
    sides = []
    for own, other in ((pair.c.left_id, pair.c.right_id), (pair.c.right_id, pair.c.left_id)):  # an index each
        seen = mine.where(table.c.id == other).correlate(pair).exists()
        there = (pair.c.kind == name, own == id, probed(pair.c.decision) == "open", seen)
        sides.append(select(other.label("id"), pair.c.probability).where(*there))
    found = union_all(*sides).subquery()
    query = select(found.c.id).order_by(found.c.probability.desc(), found.c.id).limit(MOST - 1)
    return list(session.connection().execute(query).scalars())


def hint_of(session: Session, actor: Principal, name: str, id: int) -> Hint | None:
    """`2 possible duplicates` beside the name, which leads to the comparison of them all."""
    alike = alike_to(session, actor, name, id)
    if not alike:
        return None
    text = f"{len(alike)} possible duplicate{'' if len(alike) == 1 else 's'}"
    return Hint(text, f"{addresses.DUPLICATES}?kind={name}&of={id}", "y")


def swept_words(at: datetime | None, zone: str) -> str:
    """`Checked today 02:10, next tonight.`"""
    if at is None:
        return "Not checked yet; the first check is made in the background."
    local, day = at.astimezone(ZoneInfo(zone)), today(zone)
    days = (day - local.date()).days
    when = {0: "today", 1: "yesterday"}.get(days, short_day(local))
    return f"Checked {when} {local:%H:%M}, next tonight. What is written meanwhile is compared at once."


def _rows(session: Session, actor: Principal, known: Kind, ids: Iterable[int]) -> dict[int, Row]:
    table = table_of(known.table)
    query = select(table).where(table.c.id.in_(sorted(ids)), table.c.deleted_at.is_(None), may_see(actor, known))
    return {row["id"]: dict(row) for row in session.connection().execute(query).mappings()}


def _parts(session: Session, known: Kind, ids: Sequence[int]) -> dict[str, dict[int, list[str]]]:
    """What the records have of the collections that tell them apart, in words."""
    found = {}
    for children in (known.child_by_name[p] for p in PARTS if p in known.child_by_name):
        rows = part_rows(session, children, ids)
        found[children.name] = {id: [part_words(session, children, r) for r in mine] for id, mine in rows.items()}
    return found


def _group(
    session: Session,
    actor: Principal,
    known: Kind,
    found: Cluster,
    rows: Mapping[int, Row],
    parts: Mapping[str, Mapping[int, list[str]]],
) -> GroupRow | None:
    here = [m for m in found.members if m.id in rows]
    if len(here) < 2:
        return None
    shown = here[:SHOWN]
    words, tone = sureness(found.probability)
    ids = [m.id for m in here]
    lines, alike = _lines(session, actor, known, [rows[m.id] for m in shown], parts)
    why_not = _refusal(actor, known, [rows[i] for i in ids])
    merge = f"{addresses.MERGE}?kind={known.name}&ids={','.join(str(m.id) for m in shown)}"
    return GroupRow(
        key="-".join(str(i) for i in ids),
        title=shown[0].name,
        ids=[m.id for m in found.members],
        words=words,
        tone=tone,
        percent=percent(found.probability),
        reasons=_reasons(found, here),
        members=[_member(m) for m in shown],
        lines=lines,
        alike=alike,
        more=len(found.members) - len(shown),
        merge_href="" if why_not else merge,
        why_not=why_not,
        bulk=not why_not and len(found.members) <= MOST,
    )


def _member(match: Match) -> MemberRow:
    return MemberRow(match.id, match.name, match.owner_name, match.url, initials(match.name), match.id % TINTS)


def _refusal(actor: Principal, known: Kind, rows: Sequence[Row]) -> str:
    """Why the actor may not merge these; empty if they may."""
    try:
        for n, row in enumerate(rows):
            allowed(actor, known, row, loser=n > 0)
    except Forbidden as refusal:
        return refusal.message
    return ""


def _reasons(found: Cluster, here: Sequence[Match]) -> list[str]:
    """Why; of more than two records pair by pair."""
    names = {m.id: m.name for m in here}
    told = sorted(found.reasons, key=lambda why: -why[2])[:SHOWN]
    if len(here) == 2:
        return plain(told[0][3]) if told else []
    return [
        f"{names[one]} and {names[two]}: {', '.join(said.lower() for said in plain(why))}"
        if names[one] != names[two]
        else ", ".join(plain(why))
        for one, two, _, why in told
        if one in names and two in names
    ]


def _lines(
    session: Session,
    actor: Principal,
    known: Kind,
    rows: Sequence[Row],
    parts: Mapping[str, Mapping[int, list[str]]],
) -> tuple[list[DiffRow], int]:
    """Where they differ, what a reader looks at first coming first; and in how many fields they are alike."""
    readable, found, alike = fields_of(session, actor, known.name), [], 0
    for field in merged_fields(known):
        values: list[Any] = [row[field.name] for row in rows]
        if field.name not in readable or all(v in EMPTY for v in values):
            continue
        if all(v == values[0] for v in values):
            alike += 1
            continue
        texts = [field_text(session, actor, known, field.name, row) for row in rows]
        found.append(DiffRow(readable[field.name].label, texts))
    for name, words in parts.items():
        mine = [sorted(words.get(row["id"], [])) for row in rows]
        if any(m != mine[0] for m in mine):
            found.append(DiffRow(known.child_by_name[name].label, [" · ".join(m[:3]) for m in mine]))
        elif mine[0]:
            alike += 1
    return found[-LINES:] if len(found) > LINES else found, alike
