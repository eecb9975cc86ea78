"""What the page of a person shows of the lifecycle, and what its dialog asks: only what is missing."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Context, kind
from crm_app.core.changes.working import Loaded, WorkingSet, table_of
from crm_app.core.clock import now
from crm_app.deals.queries.choices import open_stages
from crm_app.identity.policy import decide, may
from crm_app.lifecycle.gate import lifecycle_gate, read_process
from crm_app.lifecycle.rules import JOINT, NAMES, Chain, chain_of, state_of, values_of
from crm_app.lifecycle.twins import domain_of, same_company
from crm_app.records.assignees import assignable
from crm_app.records.findings import reasons_of
from crm_app.records.listing.rows import Option
from crm_app.records.properties import Property, properties
from crm_app.records.reading import record_row
from crm_app.tables import Company, PersonEmail

email, company = table_of(PersonEmail), table_of(Company)
SHOWN_BY = {field: condition for condition, (_, _, field) in JOINT.items()}


@dataclass(frozen=True)
class Bar:
    """The chain of states over a person's page; `lacks` says what came past the gate, in words."""

    person_id: int = 0
    version: int = 0
    chain: Chain = dataclasses.field(default_factory=Chain)
    editable: bool = False
    convertible: bool = False
    lacks: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class AskedMove:
    """What the dialog asks: fields of the person, and which of the joint conditions are open; the rest is offered."""

    to: str = ""
    state: str = ""
    person: str = ""
    fields: list[Property] = dataclasses.field(default_factory=list)
    channel: bool = False
    company: bool = False
    work: bool = False
    reason: bool = False
    offers_company: bool = False
    offers_deal: bool = False
    company_name: str = ""
    company_hint: str = ""
    stages: list[Option] = dataclasses.field(default_factory=list)
    stage_id: str = ""


def bar_of(session: Session, actor: Principal, person_id: int) -> Bar:
    """Raises NotFound for a person whom the actor may not see."""
    row = record_row(session, actor, "person", person_id)
    process = read_process(session)
    chain = chain_of(state_of(row), {key: rules.name for key, rules in process.items()})
    editable = decide(actor, "edit", "person", row["owner_id"], record_id=person_id).allowed
    lacks = list(reasons_of(session, "person", person_id).values())
    return Bar(person_id, row["version"], chain, editable, editable and chain.state != "contact", lacks)


def asked_move(session: Session, actor: Principal, person_id: int, to: str, missing: Iterable[str]) -> AskedMove:
    """The dialog for these missing fields, as the gate named them. Raises NotFound."""
    row, names = record_row(session, actor, "person", person_id), set(missing)
    process = read_process(session)
    open_ = {SHOWN_BY[name] for name in names if name in SHOWN_BY}
    own = [*(f.name for f in kind("person").fields), *sorted(n for n in names if n.startswith("custom."))]
    plain = [name for name in own if name in names and name not in SHOWN_BY]
    plain = [name for name in plain if name != "setback_reason"]
    choices = {"owner_id": assignable(session, actor, "person")} if "owner_id" in plain else {}
    converts = to == "contact"
    offers_company = converts and row["company_id"] is None and not row["private"]
    stages = open_stages(session, actor)
    hint, name = _company_hint(session, actor, row) if offers_company or "company_or_private" in open_ else ("", "")
    return AskedMove(
        to,
        process[to].name if to in process else NAMES[to],
        row["display_name"],
        properties(session, actor, "person", row, plain, choices),
        "channel" in open_,
        "company_or_private" in open_,
        "deal_or_step" in open_,
        "setback_reason" in names,
        offers_company,
        converts and bool(stages) and may(actor, "deal.create"),
        name,
        hint,
        stages,
        stages[0].id if stages else "",
    )


def _company_hint(session: Session, actor: Principal, row: Mapping) -> tuple[str, str]:
    """The company that the e-mail address speaks of: in words, and its name."""
    query = select(email.c.value).where(email.c.person_id == row["id"]).order_by(email.c.is_primary.desc(), email.c.id)
    for value in session.connection().execute(query.limit(5)).scalars():
        domain = domain_of(value)
        found = same_company(session, actor, "", domain) if domain else None
        if found is not None:
            name = session.connection().execute(select(company.c.name).where(company.c.id == found)).scalar() or ""
            return f"{value} belongs to {name}.", name
    return "", ""


def missing_for(session: Session, actor: Principal, person_id: int, to: str) -> list[str]:
    """The fields that the gate would name for the bare move; nothing is written. Raises NotFound."""
    row = dict(record_row(session, actor, "person", person_id))
    working = WorkingSet(session)
    working.records["person", person_id] = Loaded(kind("person"), row, row)
    context = Context(session, actor, "form", 0, now(), working)
    return list(lifecycle_gate(context, row, row | values_of(to)))
