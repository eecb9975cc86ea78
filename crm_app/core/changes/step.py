"""One change against the working set: rights, values, references, versions, gate; then the row in memory."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, select

from crm_app.core.actor import Decision
from crm_app.core.changes import ports
from crm_app.core.changes.change import Applied, Change, Context
from crm_app.core.changes.children import Patch, apply_patch, patch_of, split_key
from crm_app.core.changes.custom import CUSTOM, by_field, fields_of_change, given_in, put
from crm_app.core.changes.finishing import finish, tidied
from crm_app.core.changes.forwarding import survivor_of
from crm_app.core.changes.kinds import MERGED, Children, Field, Kind, Row, kind
from crm_app.core.changes.merge import conflicts_of, refuse_unseen
from crm_app.core.changes.plans import EXTERNAL, names_in, plan_of
from crm_app.core.changes.values import coerce
from crm_app.core.changes.working import IN_LIMIT, Loaded, WorkingSet, table_of
from crm_app.core.db import allocate_ids
from crm_app.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from crm_app.core.text import sort_key

UNGATED = ("history", "undo", "demo", "merge")


@cache
def _living_ones(table: Table, owner: str, mergeable: bool) -> Any:
    """Which of `ids` are there, and whose they are."""
    there = (table.c.id.in_(bindparam("ids", expanding=True)), table.c.deleted_at.is_(None))
    query = select(table.c.id, table.c[owner]).where(*there)
    if mergeable:  # or it is merged away before this is written; a foreign key locks the same
        query = query.order_by(table.c.id).with_for_update(read=True, key_share=True)
    return query


def is_gated(source: str, *, creating: bool) -> bool:
    """Does a gate bind what comes this way? Neither the history that an import creates, nor an undo or a merge."""
    return source not in UNGATED and not (creating and source == "import")


class Step:
    """Takes the changes of one `apply_many`, in order."""

    def __init__(self, context: Context, working: WorkingSet, let_go: Iterable[tuple[str, int]] = ()) -> None:
        self.context = context
        self.working = working
        self._ids: list[int] = []
        self._living: dict[tuple[str, int], int | None] = {}
        self._verdicts: dict[tuple[str, str, int | None, str | None], Decision] = {}
        self._sure: set[tuple[str, int]] = set()
        self._returning: set[tuple[str, int]] = set()
        self._relied_on: set[tuple[str, int]] = set(let_go)  # a delete counts on them pointing elsewhere

    def prefetch(self, changes: Iterable[Change]) -> None:
        """Take ids for all creations, and look up all references, in few statements."""
        new, wanted = 0, defaultdict(set)
        for change in changes:
            known = kind(change.kind)
            new += change.op == "create" and change.id is None
            if change.op == "restore" and change.id is not None:
                self._returning.add((change.kind, change.id))
            for field in plan_of(known).references:
                if isinstance(value := change.set.get(field.name), int):
                    wanted[field.ref].add(value)
            for name in known.child_by_name.keys() & change.set.keys():
                value = change.set[name]
                new += len(value) if isinstance(value, list) else 0
                for child in (f for f in known.child_by_name[name].fields if f.ref):
                    wanted[child.ref] |= {r.get(child.name) for r in value if isinstance(r, dict)} - {None}
        self._ids = allocate_ids(self.context.session, new)[::-1]
        for name, ids in wanted.items():
            self._look_up(kind(name), sorted(i for i in ids if isinstance(i, int)))

    def is_relied_on(self, change: Change) -> bool:
        """Has something been taken because this change was still to come? Then it cannot be left out alone."""
        return change.id is not None and (change.kind, change.id) in self._relied_on

    def take(self, change: Change) -> Applied:
        """Change the working set. Raises a KithError and leaves everything as it was."""
        try:
            return self._take(change)
        finally:
            self.context.given, self.context.patches = frozenset(), {}

    def _take(self, change: Change) -> Applied:
        if change.op == "create":
            return self._create(change)
        known = kind(change.kind)
        loaded = self.working.get(change.kind, change.id) if change.id is not None else None
        if loaded is None or (loaded.row["deleted_at"] is not None) != (change.op == "restore"):
            raise NotFound
        self._authorise(change, known, loaded.row)
        if change.op == "update":
            return self._update(change, known, loaded)
        return self._tombstone(change, loaded)

    # create, update, delete

    def _create(self, change: Change) -> Applied:
        known = kind(change.kind)
        plan = plan_of(known)
        row = plan.fresh(self.context.recorded_at)
        values, patches = self._values(known, change, row, {}, creating=True)
        row |= values
        self._require("create", known, row.get(known.owner) if known.owner else None)
        self._fields_allowed(known, change, row, None)
        row["id"] = change.id if change.id is not None else self._new_id()
        self._finish(known, change, None, row, patches)
        row["sort_key"] = sort_key(row[known.title] or "")
        self._unique(known, row, None)
        loaded = self.working.add(known, row)
        if change.apart_from:
            self.context.apart[known.name, row["id"]] = change.apart_from
        diff = {n: [None, v] for n in plan.logged if (v := row[n]) is not None}
        if patches:
            diff |= self._apply_children(loaded, patches)
        self._living[known.name, row["id"]] = row.get(known.owner) if known.owner else None
        return Applied(known.name, row["id"], 1, self.context.batch_id, "create", diff)

    def _update(self, change: Change, known: Kind, loaded: Loaded) -> Applied:
        before = loaded.row
        values, patches = self._values(known, change, before, loaded.children, creating=False)
        self._fields_allowed(known, change, before, before["id"])
        after = before | values
        wanted = {n for n in values if after[n] != before[n]}
        if change.expected is not None and change.expected < before["version"]:
            self._no_conflict(change, known, before, values, wanted)
        self._unsealed(known, before, after, wanted | patches.keys())
        if wanted or patches.keys() & known.watched:
            self._finish(known, change, before, after, patches)
            if after[known.title] != before[known.title]:
                after["sort_key"] = sort_key(after[known.title] or "")
            self._unique(known, after, before)
        elif not change.set:  # looked at again: what is computed follows
            ports.custom().compute(self.context, known, after)
        diff = {n: [before[n], v] for n in plan_of(known).logged if (v := after[n]) != before[n]}
        diff = by_field(diff)
        diff |= self._apply_children(loaded, patches)
        if diff:
            after["version"] = before["version"] + 1
            after["updated_at"] = self.context.recorded_at
            loaded.row = after
        return Applied(known.name, before["id"], loaded.row["version"], self.context.batch_id, "update", diff)

    def _tombstone(self, change: Change, loaded: Loaded) -> Applied:
        before = loaded.row
        gone = self.context.recorded_at if change.op == "delete" else None
        if gone:
            refuse_unseen(self.context.session, change, loaded.kind, before)
        after = before | {"deleted_at": gone}
        if loaded.kind.mergeable:  # a tombstone may say where the record went; one that comes back went nowhere
            after[MERGED] = change.set.get(MERGED) if gone else None
        self._unsealed(loaded.kind, before, after, {"deleted_at"})
        if change.op == "restore":
            references = {f.name: after[f.name] for f in loaded.kind.fields if f.ref}
            self._references(loaded.kind, references)
            after |= references
            ports.custom().compute(self.context, loaded.kind, after)
        loaded.row = after | {"version": before["version"] + 1, "updated_at": self.context.recorded_at}
        if change.op == "restore":
            self._unique(loaded.kind, loaded.row, None)
        diff = by_field({n: [before[n], v] for n, v in after.items() if v != before[n]})
        return Applied(change.kind, before["id"], loaded.row["version"], self.context.batch_id, change.op, diff)

    # checks

    def _allowed(
        self, action: str, known: Kind, owner_id: int | None, record_id: int | None, field: str | None = None
    ) -> Decision:
        """The policy's answer, asked once for all records of a kind and an owner, on whom alone it depends."""
        if known.owner is None:
            return ports.allowed(self.context.actor, action, known.name, owner_id, field, record_id)
        key = (action, known.name, owner_id, field)
        if key not in self._verdicts:
            self._verdicts[key] = ports.allowed(self.context.actor, action, known.name, owner_id, field, record_id)
        return self._verdicts[key]

    def _require(self, action: str, known: Kind, owner_id: int | None, record_id: int | None = None) -> None:
        verdict = self._allowed(action, known, owner_id, record_id)
        if not verdict.allowed:
            raise Forbidden(verdict.why)

    def _authorise(self, change: Change, known: Kind, row: Row) -> None:
        owner_id = row.get(known.owner) if known.owner else None
        if not self._allowed("read", known, owner_id, row["id"]).allowed:
            raise NotFound
        action = "edit" if change.op == "update" else "delete"
        self._require(action, known, owner_id, row["id"])

    def _fields_allowed(self, known: Kind, change: Change, row: Row, record_id: int | None) -> None:
        if record_id is None:
            return  # the right to create covers every field
        owner_id = row.get(known.owner) if known.owner else None
        refused = {}
        for key in change.set:
            name = key if key.startswith(f"{CUSTOM}.") else split_key(key)[0]
            verdict = self._allowed("edit", known, owner_id, record_id, name)
            if not verdict.allowed:
                refused[name] = verdict.why
        if refused:
            raise Forbidden(" ".join(refused.values()))

    def _values(
        self, known: Kind, change: Change, before: Row, children: dict[str, dict[int, Row]], *, creating: bool
    ) -> tuple[Row, dict[str, Patch]]:
        values: Row = {}
        patches: dict[str, Patch] = {}
        wrong: dict[str, str] = {}
        plan, has_custom = plan_of(known), False
        for key, given in change.set.items():
            field = plan.plain.get(key)
            name, rest = (key, "") if field else split_key(key)
            try:
                if field or (field := plan.plain.get(name)):
                    value = coerce(field, given)
                    values[name] = tidied(self.context, field, value, before.get(name)) if field.tidy else value
                elif name in known.child_by_name:
                    patch = self._patch(known.child_by_name[name], rest, given, children.get(name, {}))
                    patches.setdefault(name, {}).update(patch)
                elif key == EXTERNAL:
                    values[key] = given
                elif name == CUSTOM:  # of which all are taken together, below
                    has_custom = True
                else:
                    raise ValueError(f"A {known.label.lower()} has no field {name!r}.")
            except ValueError as error:
                wrong[name] = str(error)
        if has_custom:
            self._custom(known, change, before, values, wrong)
        if creating:
            for field in plan.required:
                if values.get(field.name, before.get(field.name)) in (None, ""):
                    wrong.setdefault(field.name, f"{field.label} is required.")
        if wrong:
            raise Invalid(wrong)
        self._references(known, values)
        self._child_references(known, patches, children)
        return values, patches

    def _patch(self, children: Children, rest: str, given: Any, present: dict[int, Row]) -> Patch:
        """What becomes of a collection, the texts of its rows in the form in which they are kept."""
        patch = patch_of(children, rest, given, present)
        if any(field.tidy for field in children.fields):
            for key, row in patch.items():
                patch[key] = row and self._tidied(children.fields, row, present, key)
        return patch

    def _custom(self, known: Kind, change: Change, before: Row, values: Row, wrong: dict[str, str]) -> None:
        """Custom values among `values`, each by the rules of its field; what is wrong is added to `wrong`."""
        try:
            given = given_in(change)
        except ValueError as error:
            wrong[CUSTOM] = str(error)
            return
        if CUSTOM in change.set and self.context.source == "undo":  # of before they were logged one by one
            given |= dict.fromkeys(before[CUSTOM].keys() - given.keys())
        if not given:
            return
        kept, bad, named = ports.custom().check(self.context, known, before[CUSTOM], given)
        for id, ref in named.items():
            if not self._is_living(ref, kept[id]):
                kept[id] = self._survivor(ref, kept[id])
                if kept[id] is None:
                    bad[f"{CUSTOM}.{id}"] = f"This {kind(ref).label.lower()} does not exist."
        wrong |= bad
        values[CUSTOM] = put(before[CUSTOM], kept)

    def _tidied(self, fields: Iterable[Field], row: Row, present: dict[int, Row], key: int | str) -> Row:
        """A row of a collection, its texts in the form in which they are kept."""
        before = present.get(key, {}) if isinstance(key, int) else {}
        return row | {f.name: tidied(self.context, f, row[f.name], before.get(f.name)) for f in fields if f.tidy}

    def _references(self, known: Kind, values: Row) -> None:
        """What is pointed to lives; whoever points to a merged record means the one that it went into."""
        wrong = {}
        for field in plan_of(known).references:
            name, value = field.name, values.get(field.name)
            if value is not None and not self._is_living(field.ref, value):
                into = self._survivor(field.ref, value)
                if into is not None:
                    values[name] = into
                    continue
                wrong[name] = f"{field.label}: this {kind(field.ref).label.lower()} does not exist."
        if wrong:
            raise Invalid(wrong)

    def _child_references(self, known: Kind, patches: dict[str, Patch], present: dict[str, dict[int, Row]]) -> None:
        """What a part points to anew must live; what it pointed to before may have gone since."""
        for name, patch in patches.items():
            rows = present.get(name, {})
            for field in (f for f in known.child_by_name[name].fields if f.ref):
                for key, row in patch.items():
                    target = row[field.name] if row else None
                    kept = isinstance(key, int) and key in rows and rows[key][field.name] == target
                    if row is None or target is None or kept or self._is_living(field.ref, target):
                        continue
                    into = self._survivor(field.ref, target)
                    if into is not None:
                        row[field.name] = into
                    else:
                        raise Invalid({name: f"{field.label}: this {kind(field.ref).label.lower()} does not exist."})

    def _survivor(self, name: str, id: int) -> int | None:
        into = survivor_of(self.context.session, name, id)
        return into if into is not None and self._is_living(name, into) else None

    def _is_living(self, name: str, id: int) -> bool:
        if (name, id) in self._sure:
            return True
        known = kind(name)
        loaded = self.working.get(name, id)
        if loaded is not None:
            if loaded.row["deleted_at"] is not None:
                if (name, id) not in self._returning:
                    return False
                self._relied_on.add((name, id))  # two that point to each other come back together
            self._living[name, id] = loaded.row.get(known.owner) if known.owner else None
        elif (name, id) not in self._living:
            self._look_up(known, [id])
        if (name, id) not in self._living:
            return False
        allowed = self._allowed("refer", known, self._living[name, id], id).allowed
        if allowed and loaded is None:  # no change of this call touches it
            self._sure.add((name, id))
        return allowed

    def _look_up(self, known: Kind, ids: list[int]) -> None:
        query = _living_ones(table_of(known.table), known.owner or "id", bool(known.mergeable))
        for start in range(0, len(ids), IN_LIMIT):
            part = {"ids": ids[start : start + IN_LIMIT]}
            for row in self.context.session.connection().execute(query, part):
                id, owner_id = tuple(row)
                self._living[known.name, id] = owner_id if known.owner else None

    def _no_conflict(self, change: Change, known: Kind, before: Row, values: Row, wanted: set[str]) -> None:
        free = {f.name for f in known.fields if f.later_wins}
        wanted = fields_of_change(wanted, before, before | values)
        watched = (wanted - free) | (known.gate_fields if wanted & known.gate_fields else set())
        found = conflicts_of(self.context.session, change, known, before, values, watched)
        if found:
            raise Conflict(found, before["version"])

    def _unsealed(self, known: Kind, before: Row, after: Row, touched: set[str]) -> None:
        """Raises Refused for what may not change any more, whichever way it is asked."""
        if known.seal and touched and (why := known.seal(self.context, before, after, frozenset(touched))):
            raise Refused(why)

    def _finish(self, known: Kind, change: Change, before: Row | None, after: Row, patches: dict[str, Patch]) -> None:
        """What follows from the change, then the gate of the transition; an undo restores the old values itself."""
        self.context.given = names_in(tuple(change.set))
        self.context.patches = patches
        gated = is_gated(self.context.source, creating=before is None)
        finish(self.context, known, before, after, gated=gated)

    def _unique(self, known: Kind, row: Row, before: Row | None) -> None:
        table = table_of(known.table)
        for field in plan_of(known).unique:
            value = row[field.name]
            if value in (None, "") or (before is not None and before[field.name] == value):
                continue
            query = select(table.c.id).where(
                table.c[field.name] == value, table.c.deleted_at.is_(None), table.c.id != row["id"]
            )
            taken = self.context.session.connection().execute(query).first() or any(
                o.row[field.name] == value and o.row["id"] != row["id"] and o.row["deleted_at"] is None
                for (name, _), o in self.working.records.items()
                if name == known.name
            )
            if taken:
                raise Invalid({field.name: f"{field.label} {value!r} is already taken."})

    # children

    def _apply_children(self, loaded: Loaded, patches: dict[str, Patch]) -> dict[str, Any]:
        diff: dict[str, Any] = {}
        for name, patch in patches.items():
            fresh = [self._new_id() for key in patch if isinstance(key, str)]
            diff |= apply_patch(loaded.kind.child_by_name[name], loaded.row["id"], loaded.children[name], patch, fresh)
        return diff

    def _new_id(self) -> int:
        return self._ids.pop() if self._ids else allocate_ids(self.context.session, 1)[0]
