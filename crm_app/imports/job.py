"""One run of an import: what it knows of its file, and what it has seen so far."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes.kinds import Kind
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, Refused
from crm_app.identity.acting import acting
from crm_app.identity.policy import decide
from crm_app.imports.columns import Mapped, Place, known_headers, map_columns, places
from crm_app.imports.earlier import Earlier, Memory, memory_of
from crm_app.imports.likely import CHOICES, Choice
from crm_app.imports.matching import Key, Match, check_match
from crm_app.imports.names import Names
from crm_app.imports.reading import Source, open_source
from crm_app.imports.recipes import Recipe, kind_and_recipe
from crm_app.records.custom.definitions import definitions

if TYPE_CHECKING:
    from crm_app.imports.missing import Firm

Mode = Literal["create", "update", "both"]


@dataclass
class Job:
    """A file on its way into the records of one kind.

    `aux_rows` numbers what rows bring along; `also_created` counts it for a trial, of which no log stays. Of rows
    before the one at hand, `seen` are the keys by which a trial knows them, `virtual` the titles that it would have
    made, and `brought` the companies that it would have, by their squeezed names.
    """

    actor: Principal
    kind: Kind
    recipe: Recipe
    source: Source
    columns: list[Mapped]
    places: dict[str, Place]
    match: Match
    mode: Mode
    dry_run: bool
    currency: str
    zone: str
    likely: Choice = "create"
    create_companies: bool = False
    noted: int = 0
    origin: str = "import"
    batch_id: int | None = None
    run_id: int | None = None
    aux_rows: int = 0
    custom_ids: dict[int, int] = field(default_factory=dict)
    custom_made: dict[str, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    seen: dict[Key, int] = field(default_factory=dict)
    earlier: Earlier | None = field(init=False)
    alike: set[tuple[str, int]] = field(default_factory=set)
    brought: dict[str, "Firm"] = field(default_factory=dict)
    brought_rows: Memory | None = field(init=False)
    virtual: dict[str, set[str]] = field(default_factory=dict)
    also_created: Counter[str] = field(default_factory=Counter)
    guesses: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    cache: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.earlier = Earlier(self.kind.name) if self.dry_run and self.kind.likeness else None
        self.brought_rows = memory_of("company") if self.dry_run and self.create_companies else None

    def renew(self, session: Session) -> None:
        """Go on with the rights of today: they may have been taken since. Raises Forbidden."""
        if self.actor.system:
            return
        actor = acting(session, self.actor.id)
        if actor is None:
            raise Forbidden("Whoever began this can no longer sign in.")
        _check_right(actor, self.kind)
        self.actor = actor

    def forget(self) -> None:
        """After a roll-back: what was read or made in the transaction is not certain any more."""
        self.names.forget()
        self.cache.clear()


def open_job(
    actor: Principal,
    kind_name: str,
    path: Path,
    *,
    mapping: Mapping[str, Any] | None = None,
    match: list[str] | None = None,
    mode: str = "both",
    likely: str = "create",
    create_companies: bool = False,
    dry_run: bool = False,
    origin: str = "import",
) -> Job:
    """Read the head of the file and decide what its columns are; `origin` is the source of its batch.

    Raises Forbidden, Refused.
    """
    kind, recipe = kind_and_recipe(kind_name)
    _check_right(actor, kind)
    _check_how(kind, mode, likely)
    available = places(kind, recipe, db.read_sync(definitions, kind.name).values())
    config = settings()
    source = open_source(path, known_headers(available), config.import_mb)
    return Job(
        actor,
        kind,
        recipe,
        source,
        map_columns(kind, available, source.header, mapping),
        available,
        _match(kind, recipe, match),
        cast(Mode, mode),
        dry_run,
        config.currency,
        config.zone,
        cast(Choice, likely),
        create_companies and kind.name != "company",
        origin=origin,
    )


def _check_right(actor: Principal, kind: Kind) -> None:
    """Raises Forbidden for who may not import records of this kind."""
    verdict = decide(actor, "import", kind.name)
    if not verdict.allowed:
        raise Forbidden(verdict.why)


def _check_how(kind: Kind, mode: str, likely: str) -> None:
    """Raises Refused for what cannot be done with rows that are here, or look like a record that is."""
    if mode not in ("create", "update", "both"):
        raise Refused(f"{mode!r} is not a mode: create, update or both.")
    if likely not in CHOICES:
        raise Refused(f"{likely!r} is nothing to do with rows that look alike: {', '.join(CHOICES)}.")
    if likely != "create" and not kind.likeness:
        raise Refused(f"{kind.plural} are not compared with one another; only rows that match exactly are known again.")
    if likely == "update" and mode == "create":
        raise Refused("Known records are to be left, so likely ones cannot be updated. Change one of the two.")


def _match(kind: Kind, recipe: Recipe, wish: list[str] | None) -> Match:
    try:
        if wish:
            return check_match(kind, wish)
    except ValueError as error:
        raise Refused(str(error)) from None
    return recipe.match or (("external_id",), (kind.title,))
