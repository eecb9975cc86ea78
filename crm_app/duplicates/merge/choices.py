"""The page of an undo: what came since the merge, and who may have it."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.errors import NotFound
from crm_app.duplicates.merge.giving import Addition, additions
from crm_app.duplicates.merge.undoing import Merge, checked, merge_of
from crm_app.records.listing.rows import Option


@dataclass(frozen=True)
class Unmerging:
    """A merge that is about to be taken back; `choices` are whose an addition may be, the survivor with an empty id."""

    batch_id: int
    kind: str
    plural: str
    title: str
    lines: list[Addition]
    choices: list[Option]


def unmerging_page(session: Session, actor: Principal, batch_id: int) -> Unmerging:
    """Raises NotFound for what is no merge, and what the undo itself would refuse."""
    merge = merge_of(session, batch_id)
    if merge is None:
        raise NotFound("This was not a merge.")
    rows = checked(session, actor, merge, lock=False)
    known = kind(merge.kind)
    names = {id: str(rows[id][known.title] or "Untitled") for id in (merge.survivor, *merge.losers)}
    choices = [Option("", f"Stays with {names[merge.survivor]}")]
    choices += [Option(str(id), f"Goes with {names[id]}") for id in merge.losers]
    return Unmerging(
        batch_id, merge.kind, known.plural.lower(), names[merge.survivor], added(session, actor, merge), choices
    )


def added(session: Session, actor: Principal, merge: Merge) -> list[Addition]:
    """What came since."""
    return additions(session, actor, merge.kind, merge.survivor, merge.last_seq, merge.made_at)


def needs_choice(session: Session, actor: Principal, batch_id: int) -> bool | None:
    """Did something come since this merge? None for a batch that is no merge."""
    merge = merge_of(session, batch_id)
    return None if merge is None else bool(added(session, actor, merge))
