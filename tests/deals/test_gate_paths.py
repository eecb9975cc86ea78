"""The same illegal move by every way in: refused each time, and no row of any record differs afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crm_app.backup.rows import row_hashes
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply_many
from crm_app.core.errors import Invalid
from crm_app.core.schema import Child, Fact, Record
from crm_app.deals.service import move_deal
from crm_app.imports.service import import_file
from crm_app.records.bulk import list_refusals, run_bulk, start_bulk
from crm_app.records.editing import edit_cell
from crm_app.tables import metadata
from tests.support.builders import change, make_deal, make_pipeline, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


@dataclass(frozen=True)
class Attempt:
    """Somebody, a deal, and the stage that it may not enter."""

    actor: Principal
    deal: int
    stage: int
    pipeline: str
    name: str
    folder: Path


def recorded() -> dict[str, str]:
    """A hash of the rows of every record, every part of one, and what the log says of them."""

    def tables(base: type) -> set[str]:
        return {str(c.__tablename__) for c in base.__subclasses__()}

    wanted = tables(Record) | tables(Child) | (tables(Fact) - {"change_batch", "login_event"})
    assert {"deal", "deal_line", "change_log", "stage"} <= wanted <= set(metadata.tables)
    return db.read_sync(lambda session: row_hashes(session.connection(), wanted))


def by_service(a: Attempt) -> str:
    with pytest.raises(Invalid) as refusal:
        db.write_sync(move_deal, a.actor, a.deal, a.stage, 0)
    return refusal.value.message


def by_change(a: Attempt) -> str:
    with pytest.raises(Invalid) as refusal:
        db.write_sync(apply_many, a.actor, [Change("deal", a.deal, {"stage_id": a.stage, "title": "Sneaky"})])
    return refusal.value.message


def inline(a: Attempt) -> str:
    with pytest.raises(Invalid) as refusal:
        db.write_sync(edit_cell, a.actor, "deal", a.deal, "stage_id", str(a.stage), 1)
    return refusal.value.message


def in_bulk(a: Attempt) -> str:
    run = run_bulk(db.write_sync(start_bulk, a.actor, "deal", [a.deal], {"stage_id": a.stage}))
    assert (run.changed, run.refused) == (0, 1)
    return db.read_sync(list_refusals, a.actor, run.id)[0].reason


def by_csv(a: Attempt) -> str:
    path = a.folder / "deals.csv"
    path.write_text(f"deal id,stage,pipeline\nD-1,{a.name},{a.pipeline}\n")
    report = import_file(a.actor, "deals", path, mode="update")
    assert (report.total, report.updated, report.refused) == (1, 0, 1), str(report)
    return report.errors[0].reason


def skipping(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    change("pipeline", pipeline[0], allow_skip=False)
    return "Prospecting", "Won", "allows no skipping"


def going_back(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    change("pipeline", pipeline[0], allow_back=False)
    return "Engaging", "Prospecting", "allows no going back"


def without_a_field(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    change("stage", pipeline[1]["Engaging"], required_fields=["person_id"])
    return "Prospecting", "Engaging", "Person is needed for Engaging."


def leaving_without_a_field(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    change("stage", pipeline[1]["Prospecting"], exit_fields=["person_id"])
    return "Prospecting", "Engaging", "Person is needed to leave Prospecting."


def without_a_reason(_pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    return "Prospecting", "Lost", "Reason for the loss is needed for Lost."


def without_the_role(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    change("stage", pipeline[1]["Engaging"], movers=["sales"])
    return "Prospecting", "Engaging", "Only these roles may move a deal into Engaging: sales."


def into_a_full_stage(pipeline: tuple[int, dict[str, int]]) -> tuple[str, str, str]:
    make_deal(pipeline, "Engaging")
    change("stage", pipeline[1]["Engaging"], wip_limit=1, wip_refuses=True)
    return "Prospecting", "Engaging", "Engaging is full"


@pytest.mark.parametrize("way", [by_service, by_change, inline, in_bulk, by_csv])
@pytest.mark.parametrize(
    "illegal",
    [
        skipping,
        going_back,
        without_a_field,
        leaving_without_a_field,
        without_a_reason,
        without_the_role,
        into_a_full_stage,
    ],
)
def test_an_illegal_move_is_refused_by_every_way_in(
    illegal: Callable[[tuple[int, dict[str, int]]], tuple[str, str, str]],
    way: Callable[[Attempt], str],
    tmp_path: Path,
) -> None:
    pipeline = make_pipeline()
    me = make_user(role="manager")
    start, end, reason = illegal(pipeline)
    deal = make_deal(pipeline, start, owner_id=me, value_minor=100)
    db.write_sync(apply_many, principal(None, system=True), [Change("deal", deal, {"external_id": "D-1"})])
    before = recorded()
    actor = principal(me, "manager")
    said = way(Attempt(actor, deal, pipeline[1][end], "Sales", end, tmp_path))
    assert reason in said
    assert recorded() == before


def test_the_hash_sees_a_move(tmp_path: Path) -> None:
    pipeline = make_pipeline()
    deal, before = make_deal(pipeline), recorded()
    change("deal", deal, stage_id=pipeline[1]["Engaging"])
    assert {name for name, found in recorded().items() if found != before[name]} == {"deal", "change_log"}
