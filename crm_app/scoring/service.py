"""Commands of scoring: compute anew, set by hand, change rules and bands. They never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, outbox
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import today
from crm_app.core.errors import Invalid
from crm_app.records.reading import record_row
from crm_app.scoring.queries import Book, Standing, policy_row, read_book, standings
from crm_app.scoring.rules import due_of, effective
from crm_app.tables import LeadScore, Person, PersonScoreOverride

SCORED = "scored"  # the topic of the outbox under which people learn of new scores
person, kept, override = table_of(Person), table_of(LeadScore), table_of(PersonScoreOverride)
OVERRIDE = "score_override"
NO_REASON = "Say why: colleagues will ask."
PAST = "This day is over."


def rescore(session: Session, ids: Sequence[int], *, book: Book | None = None, day: date | None = None) -> list[int]:
    """Compute these people anew (at most 500); answers with those whose score or band is another one now.

    The people are locked first, so that of two who do this at once the later one has seen everything.
    """
    day, book = day or today(), book or read_book(session)
    run = session.connection().execute
    columns = (person.c.id, person.c.score, person.c.band, person.c.deleted_at)
    query = select(*columns).where(person.c.id.in_(ids)).order_by(person.c.id)
    rows = run(query.with_for_update()).all()
    gone = [row.id for row in rows if row.deleted_at is not None]
    if gone:
        run(delete(kept).where(kept.c.person_id.in_(gone)))
    shown = {row.id: (row.score, row.band) for row in rows if row.deleted_at is None}
    found = standings(session, book, list(shown), day)
    changed = []
    for one in found:
        score = effective(one.score, one.override, day)
        if shown[one.id] != (score, band := book.bands.of(score)):
            changed.append({"b_id": one.id, "b_score": score, "b_band": band})
    if changed:
        values = {"score": bindparam("b_score"), "band": bindparam("b_band")}
        run(update(person).where(person.c.id == bindparam("b_id")).values(values), changed)
    ids = [c["b_id"] for c in changed]
    others = set(_keep(session, found, day)) - set(ids)  # a score set by hand stays, what the rules say does not
    if ids or others:
        told = {"kind": "person", "ids": [*ids, *sorted(others)], "fields": ["band", "score"], "batch": 0}
        outbox.put(session, SCORED, told)
    return ids


def _keep(session: Session, found: Sequence[Standing], day: date) -> list[int]:
    """What was computed, written only where it is another than before; of whom something else was kept."""
    run = session.connection().execute
    there = {
        row.person_id: (row.fit, row.engagement, row.due_on)
        for row in run(select(kept).where(kept.c.person_id.in_([one.id for one in found])))
    }
    new, other = [], []
    for one in found:
        due = due_of(one.score, one.override, day)
        if there.get(one.id) != (one.score.fit, one.score.engagement, due):
            row = {"fit": one.score.fit, "engagement": one.score.engagement, "day": day, "due_on": due}
            (other if one.id in there else new).append(row | {"person_id": one.id})
    if new:
        run(insert(kept), new)
    if other:
        names = ("fit", "engagement", "day", "due_on")
        statement = update(kept).where(kept.c.person_id == bindparam("b_id"))
        statement = statement.values({name: bindparam(f"b_{name}") for name in names})
        run(statement, [{"b_id": row["person_id"]} | {f"b_{n}": row[n] for n in names} for row in other])
    return [row["person_id"] for row in other]


def parts_of(ids: Sequence[int]) -> list[list[int]]:
    """Few enough for one `rescore`, in order."""
    wanted = sorted(set(ids))
    return [wanted[n : n + IN_LIMIT] for n in range(0, len(wanted), IN_LIMIT)]


def set_by_hand(session: Session, actor: Principal, person_id: int, values: Mapping[str, str]) -> Applied:
    """A score in place of the computed one, with its reason, until a day or for good.

    Raises Invalid with what is wrong, Forbidden, NotFound.
    """
    wrong: dict[str, str] = {}
    if set(values) - {"value", "reason", "until_day"}:
        raise Invalid({"value": "This cannot be saved."})
    if not values.get("reason", "").strip():
        wrong["reason"] = NO_REASON
    until = values.get("until_day", "").strip()
    if until and until < today(actor.zone).isoformat():
        wrong["until_day"] = PAST
    value = values.get("value", "").strip().replace("−", "-")
    if not value.lstrip("+-").isdigit():
        wrong["value"] = "The score must be a whole number."
    if wrong:
        raise Invalid(wrong)
    record_row(session, actor, "person", person_id)
    row: dict[str, Any] = {"value": value, "reason": values["reason"], "until_day": until or None}
    if (old := override_row(session, person_id)) is not None:
        row["id"] = old["id"]
    return apply(session, actor, Change("person", person_id, {OVERRIDE: [row]}), note="Score set by hand")


def override_row(session: Session, person_id: int) -> Mapping[Any, Any] | None:
    """What was set by hand for a person."""
    return session.connection().execute(select(override).where(override.c.person_id == person_id)).mappings().first()


@dataclass(frozen=True)
class Edited:
    """Which rule is saved, and the version that was seen; none for a new one."""

    id: int | None = None
    version: int | None = None


def save_rule(session: Session, actor: Principal, seen: Edited, values: Mapping[str, Any]) -> Applied:
    """A new or changed rule; computing everybody anew follows through the outbox. Raises Invalid, Forbidden."""
    if seen.id is None:
        return apply(session, actor, Change("scoring_rule", op="create", set=values))
    return apply(session, actor, Change("scoring_rule", seen.id, values, expected=seen.version))


def remove_rule(session: Session, actor: Principal, id: int) -> Applied:
    """Raises Forbidden, NotFound."""
    return apply(session, actor, Change("scoring_rule", id, op="delete"))


def save_bands(session: Session, actor: Principal, values: Mapping[str, Any], version: int | None) -> Applied:
    """From when somebody is warm and hot. Raises Invalid, Forbidden, Conflict."""
    stored = policy_row(session)
    if stored["id"] is None:
        return apply(session, actor, Change("scoring_policy", op="create", set={"name": "Bands"} | dict(values)))
    return apply(session, actor, Change("scoring_policy", stored["id"], values, expected=version))
