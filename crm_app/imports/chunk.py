"""A few hundred rows in one transaction: look up, match, apply, count. A row is applied whole or not at all."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from crm_app.core.changes import Applied, Change, apply_many
from crm_app.core.db import allocate_ids
from crm_app.core.errors import KithError
from crm_app.imports.known import follow, load_parts, rounds
from crm_app.imports.likely import take_likely
from crm_app.imports.matching import Key, find_existing, key_of, keys_of, known_as
from crm_app.imports.missing import Missing
from crm_app.imports.owners import refuse_strangers
from crm_app.imports.recipes.recipe import Draft
from crm_app.imports.references import resolve
from crm_app.imports.runs import AUX_ROWS
from crm_app.imports.words import correct_words, tidy_parts

if TYPE_CHECKING:
    from crm_app.imports.job import Job

WAVES = 5  # rows that look like rows that look like rows: after so many, what is left is made


class HalfRow(Exception):
    """A later change of a row was refused after an earlier one had been taken."""

    def __init__(self, row_no: int, reason: str) -> None:
        super().__init__(reason)
        self.row_no, self.reason = row_no, reason


@dataclass
class Chunk:
    """Rows on their way, and what became of them."""

    session: Session
    job: "Job"
    last_try: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    taken: int = 0
    left: int = 0
    refused: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    held: list[Draft] = field(default_factory=list)
    guesses: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    standing: dict[int, int] | None = None
    matched_ids: list[int | None] = field(default_factory=list)
    existing_parts: dict[str, dict[int, list[dict[str, Any]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kind, self.recipe = self.job.kind, self.job.recipe
        self.missing = Missing(self)

    def run(self, drafts: list[Draft]) -> None:
        """Take the rows; `refused` and `held` say which were not taken."""
        correct_words(self, drafts)
        tidy_parts(self, drafts)
        drafts = resolve(self, self._living(drafts))
        self.recipe.prepare(self, drafts)
        drafts = self._living(drafts)
        new, old = self._match(drafts)
        if self.job.likely == "create":  # nothing is left out for its likeness, so it is compared with its company
            self.missing.bring(self._written(new, old))
            new, old = self._living(new), self._living(old)
        if self.job.earlier:
            self.job.earlier.bring_back(self, new, old)
        refuse_strangers(self, new, old)
        self._create_or_take(self._living(new))
        follow(self, old)
        for some in rounds(self._living(old)):
            self._update(some)
        self.missing.leave_out()
        self.missing.rehearse()
        if self.job.earlier:
            self.job.earlier.keep(self.session, [d for d in self._living(new) if d.is_new])

    def _written(self, new: list[Draft], old: list[Draft]) -> list[Draft]:
        """The rows that are to change anything."""
        return [*(new if self.job.mode != "update" else ()), *(old if self.job.mode != "create" else ())]

    def _create_or_take(self, new: list[Draft]) -> None:
        """Make the new records, but for rows that are taken for one; those that look like a row before them wait."""
        make = self._unknown if self.job.mode == "update" else self._create
        for _ in range(WAVES):
            if not new:
                return
            fresh, taken, new = take_likely(self, new)
            make(fresh)
            for some in rounds(taken):
                self._update(some)
        make(new)

    def _unknown(self, drafts: list[Draft]) -> None:
        """Nothing is added: what is not here is refused."""
        for draft in drafts:
            self.refuse(draft, f"There is no such {self.kind.label.lower()} to update.")

    def refuse(self, draft: Draft, reason: str) -> None:
        """Leave this row out."""
        self.refused.setdefault(draft.row_no, (reason, draft.raw))

    def _living(self, drafts: list[Draft]) -> list[Draft]:
        return [d for d in drafts if d.row_no not in self.refused]

    def also(self, changes: list[Change]) -> list[Applied]:
        """Make what rows need besides themselves, at once. Raises KithError."""
        numbered = []
        for change in changes:
            self.job.aux_rows += 1
            numbered.append(
                Change(
                    change.kind,
                    change.id,
                    change.set,
                    change.op,
                    effective_at=change.effective_at,
                    row_no=AUX_ROWS + self.job.aux_rows,
                )
            )
        done = apply_many(self.session, self.job.actor, numbered, source="import", batch_id=self.job.batch_id)
        for made in done:
            if made.op == "create":
                self.job.also_created[made.kind] += 1
        return done

    # new or known?

    def _match(self, drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
        keys = {d.row_no: key_of(self.kind, self.job.match, d) for d in drafts}
        existing = find_existing(self.session, self.kind, [k for k in keys.values() if k])
        fresh = iter(allocate_ids(self.session, len(drafts)))
        seen = self.job.seen
        firsts: dict[Key, Draft] = {}
        new, old = [], []
        for draft in drafts:
            key = keys[draft.row_no]
            ids = existing.get(key, []) if key else []
            if key and len(ids) > 1:
                self.refuse(draft, f"{len(ids)} {self.kind.plural.lower()} match this row by {', '.join(key[0])}.")
            elif ids or (key and key in seen):
                draft.id = ids[0] if ids else seen[key]  # pyright: ignore[reportArgumentType]
                old.append(draft)
            elif key and key in firsts:
                draft.same_as = firsts[key]
                draft.id = draft.same_as.id
                old.append(draft)
            elif self.job.mode == "update" and self.job.likely == "create":
                self._unknown([draft])
            else:
                draft.id, draft.is_new = next(fresh), True
                new.append(draft)
                for known in keys_of(self.kind, self.job.match, draft):
                    firsts.setdefault(known, draft)
        return new, old

    # values for the recipes

    def creation_values(self, draft: Draft) -> dict[str, Any]:
        """What the row says of a new record; money without a currency is in that of the organisation."""
        values = dict(draft.values)
        if "currency" in self.kind.by_name:
            values.setdefault("currency", self.job.currency)
        for name, part in draft.parts.items():
            if part:
                values[name] = [part]
        return values | ({"custom": dict(draft.custom)} if draft.custom else {})

    def update_values(self, draft: Draft) -> dict[str, Any]:
        """What the row says of a known record; an empty cell says nothing."""
        values = dict(draft.values) | ({"custom": dict(draft.custom)} if draft.custom else {})
        for name, part in draft.parts.items():
            rows = self.existing_parts.get(name, {}).get(draft.id or 0, [])
            if part and not any(all(_same(row[k], v) for k, v in part.items() if k != "is_primary") for row in rows):
                shown = [f.name for f in self.kind.child_by_name[name].fields]
                kept = [{"id": r["id"]} | {k: r[k] for k in shown} for r in rows]
                if self.kind.child_by_name[name].cap == 1 and kept:
                    values[name] = [kept[0] | part]
                    continue
                values[name] = [*kept, part | ({"is_primary": not rows} if "is_primary" in shown else {})]
        return values

    # applying

    def _create(self, drafts: list[Draft]) -> None:
        self.missing.bring(drafts)
        drafts = self._living(drafts)
        changes: list[Change] = []
        for draft in drafts:
            try:
                changes += self.recipe.creation(self, draft)
            except ValueError as error:
                self.refuse(draft, str(error))
        by_row = {d.row_no: d for d in drafts}
        while True:
            refused: dict[int, str] = {}
            try:
                self._apply(changes, refused, self.recipe.creation_source)
                break
            except HalfRow as half:
                self.refuse(by_row[half.row_no], half.reason)
                changes = [c for c in changes if abs(c.row_no or 0) != half.row_no]
        for row_no, reason in refused.items():
            self.refuse(by_row[row_no], reason)
        for draft in self._living(drafts):
            self.created += 1
            self._remember(draft)

    def _remember(self, draft: Draft) -> None:
        title = str(draft.values.get(self.kind.title, ""))
        if self.job.dry_run:
            self.job.virtual.setdefault(self.kind.name, set()).add(title)
            self.job.seen.update(dict.fromkeys(keys_of(self.kind, self.job.match, draft), -draft.row_no))
        elif title and draft.id is not None:
            self.job.names.add(self.kind.name, draft.id, title)

    def _update(self, drafts: list[Draft]) -> None:
        if self.job.mode == "create":
            self.unchanged += len(drafts)
            return
        self.missing.bring(drafts)
        drafts = self._living(drafts)
        self.matched_ids, self.standing = [d.id for d in drafts], None
        load_parts(self, drafts)
        given = {d.values["external_id"] for d in drafts if d.values.get("external_id")}
        for draft in drafts if (others := known_as(self.session, self.kind, sorted(given))) else ():
            if draft.values.get("external_id") in others:  # the survivor is found by it, and keeps its own
                del draft.values["external_id"]
        changes: list[Change] = []
        by_row: dict[int, Draft] = {}
        for draft in drafts:
            if draft.id is not None and draft.id < 0:  # of a row before it in a trial, which is not here any more
                self.unchanged += 1
                continue
            try:
                change = self.recipe.update(self, draft)
            except ValueError as error:
                self.refuse(draft, str(error))
                continue
            by_row[draft.row_no] = draft
            changes.append(change)
            self.taken += draft.is_likely
        refused: dict[int, str] = {}
        for done in self._apply(changes, refused, "import"):
            self.updated += bool(done.diff)
            self.unchanged += not done.diff
        for row_no, reason in refused.items():
            self.taken -= by_row[row_no].is_likely
            self.refuse(by_row[row_no], reason)

    def _apply(self, changes: list[Change], refused: dict[int, str], source: str) -> list[Applied]:
        def on_refused(change: Change, error: KithError) -> None:
            row_no = abs(change.row_no or 0)
            if (change.row_no or 0) < 0 and row_no not in refused:
                raise HalfRow(row_no, error.message)
            refused.setdefault(row_no, error.message)

        return apply_many(
            self.session, self.job.actor, changes, source=source, batch_id=self.job.batch_id, on_refused=on_refused
        )


def _same(stored: Any, given: Any) -> bool:
    if isinstance(stored, str) and isinstance(given, str):
        return stored.casefold() == given.casefold()
    return stored == given
