"""Why a person has this score: every point with its reason, and the one set by hand with who, why and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import NotFound
from crm_app.identity.policy import decide
from crm_app.records.page.rows import Panel, Related
from crm_app.scoring.history import LABELS, features_now, latest
from crm_app.scoring.queries import read_book, rules_naming, standings
from crm_app.scoring.rules import Line, effective, shown
from crm_app.scoring.service import OVERRIDE, override_row
from crm_app.tables import LeadScore, Person, User

SHOWN, REASONS = 8, 4
person, kept, user = table_of(Person), table_of(LeadScore), table_of(User)
NOTHING = "No rule gives a point yet."
UNSEEN = "Something that your role may not see"


@dataclass(frozen=True)
class Explained:
    """The score that counts on a day, its band, and the lines that the computed one is the sum of."""

    score: Decimal
    band: str
    computed: Decimal
    day: date
    lines: Sequence[Line] = field(default=())


def explain(session: Session, person_id: int) -> Explained:
    """By the rules of the moment, on the last day on which the score that lists show holds. Raises NotFound."""
    due = session.connection().execute(select(kept.c.due_on).where(kept.c.person_id == person_id)).scalar()
    day = today() if due is None else min(today(), due - timedelta(1))
    book = read_book(session)
    found = standings(session, book, [person_id], day)
    if not found:
        raise NotFound
    one = found[0]
    counts = effective(one.score, one.override, day)
    return Explained(counts, book.bands.of(counts), one.score.total, day, one.score.lines)


def score_panel(session: Session, actor: Principal, id: int) -> Panel | None:
    """Registered in `wire`: the score beside a person, for whoever may see the person."""
    found = explain(session, id)
    owner = session.connection().execute(select(person.c.owner_id).where(person.c.id == id)).scalar()
    may_edit = decide(actor, "edit", "person", owner, record_id=id).allowed
    told = _told_to(session, actor, found.lines)
    rows = [*_by_hand(session, id, found, may_edit), *_lines(told), *_learned(session, id)]
    note = f"{found.score.normalize():,f} · {found.band}"
    return Panel(OVERRIDE, "Score", note, rows, NOTHING, "score" if may_edit else "", "Set by hand")


def _told_to(session: Session, actor: Principal, lines: Sequence[Line]) -> list[Line]:
    """The same lines; a rule that asks for a field which the actor may not see is not named."""
    closed = rules_naming(session, actor.unseen) if actor.unseen else frozenset()
    return [replace(line, words=UNSEEN) if line.rule_id in closed else line for line in lines]


def _by_hand(session: Session, id: int, found: Explained, may_edit: bool) -> list[Related]:
    row = override_row(session, id)
    if row is None:
        return []
    name = session.connection().execute(select(user.c.name).where(user.c.id == row["user_id"])).scalar()
    on = row["set_on"]
    who = f"{name or 'The system'}, {on.day} {on:%b %Y}" if on else name or "The system"
    until = row["until_day"]
    over = until is not None and until < found.day
    words = "for good" if until is None else f"{'ended on' if over else 'until'} {until.day} {until:%b %Y}"
    computed = f"By the rules: {found.computed.normalize():,f}"
    said = [row["reason"], f"{who} · {words}", *([] if over else [computed])]
    return [Related(row["id"], "Set by hand", "", str(row["value"]), said, part=row["id"] if may_edit else 0)]


def _lines(lines: Sequence[Line]) -> list[Related]:
    """Fit and engagement, each with its points; the largest reasons first, the rest in one, so that all add up."""
    found = []
    for n, (title, is_event) in enumerate((("Fit", False), ("Engagement", True)), 1):
        mine = sorted((line for line in lines if line.is_event == is_event), key=lambda line: -abs(line.points))
        if mine:
            said = [f"{shown(line.points)} {line.words}" for line in mine[:SHOWN]]
            rest = mine[SHOWN:]
            if rest:
                more = "1 smaller reason" if len(rest) == 1 else f"{len(rest)} smaller reasons"
                said.append(f"{shown(_sum(rest))} {more}")
            found.append(Related(-n, title, "", shown(_sum(mine)), said))
    return found


def _sum(lines: Sequence[Line]) -> Decimal:
    return sum((line.points for line in lines), Decimal(0))


def _learned(session: Session, id: int) -> list[Related]:
    """What deals of the past say, with its reasons and how far it can be relied on; nothing before there are enough."""
    learned = latest(session)
    if learned.model is None or learned.measured is None:
        return []
    features = features_now(session, id)
    chance = learned.model.probability(features)
    reasons = [
        f"{'▲' if weight > 0 else '▼'} {LABELS.get(name, name)}: {value} ({weight:+.2f} log-odds)"
        for name, value, weight in learned.model.reasons(features)[:REASONS]
    ]
    measured = learned.measured
    said = "better than" if measured.helps else "no better than"
    how = f"On {measured.held_out:,} later deals {said} one figure for all"
    how += f" (Brier {measured.brier:.3f}, base rate {measured.base_brier:.3f})"
    return [Related(-3, "Learned: a deal would be won", "", f"{chance:.0%}", [*reasons, how])]
