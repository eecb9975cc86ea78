"""What the dialog of a gate asks: the fields that are missing, and what a closing stage offers besides."""

import dataclasses
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.core import clock
from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.config import settings
from crm_app.deals.gate.rules import OFFERED
from crm_app.deals.gate.stages import conditions
from crm_app.deals.queries.page import deal_properties, deal_row
from crm_app.deals.queries.parties import competitor_names
from crm_app.deals.queries.rows import AskedFields
from crm_app.identity.policy import visible
from crm_app.tables import Deal, DealCompetitor, Stage

COMPETITORS = 20
deal, stage, rival = table_of(Deal), table_of(Stage), table_of(DealCompetitor)


def asked_properties(
    session: Session, actor: Principal, deal_id: int, names: Iterable[str], stage_id: int | None = None
) -> AskedFields:
    """The title of a deal, the named properties, and what the stage offers. Raises NotFound as `deal_page` does."""
    row, wanted = deal_row(session, actor, deal_id), set(names)
    query = select(stage.c.name, stage.c.kind).where(stage.c.id == stage_id)
    into = session.connection().execute(query).first()
    asked = deal_properties(session, actor, row, [f.name for f in conditions(session) if f.name in wanted])
    offered = [name for name in OFFERED.get(into.kind, ()) if name not in wanted] if into else []
    today = clock.today(settings().zone).isoformat()
    return AskedFields(
        row["title"],
        asked,
        into.name if into else "",
        [
            dataclasses.replace(p, raw=p.raw or (today if p.type == "date" else ""))
            for p in deal_properties(session, actor, row, offered)
        ],
        competitors(session, actor, deal_id) if "lost_to" in {*wanted, *offered} else [],
    )


def competitors(session: Session, actor: Principal, deal_id: int) -> list[str]:
    """Who may have won it: the competitors of the deal, then those to whom deals were lost or that bid before."""
    run = session.connection().execute
    own = run(select(rival.c.name).where(rival.c.deal_id == deal_id).order_by(rival.c.position, rival.c.id)).scalars()
    lost = (
        select(deal.c.lost_to)
        .where(deal.c.lost_to != "", deal.c.deleted_at.is_(None), visible(actor, "deal", deal.c.owner_id))
        .group_by(deal.c.lost_to)
        .order_by(func.count().desc(), deal.c.lost_to)
    )
    before = run(lost.limit(COMPETITORS)).scalars()
    return list(dict.fromkeys([*own, *before, *(o.name for o in competitor_names(session, actor))]))[:COMPETITORS]
