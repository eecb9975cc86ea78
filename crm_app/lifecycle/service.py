"""Moving a person through the lifecycle, with what a state asks for made on the way. Commands never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many, kind
from crm_app.core.changes.apply import open_batch
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.config import settings
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Invalid
from crm_app.core.text import id_of
from crm_app.deals.queries.choices import open_stages
from crm_app.lifecycle.kind import conditions
from crm_app.lifecycle.rules import JOINT, STATES, values_of
from crm_app.lifecycle.twins import domain_of, same_company, same_deal
from crm_app.records.custom.definitions import definitions
from crm_app.records.custom.facts import fields_with_custom
from crm_app.records.properties import amount_of, typed, typed_any
from crm_app.records.reading import record_row
from crm_app.tables import LifecycleState, PersonEmail, PersonPhone

state, email, phone = (table_of(m) for m in (LifecycleState, PersonEmail, PersonPhone))
STEP_TYPES = ("call", "meeting", "task")
# What the dialog may send besides fields of the person.
MORE = frozenset(
    (
        "email",
        "phone",
        "company_id",
        "company_name",
        "private",
        "deal_title",
        "deal_value",
        "deal_stage",
        "step_type",
        "step_at",
        "setback_reason",
    )
)


@dataclass(frozen=True)
class Moved:
    """What came of a move: the batch to undo, and the company and deal that were made or found."""

    batch_id: int
    company_id: int | None = None
    deal_id: int | None = None
    note: str = ""


def move_person(
    session: Session,
    actor: Principal,
    person_id: int,
    to: str,
    values: Mapping[str, str] | None = None,
    expected: int | None = None,
) -> Moved:
    """Into that state, with what the dialog gave: fields, a company, a deal, a next step; one batch for all of it.

    Raises Invalid with what is missing or wrong, Conflict, Forbidden, NotFound.
    """
    given = {name: text.strip() for name, text in (values or {}).items() if text.strip()}
    row = record_row(session, actor, "person", person_id)
    _only(session, given)
    if to not in STATES:
        raise Invalid({"lifecycle": "There is no such state."})
    _one_at_a_time(session)
    work = _Work(session, actor, row, given)
    wish: dict[str, Any] = {**values_of(to), **work.fields(), **work.channels()}
    wish |= work.company()
    work.deal(wish.get("company_id", row["company_id"]), wish.get("owner_id", row["owner_id"]))
    work.step(wish.get("owner_id", row["owner_id"]))
    if work.wrong:
        raise Invalid(work.wrong)
    batch = open_batch(session, actor, "form")
    apply_many(session, actor, [*work.made, Change("person", person_id, wish, expected=expected)], batch_id=batch)
    return Moved(batch, work.company_id, work.deal_id, " ".join(work.notes))


def _only(session: Session, given: Mapping[str, str]) -> None:
    known = MORE | (conditions(session).keys() - JOINT.keys())
    if foreign := given.keys() - known:
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))


def _one_at_a_time(session: Session) -> None:
    """Two who convert people of one new company at the same moment: the second sees what the first has made."""
    session.connection().execute(select(state.c.id).where(state.c.key == "contact").with_for_update())


class _Work:
    """What is made besides the move, in order; all that is wrong is said together."""

    def __init__(self, session: Session, actor: Principal, row: Mapping[Any, Any], given: Mapping[str, str]) -> None:
        self.session, self.actor, self.row, self.given = session, actor, row, given
        self.made: list[Change] = []
        self.notes: list[str] = []
        self.wrong: dict[str, str] = {}
        self.company_id: int | None = None
        self.deal_id: int | None = None

    def fields(self) -> dict[str, Any]:
        """Plain fields of the person, from their texts."""
        found: dict[str, Any] = {}
        known = fields_with_custom(kind("person"), definitions(self.session, "person").values())
        for name in self.given.keys() & known.keys() - {"company_id", "private"}:
            try:
                found[name] = typed_any(known[name], self.given[name], settings().currency, self.actor)
            except Invalid as refusal:
                self.wrong |= refusal.fields
        return found

    def channels(self) -> dict[str, Any]:
        """A further address or number; the first is the primary one."""
        found: dict[str, Any] = {}
        for name, part, table in (("email", "emails", email), ("phone", "phones", phone)):
            text = self.given.get(name, "")
            if name == "email" and text and ("@" not in text[1:-1] or any(c.isspace() for c in text)):
                self.wrong["emails"] = "An e-mail address looks like name@example.org."
            elif text:
                columns = (table.c.id, table.c.value, table.c.label, table.c.is_primary)
                query = select(*columns).where(table.c.person_id == self.row["id"]).order_by(table.c.position)
                rows = [dict(r) for r in self.session.connection().execute(query).mappings()]
                found[part] = [*rows, {"value": text, "is_primary": not rows}]
        return found

    def company(self) -> dict[str, Any]:
        """The chosen company, or the one of that name: it is made only where there is none."""
        if (chosen := self.given.get("company_id")) is not None:
            self.company_id = id_of(chosen)
            return {"company_id": self.company_id}
        found: dict[str, Any] = {"private": True} if "private" in self.given else {}
        name = self.given.get("company_name", "")
        if not name:
            return found
        domain = domain_of(self.given.get("email") or _first_email(self.session, self.row["id"]))
        self.company_id = same_company(self.session, self.actor, name, domain)
        if self.company_id is not None:
            self.notes.append(f"{_title(self.session, 'company', self.company_id)} was there already and is used.")
        else:
            self.company_id = allocate_ids(self.session, 1)[0]
            wish = {"name": name, "domain": domain, "currency": settings().currency, "owner_id": self.actor.id}
            self.made.append(Change("company", self.company_id, wish, "create"))
        return found | {"company_id": self.company_id}

    def deal(self, company_id: int | None, owner_id: int | None) -> None:
        """A deal of that title, unless there is one."""
        title = self.given.get("deal_title", "")
        if not title:
            return
        self.deal_id = same_deal(self.session, title, self.row["id"], company_id)
        if self.deal_id is not None:
            self.notes.append(f"The deal {title} was there already.")
            self.made.append(Change("deal", self.deal_id, {"person_id": self.row["id"]}))
            return
        stages = open_stages(self.session, self.actor)
        stage_id = id_of(self.given.get("deal_stage", "") or (stages[0].id if stages else ""))
        if stage_id is None:
            self.wrong["deal_title"] = "There is no pipeline with an open stage yet."
            return
        try:
            value = amount_of(self.given.get("deal_value", ""), settings().currency, self.actor.locale)
        except Invalid as refusal:
            self.wrong["deal_value"] = refusal.message
            return
        self.deal_id = allocate_ids(self.session, 1)[0]
        wish = {
            "title": title,
            "stage_id": stage_id,
            "company_id": company_id,
            "person_id": self.row["id"],
            "owner_id": owner_id if owner_id is not None else self.actor.id,
            "value_minor": value,
            "currency": settings().currency,
            "opened_on": today(self.actor.zone),
        }
        self.made.append(Change("deal", self.deal_id, wish, "create"))

    def step(self, owner_id: int | None) -> None:
        """The next step, on its day."""
        at = self.given.get("step_at", "")
        if not at:
            return
        type_ = self.given.get("step_type", STEP_TYPES[0])
        try:
            due = typed(kind("activity").by_name["due_at"], at, settings().currency, self.actor)
        except Invalid as refusal:
            self.wrong["next_step"] = refusal.message
            return
        if type_ not in STEP_TYPES:
            self.wrong["next_step"] = "A next step is a call, a meeting or a task."
            return
        wish: dict[str, Any] = {"type": type_, "due_at": due, "person_id": self.row["id"]}
        wish |= {"owner_id": owner_id if owner_id is not None else self.actor.id}
        self.made.append(Change("activity", set=wish, op="create"))


def _first_email(session: Session, person_id: int) -> str:
    query = select(email.c.value).where(email.c.person_id == person_id)
    return session.connection().execute(query.order_by(email.c.is_primary.desc(), email.c.id).limit(1)).scalar() or ""


def _title(session: Session, name: str, id: int) -> str:
    table = table_of(kind(name).table)
    return str(session.connection().execute(select(table.c[kind(name).title]).where(table.c.id == id)).scalar())
