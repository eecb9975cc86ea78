"""What a change of the rules or bands would do, before it is saved: how many change band, with examples."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.values import coerce
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import today
from crm_app.core.errors import Invalid
from crm_app.core.reader import numeral
from crm_app.identity.policy import visible
from crm_app.scoring.kind import BACKWARDS, SCORING_POLICY, SCORING_RULE, check_rule
from crm_app.scoring.queries import Book, bands_in_force, book_of, rule_rows, standings
from crm_app.scoring.rules import BANDS, Bands, effective
from crm_app.tables import Person

MOST_LOOKED_AT, EXAMPLES = 20_000, 8
person = table_of(Person)
NEW = 0  # the id of a rule that is not saved yet


@dataclass(frozen=True)
class Draft:
    """A change that is not saved: a rule (None as its values: without it), or other bands."""

    rule_id: int = NEW
    values: Mapping[str, Any] | None = None
    bands: Bands | None = None

    def dump(self) -> str:
        """As JSON; `load` reads it back."""
        bands = self.bands and [self.bands.warm_from, self.bands.hot_from]
        return json.dumps([self.rule_id, self.values, bands])

    @staticmethod
    def load(text: str) -> "Draft":
        """From what `dump` gave."""
        rule_id, values, bands = json.loads(text)
        return Draft(rule_id, values, Bands(*bands) if bands else None)


@dataclass(frozen=True)
class Example:
    """Somebody whose band would be another one."""

    id: int
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Move:
    """How many would go from one band to another."""

    words: str
    people: int


@dataclass(frozen=True)
class Preview:
    """What would come of a draft; `note` says so where not everybody was looked at."""

    total: int = 0
    changed: int = 0
    rescored: int = 0
    moves: list[Move] = field(default_factory=list)
    shares: list[Move] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    note: str = ""


def checked_rule(session: Session, texts: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as it would be stored. Raises Invalid with everything that is wrong."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, given in texts.items():
        try:
            values[name] = coerce(SCORING_RULE.by_name[name], given)
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong:
        wrong = check_rule(session, values)
    if wrong:
        raise Invalid(wrong)
    return values


def checked_bands(texts: Mapping[str, str]) -> Bands:
    """The bands as they would be stored. Raises Invalid with everything that is wrong."""
    values: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name in ("warm_from", "hot_from"):
        try:
            values[name] = coerce(SCORING_POLICY.by_name[name], texts.get(name, "").replace("−", "-"))
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong and values["hot_from"] <= values["warm_from"]:
        wrong["hot_from"] = BACKWARDS
    if wrong:
        raise Invalid(wrong)
    return Bands(**values)


def draft_book(session: Session, draft: Draft) -> Book:
    """The rules as they would be."""
    rows = [row for row in rule_rows(session) if row["active"]]
    if draft.bands is None:
        rows = [row for row in rows if row["id"] != draft.rule_id]
        if draft.values is not None and draft.values.get("active", True):
            rows.append({"id": draft.rule_id} | dict(draft.values))
    return book_of(session, rows, draft.bands or bands_in_force(session))


def preview(actor: Principal, draft: Draft) -> Preview:
    """Everybody, or of very many an even sample; read in portions, so that nobody waits. Nothing is written."""
    book = db.read_sync(draft_book, draft)
    total = db.read_sync(_total)
    step = -(-total // MOST_LOOKED_AT) or 1
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    examples: list[Example] = []
    looked = rescored = 0
    for part in _portions(step):
        rows = db.read_sync(_compared, actor, book, part)
        looked += len(rows)
        for row in rows:
            before[row.old[1]] += 1
            after[row.new[1]] += 1
            rescored += row.old[0] != row.new[0]
            if row.old[1] != row.new[1]:
                moves[row.old[1], row.new[1]] += 1
                if row.name and len(examples) < EXAMPLES:
                    examples.append(Example(row.id, row.name, _words(row.old), _words(row.new)))
    scale = total / looked if looked else 1
    note = "" if step == 1 else f"Reckoned from {numeral(looked)} of {numeral(total)} people."
    return Preview(
        total,
        round(sum(moves.values()) * scale),
        round(rescored * scale),
        [Move(f"{a} → {b}", round(n * scale)) for (a, b), n in sorted(moves.items(), key=lambda m: -m[1])],
        [Move(band.capitalize(), round(after[band] * scale)) for band in BANDS],
        examples,
        note,
    )


@dataclass(frozen=True)
class _Compared:
    id: int
    name: str
    old: tuple[Decimal, str]
    new: tuple[Decimal, str]


def _total(session: Session) -> int:
    return session.connection().execute(select(func.count()).where(person.c.deleted_at.is_(None))).scalar_one()


def _portions(step: int) -> Iterator[list[int]]:
    """The ids of every `step`th person, some hundreds at once."""
    after = 0
    while ids := db.read_sync(_ids, after, IN_LIMIT * step):
        yield ids[::step]
        after = ids[-1]


def _ids(session: Session, after: int, limit: int) -> list[int]:
    query = select(person.c.id).where(person.c.id > after, person.c.deleted_at.is_(None)).order_by(person.c.id)
    return list(session.connection().execute(query.limit(limit)).scalars())


def _compared(session: Session, actor: Principal, book: Book, ids: Sequence[int]) -> list[_Compared]:
    """As lists show it now, and as it would be; names only of those whom the actor may see."""
    day = today()
    seen = visible(actor, "person", person.c.owner_id)
    query = select(person.c.id, person.c.display_name, person.c.score, person.c.band, seen.label("seen"))
    now = {row.id: row for row in session.connection().execute(query.where(person.c.id.in_(ids)))}
    found = []
    for one in standings(session, book, ids, day):
        row, score = now[one.id], effective(one.score, one.override, day)
        name = (row.display_name or "Untitled") if row.seen else ""
        found.append(_Compared(one.id, name, (row.score, row.band), (score, book.bands.of(score))))
    return found


def _words(score: tuple[Decimal, str]) -> str:
    return f"{numeral(score[0])} {score[1]}"
