"""The tree of companies: who is above and below, and what all of them are worth together."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.money import format_money
from crm_app.identity.policy import may, visible
from crm_app.records.page.rows import Panel, Related
from crm_app.tables import Company, Deal, Person, Stage

SHOWN, MOST_LEVELS = 30, 50
company, person, deal, stage = (table_of(m) for m in (Company, Person, Deal, Stage))


def above(session: Session, id: int) -> list[int]:
    """The ids of the companies above, nearest first, the company itself among them if they form a circle."""
    found: list[int] = []
    here: int | None = id
    while here is not None and len(found) < MOST_LEVELS:
        here = session.connection().execute(select(company.c.parent_id).where(company.c.id == here)).scalar()
        if here is None or here in found:
            break
        found.append(here)
        if here == id:
            break
    return found


def below(id: int) -> Any:
    """A subselect of the company and everything under it; a circle ends by itself."""
    tree = select(company.c.id).where(company.c.id == id).cte("below", recursive=True)
    return tree.union(select(company.c.id).where(company.c.parent_id == tree.c.id, company.c.deleted_at.is_(None)))


def tree_of(session: Session, actor: Principal, id: int) -> Panel | None:
    """The line of parents, the company, what is directly below; and the roll-up of all of it."""
    run = session.connection().execute
    living = (company.c.deleted_at.is_(None), visible(actor, "company", company.c.owner_id))
    parents = above(session, id)
    order = {parent: n for n, parent in enumerate(reversed(parents))}
    wanted = [*parents, id]
    names = {r.id: r.name for r in run(select(company.c.id, company.c.name).where(company.c.id.in_(wanted), *living))}
    rows = [Related(p, names[p], f"/companies/{p}", level=n) for p, n in order.items() if p in names and p != id]
    children = select(company.c.id, company.c.name, company.c.country).where(company.c.parent_id == id, *living)
    found = run(children.order_by(company.c.sort_key, company.c.id).limit(SHOWN)).all()
    create = "company" if may(actor, "company.create") else ""
    if rows or found:
        rows.append(Related(id, names.get(id, ""), f"/companies/{id}", level=len(rows), here=True))
        rows += [Related(r.id, r.name, f"/companies/{r.id}", r.country, level=len(parents) + 1) for r in found]
    note = roll_up(session, actor, id) if found else ""
    return Panel(
        "tree", "Group", note, rows, "No parent, no subsidiaries.", create, "New subsidiary", {"parent_id": str(id)}
    )


def roll_up(session: Session, actor: Principal, id: int) -> str:
    """`12 people · 5 open deals · $123,000` of the company and all below, as far as the actor may see them."""
    run, tree = session.connection().execute, below(id)
    members = select(tree.c.id)
    people = run(
        select(func.count())
        .select_from(person)
        .where(person.c.company_id.in_(members), person.c.deleted_at.is_(None))
        .where(visible(actor, "person", person.c.owner_id))
    ).scalar_one()
    sums = run(
        select(deal.c.currency, func.count(), func.sum(deal.c.value_minor))
        .select_from(deal.join(stage, stage.c.id == deal.c.stage_id))
        .where(deal.c.company_id.in_(members), deal.c.deleted_at.is_(None), stage.c.kind == "open")
        .where(visible(actor, "deal", deal.c.owner_id))
        .group_by(deal.c.currency)
        .order_by(deal.c.currency)
    ).all()
    amounts = [format_money(int(total), currency, actor.locale) for currency, _, total in sums if total]
    deals = sum(n for _, n, _ in sums)
    words = [f"{people} {'person' if people == 1 else 'people'}", f"{deals} open deal{'' if deals == 1 else 's'}"]
    return " · ".join([*words, *amounts])
