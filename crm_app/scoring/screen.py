"""The page of scoring as the browser gets it: rules in words, the bands with how many people stand in each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid
from crm_app.core.reader import numeral, rounded
from crm_app.identity.policy import may, visible
from crm_app.records.listing import Listing, describe, filter_names
from crm_app.records.listing.rows import Chip
from crm_app.records.listing.rules import dump_filter, group_of, parse_filter, plain
from crm_app.scoring.events import EVENTS
from crm_app.scoring.history import latest
from crm_app.scoring.queries import book_of, policy_row, rule_rows
from crm_app.scoring.rules import BANDS, Bands
from crm_app.tables import Person

person = table_of(Person)
TEXTS = ("name", "points", "half_life", "cap", "event", "outcome")


@dataclass(frozen=True)
class RuleRow:
    """A rule: as it reads, and as it is typed; `remark` says what is wrong with it."""

    id: int = 0
    version: int = 0
    name: str = ""
    points: str = ""
    words: str = ""
    remark: str = ""
    is_event: bool = False
    active: bool = True
    about: str = "person"
    filter: str = ""
    raw: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BandRow:
    """A band: from when, how many people stand in it, and the list of them."""

    name: str
    label: str
    words: str
    people: str
    href: str
    tone: str


@dataclass(frozen=True)
class Asked:
    """The condition of the rule in hand, as the builder of filters takes it."""

    chips: list[Chip] = field(default_factory=list)
    filter: str = ""
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BinRow:
    """Deals that were foretold alike: the range, how many, what was foretold, how many of them were won."""

    words: str
    count: str
    foretold: str
    won: str


@dataclass(frozen=True)
class LearnedRow:
    """What was learned, or what is missing for it; how it was measured, in words and by range."""

    missing: str = ""
    words: str = ""
    verdict: str = ""
    bins: list[BinRow] = field(default_factory=list)


@dataclass(frozen=True)
class ScoringPage:
    """Everything that the page shows at first."""

    rules: list[RuleRow]
    bands: list[BandRow]
    raw: dict[str, str]
    version: int
    editable: bool
    events: int = 0
    learned: LearnedRow = field(default_factory=LearnedRow)


def scoring_page(session: Session, actor: Principal) -> ScoringPage:
    """The rules and bands in force."""
    rows, stored = rule_rows(session), policy_row(session)
    broken = book_of(session, rows, Bands()).broken
    raw = {name: str(stored[name]) for name in ("warm_from", "hot_from")}
    return ScoringPage(
        [_row(session, row, broken) for row in rows],
        _bands(session, actor, stored),
        raw,
        stored["version"],
        may(actor, "pipeline.edit"),
        sum(bool(row["event"]) for row in rows),
        _learned(session),
    )


def _row(session: Session, row: Mapping[str, Any], broken: Mapping[int, str]) -> RuleRow:
    points = f"{row['points']:+d}".replace("-", "−")
    filter_text = "" if row["event"] else _filter(row["condition"])
    return RuleRow(
        row["id"],
        row["version"],
        row["name"],
        points,
        event_words(row) if row["event"] else condition_words(session, row["about"], filter_text),
        broken.get(row["id"], ""),
        bool(row["event"]),
        row["active"],
        row["about"],
        filter_text,
        {name: "" if row[name] is None else str(row[name]) for name in TEXTS},
    )


def _filter(condition: Any) -> str:
    try:
        return dump_filter(group_of(condition))
    except Invalid:
        return ""


def event_words(row: Mapping[str, Any]) -> str:
    """`For each call (reached), halves every 14 days, at most 40 together`."""
    known = EVENTS.get(row["event"])
    name = known.label if known else row["event"]
    said = f"For each {name[:1].lower()}{name[1:]}" + (f" ({row['outcome']})" if row["outcome"] else "")
    fades = f"halves every {row['half_life']} days" if row["half_life"] else "never fades"
    return f"{said}, {fades}" + (f", at most {row['cap']} together" if row["cap"] else "")


def asked_of(session: Session, about: str, text: str) -> Asked:
    """A condition for the builder. Raises Invalid for what cannot be read."""
    listing = Listing(about, parse_filter(text))
    return Asked(describe(session, SYSTEM, listing), text, filter_names(session, SYSTEM, listing))


def condition_words(session: Session, about: str, text: str) -> str:
    """`Company: Employees is at least 1000 and Country is Norway`."""
    try:
        group = parse_filter(text)
    except Invalid:
        return "A condition that cannot be read"
    chips = describe(session, SYSTEM, Listing(about, group))
    words = (" and " if group.mode == "all" else " or ").join(f"{c.label} {c.words}" for c in chips)
    return f"Company: {words}" if about == "company" else words


def rule_of(session: Session, about: str, filter_text: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """A rule from the form; without a name it is called by what it says. Raises Invalid for what is no field of it."""
    if foreign := set(texts) - {*TEXTS, "active"}:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    given: dict[str, Any] = {name: texts.get(name, "").strip().replace("−", "-") for name in TEXTS}
    given |= {"about": about, "active": "active" in texts, "condition": {}}
    event = EVENTS.get(given["event"])
    if not given["event"]:
        given["condition"] = plain(parse_filter(filter_text))
        given |= {"half_life": "", "cap": "", "outcome": ""}
    usual = event.label if event else condition_words(session, about, filter_text)
    given["name"] = (given["name"] or usual or "Rule")[:200]
    return given


def _bands(session: Session, actor: Principal, stored: Mapping[Any, Any]) -> list[BandRow]:
    query = select(person.c.band, func.count().label("n")).where(person.c.deleted_at.is_(None))
    query = query.where(visible(actor, "person", person.c.owner_id)).group_by(person.c.band)
    counts = {row.band: row.n for row in session.connection().execute(query)}
    words = {
        "cold": f"below {stored['warm_from']}",
        "warm": f"from {stored['warm_from']} points",
        "hot": f"from {stored['hot_from']} points",
    }
    tones = {"cold": "", "warm": "y", "hot": "g"}
    found = []
    for band in BANDS:
        number, href = counts.get(band, 0), f'/people?f={{"all":[{{"f":"band","op":"is","v":["{band}"]}}]}}&sort=-score'
        people = "1 person" if number == 1 else f"{numeral(number)} people"
        found.append(BandRow(band, band.capitalize(), words[band], people, href, tones[band]))
    return found


def _learned(session: Session) -> LearnedRow:
    found = latest(session)
    measured = found.measured
    if measured is None:
        return LearnedRow(found.missing)
    words = (
        f"Learned from {numeral(measured.trained_on)} deals, "
        f"measured on {numeral(measured.held_out)} that were opened later. Brier score {rounded(measured.brier, 3)}; "
        f"the base rate alone has {rounded(measured.base_brier, 3)} (less is better)."
    )
    verdict = "Better than the base rate." if measured.helps else "No better than the base rate: do not rely on it."
    bins = [
        BinRow(
            f"{b.low:.0%} to {b.high:.0%}",
            numeral(b.count),
            f"{b.foretold:.0%}",
            f"{b.won / b.count:.0%} ({numeral(b.won)})",
        )
        for b in measured.bins
    ]
    return LearnedRow("", words, verdict, bins)
