"""Companies that rows name and that are not here: taken for one that is, under another spelling, or made, each once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_app.core.changes import Change, apply_many
from crm_app.core.db import allocate_ids
from crm_app.core.errors import KithError
from crm_app.identity.policy import decide
from crm_app.imports.likely import Likely, Row, sorted_rows
from crm_app.imports.names import Found
from crm_app.imports.owners import owners_of
from crm_app.imports.recipes.recipe import Draft
from crm_app.imports.runs import AUX_ROWS
from search.names import squeeze

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk

COMPANY = "company"
NO_NAMES = frozenset({"", "na", "none", "null", "unknown"})  # as in `-` and `n/a`: nobody means a company
WAVES = 5  # names that look like names that look like names: after so many, what is left is made
TRIAL_IDS = 2_000_000_000  # what a trial makes has the same id in each of its transactions, far from all others


@dataclass
class Firm:
    """A company to be made; `number` is its place among what the rows bring along."""

    id: int
    number: int
    name: str
    domain: str = ""
    owner_id: int | None = None
    waits: bool = False

    def row(self) -> Row:
        """As it is compared."""
        return Row({"name": self.name} | ({"domain": self.domain} if self.domain else {}), {})


@dataclass(frozen=True)
class Use:
    """Where a row says which company it means."""

    holder: dict[str, Any]
    field: str
    label: str
    text: str


class Missing:
    """The companies that the rows of one portion miss; `why_not` is why they are not made, where nobody asked for it
    or the user may not.
    """

    def __init__(self, chunk: "Chunk") -> None:
        self._chunk, self._job = chunk, chunk.job
        verdict = decide(self._job.actor, "create", COMPANY)
        self.is_on = self._job.create_companies and verdict.allowed
        self.why_not = verdict.why if self._job.create_companies and not verdict.allowed else ""
        self._firms: dict[int, Firm] = {}
        self._keys: dict[str, Firm] = {}
        self._uses: dict[int, list[Use]] = {}
        self._made: dict[int, Firm] = {}
        self._barred: dict[int, str] = {}
        self._brought: set[int] = set()
        self._taken: dict[str, Found] = {}

    # which one a name means

    def find(self, domains: Mapping[str, str]) -> dict[str, Found]:
        """Each of these names with the one company that it surely means, or with one that `bring` makes."""
        names = {text: key for text in domains if (key := squeeze(text)) not in NO_NAMES}
        known = self._job.brought
        fresh: dict[str, Firm] = {}
        for text, key in names.items():
            firm = self._keys.get(key) or known.get(key) or fresh.setdefault(key, Firm(0, 0, text))
            firm.domain = firm.domain or domains[text]
            self._keys[key], self._firms[firm.id] = firm, firm
        self._number(list(fresh.values()))
        taken = self._sort(list(fresh.values()))
        found: dict[str, Found] = {}
        for text, key in names.items():
            firm = self._keys[key]
            found[text] = taken.get(firm.id) or Found(firm.id, firm.name)
            if firm.id in taken and taken[firm.id].id not in self._firms:
                self._taken[text] = found[text]
        return found

    def _number(self, firms: list[Firm]) -> None:
        """Ids and numbers for new ones."""
        self._firms.pop(0, None)
        trial = self._job.dry_run
        ids = [0] * len(firms) if trial else allocate_ids(self._chunk.session, len(firms))
        for firm, id in zip(firms, ids, strict=True):
            self._job.aux_rows += 1
            firm.number = self._job.aux_rows
            firm.id = TRIAL_IDS + firm.number if trial else id
            self._firms[firm.id] = firm

    def _sort(self, firms: list[Firm]) -> dict[int, Found]:
        """Those that surely mean one company, which the user sees, by the scorer that a save asks too."""
        rows = {firm.number: firm.row() for firm in firms}
        if not rows:
            return {}
        if self._job.brought_rows:
            again = self._job.brought_rows.like(self._chunk.session, rows)
            self._make([f for f in self._job.brought.values() if f.number in again])
        found = sorted_rows(self._chunk.session, self._job.actor, COMPANY, rows)
        taken: dict[int, Found] = {}
        for firm in firms:
            firm.waits = firm.number in found.later
            if one := surely(found.likely.get(firm.number, ())):
                taken[firm.id] = Found(one.id, one.name, is_guess=True)
        return taken

    def note(self, draft: Draft, use: Use, id: int) -> None:
        """This row names a company that is to be made."""
        if id in self._firms:
            self._uses.setdefault(draft.row_no, []).append(use)

    def name_of(self, id: int | None) -> str:
        """What a company that is to be made is called; empty for any other."""
        firm = self._firms.get(id or 0)
        return firm.name if firm else ""

    # making them

    def bring(self, drafts: Iterable[Draft]) -> None:
        """Make what these rows name; a row whose company cannot be made is refused."""
        if not self._uses:
            return
        drafts = [d for d in drafts if d.row_no in self._uses]
        self._brought |= {d.row_no for d in drafts}
        wanted: dict[int, Draft] = {}
        for draft in drafts:
            for use in self._uses[draft.row_no]:
                id = use.holder[use.field]
                if id in self._firms and id not in self._made and id not in self._barred:
                    wanted.setdefault(id, draft)
        self._own(wanted)
        self._make_in_waves([self._firms[id] for id in wanted])
        for draft in drafts:
            barred = [u for u in self._uses[draft.row_no] if u.holder[u.field] in self._barred]
            for use in barred:
                self._chunk.refuse(draft, f"{use.label}: {self._barred[use.holder[use.field]]}")

    def again(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Make again what these values of a trial point to."""
        by_id = {firm.id: firm for firm in self._job.brought.values()}
        ids = {value for row in rows for value in row.values() if isinstance(value, int) and value in by_id}
        self._make([by_id[id] for id in sorted(ids)])

    def _own(self, wanted: Mapping[int, Draft]) -> None:
        """Whoever has the person, by the first row that names the company, or as it stands here, has the company."""
        owner = self._chunk.kind.owner
        if owner is None:
            return
        known = [d.id for d in wanted.values() if not d.is_new and d.id is not None and owner not in d.values]
        standing = owners_of(self._chunk, owner, known)
        for id, draft in wanted.items():
            self._firms[id].owner_id = draft.values.get(owner, standing.get(draft.id or 0))

    def _make_in_waves(self, firms: list[Firm]) -> None:
        later = [f for f in firms if f.waits]
        self._make([f for f in firms if not f.waits])
        for wave in range(WAVES):
            if not later:
                return
            taken = self._sort(later)
            self._replace(taken)
            left = [f for f in later if f.id not in taken]
            now = [f for f in left if not f.waits or wave == WAVES - 1] or left[:1]
            self._make(now)
            later = [f for f in left if f not in now]

    def _replace(self, taken: Mapping[int, Found]) -> None:
        """These turned out to be others; so rows mean those."""
        for use in (u for some in self._uses.values() for u in some):
            if hit := taken.get(use.holder[use.field]):
                use.holder[use.field] = hit.id
                self._chunk.guesses[use.label, use.text, hit.name] += 1
                self._taken[use.text] = hit

    def _make(self, firms: list[Firm]) -> None:
        made = {f.id: f for f in firms if f.id not in self._made}
        changes = [
            Change(COMPANY, firm.id, _values(firm), "create", row_no=AUX_ROWS + firm.number) for firm in made.values()
        ]

        def on_refused(change: Change, error: KithError) -> None:
            self._barred[change.id or 0] = error.message

        job = self._job
        apply_many(
            self._chunk.session, job.actor, changes, source="import", batch_id=job.batch_id, on_refused=on_refused
        )
        self._made |= {id: firm for id, firm in made.items() if id not in self._barred}
        self._firms |= self._made

    def leave_out(self) -> None:
        """A company that was made for rows which were refused at their own save, and for no other, goes with them."""
        job, refused = self._job, self._chunk.refused
        used = {use.holder[use.field] for n in self._brought - refused.keys() for use in self._uses[n]}
        gone = self._made.keys() - used - {firm.id for firm in job.brought.values()}
        if not gone:
            return
        numbers = range(job.aux_rows + 1, job.aux_rows + 1 + len(gone))
        job.aux_rows += len(gone)
        changes = [
            Change(COMPANY, id, op="delete", row_no=AUX_ROWS + n) for id, n in zip(sorted(gone), numbers, strict=True)
        ]
        whoever = replace(job.actor, system=True)  # takes back what they have just made themselves
        apply_many(self._chunk.session, whoever, changes, source="import", batch_id=job.batch_id)
        for use in (u for n in self._brought for u in self._uses[n] if u.holder[u.field] in gone):
            self._chunk.guesses.pop((use.label, use.text, self._made[use.holder[use.field]].name), None)
        self._made = {id: firm for id, firm in self._made.items() if id not in gone}
        self._taken = {text: hit for text, hit in self._taken.items() if hit.id not in gone}

    def rehearse(self) -> None:
        """At the end of the transaction of a trial: remember how what it made is compared."""
        if self._job.brought_rows and self._made:
            rows = {firm.number: firm.row() for firm in self._made.values()}
            self._job.brought_rows.add(self._chunk.session, rows)

    def settle(self) -> None:
        """The portion is saved, or was tried: count what it made, and let the next ones know of it."""
        job = self._job
        known = {firm.id for firm in job.brought.values()}
        fresh = {id: firm for id, firm in self._made.items() if id not in known}
        if fresh:
            job.also_created[COMPANY] += len(fresh)
        if job.dry_run:
            job.brought |= {squeeze(firm.name): firm for firm in fresh.values()}
            return
        for id, firm in fresh.items():
            job.names.add(COMPANY, id, firm.name)
        for text, hit in self._taken.items():
            job.names.take(COMPANY, text, hit)


def surely(likely: Iterable[Likely]) -> Likely | None:
    """The one record that is meant; none where it could be several, or one that the user may not see."""
    one, *others = [*likely, None]
    return one if one is not None and others == [None] and one.reasons else None


def _values(firm: Firm) -> dict[str, Any]:
    found = {"name": firm.name, "domain": firm.domain, "owner_id": firm.owner_id}
    return {name: value for name, value in found.items() if value}
