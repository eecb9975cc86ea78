"""Commands on territories, pools and availability, from what a form sends. They never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply, apply_many
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound
from crm_app.core.text import clip, id_of
from crm_app.records.properties import typed
from crm_app.tables import Availability, Pool, PoolMember, Territory, TerritoryOwner
from crm_app.territories.kind import AVAILABILITY, POOL, TERRITORY

availability, territory, pool = table_of(Availability), table_of(Territory), table_of(Pool)
LISTS = ("countries", "postcodes", "industries")
MOST_WORDS = 500
LIMITS = ("away", "most_leads", "most_deals")
WRONG = "This cannot be saved."


@dataclass(frozen=True)
class Edited:
    """Which record a form was opened for, and the version that its writer saw; nothing for a new one."""

    id: int | None = None
    version: int | None = None


def words_in(text: str) -> list[str]:
    """`Norway, Sweden; Denmark` or a word a line; each once, in the given order."""
    parts = (part.strip() for line in text.replace(";", ",").splitlines() for part in line.split(","))
    return list(dict.fromkeys(part for part in parts if part))[:MOST_WORDS]


def chosen_in(values: Mapping[str, str], prefix: str) -> list[int]:
    """The numbers of the ticked boxes `owner-7`, `owner-12`."""
    found = [name[len(prefix) :] for name in values if name.startswith(prefix)]
    return [id for number in found if (id := id_of(number)) is not None]


def save_territory(session: Session, actor: Principal, edited: Edited, values: Mapping[str, str]) -> Applied:
    """Create a territory at the end of the order, or change one. Raises Invalid (all fields), Forbidden, Conflict."""
    wrong: dict[str, str] = {}
    wanted: dict[str, Any] = {name: words_in(values.get(name, "")) for name in LISTS}
    for name in ("name", "employees_from", "employees_to", "team_id", "method"):
        _take(wanted, wrong, TERRITORY.by_name[name], values.get(name, ""), actor)
    if wrong:
        raise Invalid(wrong)
    ids = chosen_in(values, "owner-")
    wanted["owners"] = _rows(session, TerritoryOwner, "territory_id", edited.id, ids)
    return _save(session, actor, "territory", edited, wanted)


def save_pool(session: Session, actor: Principal, edited: Edited, values: Mapping[str, str]) -> Applied:
    """Create a pool at the end of the order, or change one. Raises Invalid with all fields, Forbidden, Conflict."""
    wrong: dict[str, str] = {}
    wanted: dict[str, Any] = {name: name in values for name in ("from_forms", "from_imports")}
    for name in ("name", "covers", "method"):
        _take(wanted, wrong, POOL.by_name[name], values.get(name, ""), actor)
    if wrong:
        raise Invalid(wrong)
    wanted["members"] = _rows(session, PoolMember, "pool_id", edited.id, chosen_in(values, "member-"))
    return _save(session, actor, "pool", edited, wanted)


def _take(wanted: dict[str, Any], wrong: dict[str, str], field: Any, raw: str, actor: Principal) -> None:
    try:
        value = typed(field, raw, "", actor)
        if field.type == "choice" and value is None:
            raise Invalid({field.name: f"Choose: {field.label.lower()}."})
        wanted[field.name] = value
    except Invalid as refusal:
        wrong |= refusal.fields


def _rows(session: Session, model: Any, parent: str, id: int | None, user_ids: list[int]) -> list[dict[str, int]]:
    """The chosen people as parts: who is there already stays that row, in the place it has."""
    table = table_of(model)
    query = select(table.c.id, table.c.user_id).where(table.c[parent] == id).order_by(table.c.position, table.c.id)
    there = {row.user_id: row.id for row in session.connection().execute(query)} if id is not None else {}
    kept = [{"id": row_id, "user_id": user_id} for user_id, row_id in there.items() if user_id in user_ids]
    return [*kept, *({"user_id": user_id} for user_id in user_ids if user_id not in there)]


def _save(session: Session, actor: Principal, kind: str, edited: Edited, wanted: dict[str, Any]) -> Applied:
    if edited.id is not None:
        return apply(session, actor, Change(kind, edited.id, wanted, expected=edited.version))
    table = territory if kind == "territory" else pool
    last = session.connection().execute(select(func.max(table.c.position)).where(table.c.deleted_at.is_(None))).scalar()
    wanted["position"] = 1 if last is None else last + 1
    return apply(session, actor, Change(kind, op="create", set=wanted))


def remove(session: Session, actor: Principal, kind: str, id: int) -> Applied:
    """A territory or a pool goes. Raises Forbidden, NotFound."""
    if kind not in ("territory", "pool"):
        raise NotFound
    return apply(session, actor, Change(kind, id, op="delete"))


def move_territory(session: Session, actor: Principal, id: int, by: int) -> None:
    """Change places with the territory before (-1) or after (1); at the end nothing happens. Raises NotFound."""
    query = select(territory.c.id, territory.c.position).where(territory.c.deleted_at.is_(None))
    rows = session.connection().execute(query.order_by(territory.c.position, territory.c.id)).all()
    order = [row.id for row in rows]
    if id not in order:
        raise NotFound
    place = order.index(id)
    other = place + (1 if by > 0 else -1)
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    stands = {row.id: row.position for row in rows}
    moved = [Change("territory", i, {"position": n}) for n, i in enumerate(order, 1) if stands[i] != n]
    apply_many(session, actor, moved)


def name_account(session: Session, actor: Principal, id: int, company_id: int, *, gone: bool = False) -> Applied:
    """A company belongs to a territory by name, or no longer does. Raises Invalid, Forbidden, NotFound."""
    return apply(session, actor, Change("territory", id, {"accounts-" if gone else "accounts+": [company_id]}))


def set_availability(session: Session, actor: Principal, user_id: int, name: str, raw: str, seen: int) -> Applied:
    """Whether somebody is away, or how much they take at most. Raises Invalid, Forbidden, Conflict."""
    if name not in LIMITS:
        raise Invalid({clip(name): WRONG})
    value = typed(AVAILABILITY.by_name[name], raw, "", actor)
    value = bool(value) if name == "away" else value
    query = select(availability.c.id).where(availability.c.user_id == user_id, availability.c.deleted_at.is_(None))
    id = session.connection().execute(query).scalar()
    if id is None:
        return apply(session, actor, Change("availability", op="create", set={"user_id": user_id, name: value}))
    return apply(session, actor, Change("availability", id, {name: value}, expected=seen or None))
