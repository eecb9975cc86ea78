"""What a stage asks of a deal, and which moves a pipeline allows. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# What every stage of a kind asks for, beside its own conditions, and what its dialog offers besides.
NEEDED: Mapping[str, tuple[str, ...]] = {"won": ("value_minor", "closed_on"), "lost": ("lost_reason",)}
OFFERED: Mapping[str, tuple[str, ...]] = {"won": ("closed_on",), "lost": ("lost_to",)}


@dataclass(frozen=True)
class StageRules:
    """A stage and its conditions; `movers` are roles, none of them means everybody who may edit the deal."""

    id: int
    pipeline_id: int
    name: str
    kind: str = "open"
    entry: tuple[str, ...] = ()
    exit: tuple[str, ...] = ()
    movers: frozenset[str] = frozenset()
    wip_limit: int = 0
    wip_refuses: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields that a deal in this stage has."""
        return tuple(dict.fromkeys((*self.entry, *NEEDED.get(self.kind, ()))))


@dataclass(frozen=True)
class Process:
    """A pipeline with its open stages in order."""

    id: int
    name: str
    team_id: int | None = None
    allow_skip: bool = True
    allow_back: bool = True
    opens: tuple[StageRules, ...] = ()

    def place(self, stage: StageRules) -> int | None:
        """Where a stage stands: won is one after the last open stage; None for a lost or a removed one."""
        if stage.kind == "won":
            return len(self.opens)
        return next((n for n, known in enumerate(self.opens) if known.id == stage.id), None)

    def name_at(self, place: int) -> str:
        """The name of the open stage there, or what comes after the last."""
        return self.opens[place].name if place < len(self.opens) else "winning"


def is_empty(value: Any) -> bool:
    """Nothing, or no more than spaces; zero and no are answers."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def missing_to_enter(stage: StageRules, labels: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a stage asks for and that are empty, each with its reason."""
    return _missing(stage.needed, labels, row, f"for {stage.name}")


def missing_to_leave(stage: StageRules, labels: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
    """The fields without which a deal does not leave this stage forwards."""
    return _missing(stage.exit, labels, row, f"to leave {stage.name}")


def emptied(
    stage: StageRules, labels: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, str]:
    """Fields that the stage asks for and that were filled until now; what was missing anyway may stay so."""
    gone = [name for name in stage.needed if not is_empty(before.get(name))]
    return _missing(gone, labels, after, f"while the deal is in {stage.name}")


def _missing(names: Iterable[str], labels: Mapping[str, str], row: Mapping[str, Any], why: str) -> dict[str, str]:
    return {name: f"{labels.get(name, name)} is needed {why}." for name in names if is_empty(row.get(name))}


def is_forward(process: Process, old: StageRules, new: StageRules) -> bool:
    """Does the move lead on within the pipeline? Losing does not, nor does another pipeline."""
    start, end = process.place(old), process.place(new)
    return old.pipeline_id == new.pipeline_id and start is not None and end is not None and end > start


def forbidden(process: Process, old: StageRules, new: StageRules, reached: int = 0) -> str:
    """Why the pipeline does not allow this move; empty where it does.

    A stage of another pipeline is an entry, lost is always within reach. To reopen a lost deal is to go back, at most
    to the place that it had `reached` where no stage may be skipped.
    """
    end = process.place(new)
    if old.pipeline_id != new.pipeline_id or end is None or old.id == new.id:
        return ""
    if old.kind == "lost":
        if not process.allow_back:
            return f"{process.name} allows no going back, so a lost deal is not reopened."
        if not process.allow_skip and end > reached:
            return f"{process.name} allows no skipping: this deal can be reopened in {process.name_at(reached)}."
        return ""
    start = process.place(old)
    if start is None:
        return ""
    if end < start and not process.allow_back:
        return f"{process.name} allows no going back from {old.name} to {new.name}."
    if end > start + 1 and not process.allow_skip:
        return f"{process.name} allows no skipping: after {old.name} comes {process.name_at(start + 1)}."
    return ""


def may_move(stage: StageRules, role: str) -> bool:
    """May somebody of this role move a deal into the stage? An administrator always may."""
    return not stage.movers or role == "administrator" or role in stage.movers
