"""Why a person has this score: every point with its reason, and the one set by hand with who, why and until when."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import NotFound
from crm_app.core.reader import full_day, numeral, rounded
from crm_app.identity.policy import decide
from crm_app.records.page.rows import Panel, Related, Told
from crm_app.scoring.history import LABELS, features_now, latest
from crm_app.scoring.parts import Part, decimals, parts_of, shown, singles
from crm_app.scoring.queries import read_book, rules_naming, standings
from crm_app.scoring.rules import Line, Rule, effective
from crm_app.scoring.service import OVERRIDE, override_row
from crm_app.tables import LeadScore, Person, User

LATEST, REASONS = 8, 4  # events behind the fold, reasons of what was learned
WEAK = 0.05  # log-odds that are no reason
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
    rules: Mapping[int, Rule] = field(default_factory=dict)


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
    rules = {rule.id: rule for rule in book.rules}
    return Explained(counts, book.bands.of(counts), one.score.total, day, one.score.lines, rules)


def score_panel(session: Session, actor: Principal, id: int) -> Panel | None:
    """Registered in `wire`: the score beside a person, for whoever may see the person."""
    found = explain(session, id)
    owner = session.connection().execute(select(person.c.owner_id).where(person.c.id == id)).scalar()
    may_edit = decide(actor, "edit", "person", owner, record_id=id).allowed
    parts = parts_of(_told_to(session, actor, found.lines), found.rules, found.day)
    rows = [*_by_hand(session, id, found, may_edit), *_parts(parts), *_learned(session, id)]
    note = f"{_plain(found.score)} · {found.band}"
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
    who = f"{name or 'The system'}, {full_day(on)}" if on else name or "The system"
    until = row["until_day"]
    over = until is not None and until < found.day
    words = "for good" if until is None else f"{'ended on' if over else 'until'} {full_day(until)}"
    computed = f"By the rules: {_plain(found.computed)}"
    said = [row["reason"], f"{who} · {words}", *([] if over else [computed])]
    return [Related(row["id"], "Set by hand", "", str(row["value"]), said, part=row["id"] if may_edit else 0)]


def _plain(score: Decimal) -> str:
    return rounded(score, decimals([score]))


def _signed(weight: float) -> str:
    return ("-" if weight < 0 else "+") + rounded(abs(weight), 2)


def _parts(parts: Sequence[Part]) -> list[Related]:
    """Fit and engagement, each with a line for each rule; the single events wait behind a fold. All add up."""
    found = []
    for n, (title, is_event) in enumerate((("Fit", False), ("Engagement", True)), 1):
        mine = [part for part in parts if part.is_event == is_event]
        if mine:
            places = decimals([part.points for part in mine])
            told = [Told(shown(part.points, places), part.words) for part in mine]
            row = Related(-n, title, "", shown(sum((part.points for part in mine), Decimal(0)), places), told=told)
            found.append(replace(row, fold="Each event", folded=_events(mine)) if is_event else row)
    return found


def _events(parts: Sequence[Part]) -> list[Told]:
    found = singles(parts, LATEST)
    places = decimals([points for points, _ in found])
    return [Told(shown(points, places), words) for points, words in found]


def _learned(session: Session, id: int) -> list[Related]:
    """What deals of the past say and how far it can be relied on, in words; the figures wait behind a fold."""
    learned = latest(session)
    if learned.model is None or learned.measured is None:
        return []
    features = features_now(session, id)
    chance = learned.model.probability(features)
    reasons = [(f"{LABELS.get(name, name)}: {value}", odds) for name, value, odds in learned.model.reasons(features)]
    told = [Told("▲" if odds > 0 else "▼", words) for words, odds in reasons[:REASONS] if abs(odds) >= WEAK]
    measured = learned.measured
    said = "better than" if measured.helps else "no better than"
    how = [f"Checked on {numeral(measured.held_out)} later deals: {said} the same chance for everybody."]
    how += [] if measured.helps else ["Do not rely on it."]
    figures = [
        Told(f"× {rounded(math.exp(odds), 2)}", f"{words} ({_signed(odds)} log-odds)") for words, odds in reasons
    ]
    base = rounded(measured.base_brier, 3)
    figures.append(Told(rounded(measured.brier, 3), f"Brier score; the base rate alone has {base}"))
    row = Related(-3, "Learned: a deal would be won", "", f"{chance:.0%}", [" ".join(how)], told=told)
    return [replace(row, fold="The figures behind it", folded=figures)]
