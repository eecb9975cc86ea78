"""The same figures by owner, team, lead source and way in; each opens its records."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.changes import kind
from crm_app.core.changes.working import table_of
from crm_app.core.reader import numeral
from crm_app.core.text import fold, initials
from crm_app.identity.policy import visible
from crm_app.quality.fields import BATCH, SCORE, WAY
from crm_app.quality.queries.counts import Owner, Standing, by_column, mark
from crm_app.quality.queries.whose import Whose
from crm_app.quality.rows import Figure, GroupRow
from crm_app.quality.rules.scores import mean
from crm_app.records.listing.rules import MOST_VALUES
from crm_app.tables import ImportRun, Team

team, import_run = table_of(Team), table_of(ImportRun)
MOST_ROWS = 100
FAULTY = {"f": SCORE, "op": "lt", "v": 100}
WAYS = {
    "ui": "Typed in a form",
    "list": "Typed in a list",
    "board": "On the board",
    "calendar": "In the calendar",
    "import": "Import",
    "demo": "Demo data",
    "rule": "By a rule",
    "unknown": "Not known",
}
Found = dict[tuple[str, Owner], Standing]
Scored = tuple[float, GroupRow]  # a row with its score as it is before it is rounded


def group_rows(
    session: Session, who: Whose, by: str, found: Found, people: dict[int, Any], kinds: tuple[str, ...]
) -> tuple[list[str], list[GroupRow]]:
    """The heads of the columns, and the rows, those with the lowest score first."""
    if by == "source":
        return _by_source(session, who, kinds)
    if by == "way":
        return _by_way(session, who, kinds)
    heads = [f"{kind(name).plural} to fix" for name in kinds]
    if by == "team":
        return heads, _by_team(session, who, found, people, kinds)
    merged: dict[Owner, dict[str, Standing]] = defaultdict(dict)
    for (name, owner), one in found.items():
        merged[owner][name] = one
    rows = []
    for owner, parts in merged.items():
        person = people.get(owner) if owner is not None else None
        label = "Nobody" if owner is None else person.name if person else "Somebody who is gone"
        href = f"?by=owner&who=owner:{owner}" if person else ""
        look = (initials(label), person.color) if person else ("", "")
        rows.append(_row(f"owner:{owner or 0}", label, parts, kinds, who.of(owner), look, href))
    return heads, _sorted(rows)


def _by_team(
    session: Session, who: Whose, found: Found, people: dict[int, Any], kinds: tuple[str, ...]
) -> list[GroupRow]:
    """A team alone, without those below it: so that the rows add up."""
    names = {row.id: row.name for row in session.connection().execute(select(team.c.id, team.c.name))}
    merged: dict[int, dict[str, Standing]] = defaultdict(lambda: defaultdict(Standing))
    members: dict[int, set[Owner]] = defaultdict(set)
    for (name, owner), one in found.items():
        person = people.get(owner) if owner is not None else None
        key = person.team_id or 0 if person else 0
        merged[key][name].add(one)
        members[key].add(owner)
    rows = []
    for key, parts in merged.items():
        owners = sorted(o for o in members[key] if o is not None)
        nobody = None in members[key]
        parts_of = [owners[start : start + MOST_VALUES] for start in range(0, len(owners), MOST_VALUES)]
        condition: list[dict[str, Any]] = [
            {"f": "owner_id", "op": "is", "v": [str(o) for o in part]} for part in parts_of
        ]
        condition += [{"f": "owner_id", "op": "empty"}] if nobody else []
        one = condition[0] if len(condition) == 1 else {"any": condition}
        label = names.get(key, "No team")
        href = f"?by=owner&who=team:{key}" if key else ""
        rows.append(_row(f"team:{key}", label, parts, kinds, Whose(who.actor, who.ids, (one,)), ("", ""), href))
    return _sorted(rows)


def _row(
    key: str, label: str, parts: Any, kinds: tuple[str, ...], who: Whose, look: tuple[str, str], href: str
) -> Scored:
    records, points = sum(p.records for p in parts.values()), sum(p.score for p in parts.values())
    cells = []
    for name in kinds:
        one = parts[name] if name in parts else Standing()
        link = who.href(name, [FAULTY]) if one.faulty else ""
        of = f"of {numeral(one.records)}" if one.records else ""
        cells.append(Figure(kind(name).plural, numeral(one.faulty), link, of))
    return _scored(key, label, points, records, cells, *look, href)


def _scored(key: str, label: str, points: int, records: int, cells: list[Figure], *more: str) -> Scored:
    score = mean(points, records) or 0
    return points / max(1, records), GroupRow(key, label, str(score), score, cells, *more)


def _sorted(rows: list[Scored]) -> list[GroupRow]:
    """By the score before it is rounded: most read 99 in the end."""
    return [row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].name))[:MOST_ROWS]]


def _cells(who: Whose, name: str, row: Any, conditions: list[dict[str, Any]]) -> list[Figure]:
    whole = Figure("Records", numeral(row.records), who.href(name, conditions))
    return [
        whole,
        Figure("To fix", numeral(int(row.faulty)), who.href(name, [*conditions, FAULTY]) if row.faulty else ""),
    ]


def _by_source(session: Session, who: Whose, kinds: tuple[str, ...]) -> tuple[list[str], list[GroupRow]]:
    """People by where they come from."""
    if "person" not in kinds:
        return ["Records", "To fix"], []
    rows, alike = [], dict[str, Sums]()
    for row in by_column(session, who, "person", mark.c.source):  # lists compare words folded
        one = alike.setdefault(fold(row.source), Sums(row.source))
        one.records, one.score, one.faulty = one.records + row.records, one.score + row.score, one.faulty + row.faulty
    for row in alike.values():
        condition = is_text("source", row.word) if row.word else {"f": "source", "op": "empty"}
        cells = _cells(who, "person", row, [condition])
        rows.append(_scored(f"source:{row.word}", row.word or "No source", int(row.score), row.records, cells))
    return ["People", "To fix"], _sorted(rows)


@dataclass
class Sums:
    """What people of one source come to."""

    word: str
    records: int = 0
    score: int = 0
    faulty: int = 0


def is_text(field: str, value: str) -> dict[str, Any]:
    """`field is value` for a field of text."""
    return {"f": field, "op": "is", "v": value}


def _by_way(session: Session, who: Whose, kinds: tuple[str, ...]) -> tuple[list[str], list[GroupRow]]:
    """Records by how they came in; each import is one."""
    seen = (import_run.c.batch_id.is_not(None), visible(who.actor, "import", import_run.c.user_id))
    query = select(import_run.c.batch_id, import_run.c.file_name).where(*seen)
    files = {row.batch_id: row.file_name for row in session.connection().execute(query)}
    rows = []
    for name in kinds:
        for row in by_column(session, who, name, mark.c.way, mark.c.batch_id):
            label = WAYS.get(row.way, row.way.capitalize())
            if row.batch_id is not None:
                conditions: list[dict[str, Any]] = [{"f": BATCH, "op": "eq", "v": row.batch_id}]
                label = f"Import of {files.get(row.batch_id) or row.batch_id}"
            else:
                conditions = [is_text(WAY, row.way)]
            cells = _cells(who, name, row, conditions)
            key = f"{name}:{row.way}:{row.batch_id or 0}"
            name_of_both = f"{label} · {kind(name).plural.lower()}"
            rows.append(_scored(key, name_of_both, int(row.score), row.records, cells))
    return ["Records", "To fix"], _sorted(rows)
