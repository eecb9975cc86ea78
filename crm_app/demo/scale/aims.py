"""What the demo was aimed at follows its size: its territories before it grows, targets and snapshots afterwards."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.core.changes.working import table_of
from crm_app.demo.aims import ABROAD, NEAR, amounts_of, snapshot_days, targets_of
from crm_app.demo.marks import DEMO
from crm_app.demo.scale.lands import LANDS
from crm_app.forecast.snapshots import forget_snapshots, take_snapshot
from crm_app.tables import Target, Territory

NOTE = "Aims of the larger demo"
target, territory = table_of(Target), table_of(Territory)


def widen_territories(session: Session) -> None:
    """Abroad is every country that is to come; whoever has set the territory anew since keeps it as it is."""
    query = select(territory.c.id, territory.c.countries).where(
        territory.c.name == ABROAD, territory.c.version == 1, territory.c.deleted_at.is_(None)
    )
    changes = [
        Change("territory", id, {"countries": sorted({*before, *(land.name for land in LANDS)} - {NEAR})})
        for id, before in session.connection().execute(query.order_by(territory.c.id)).all()
    ]
    apply_many(session, SYSTEM, changes, source=DEMO, note=NOTE)


def renew_aims(today: date) -> int:
    """Targets from what is won now, and the snapshots of the nights before anew; answers with how many of these."""
    db.write_sync(_raise_targets, today)
    db.write_sync(forget_snapshots)
    return sum(db.write_sync(take_snapshot, day) for day in snapshot_days(today))


def _raise_targets(session: Session, today: date) -> None:
    """Those that stand as they were set first are changed, who has none gets some; the others are somebody's own."""
    amounts = amounts_of(session, today)
    there = select(target.c.id, target.c.user_id, target.c.version).where(
        target.c.user_id.is_not(None), target.c.deleted_at.is_(None)
    )
    found = session.connection().execute(there.order_by(target.c.id)).all()
    changes = [
        Change("target", row.id, {"amount_minor": amounts[row.user_id]})
        for row in found
        if row.version == 1 and row.user_id in amounts
    ]
    without = {owner: amount for owner, amount in amounts.items() if owner not in {row.user_id for row in found}}
    apply_many(session, SYSTEM, changes + targets_of(without, today), source=DEMO, note=NOTE)
