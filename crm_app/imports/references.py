"""References of the rows of a chunk: names become ids, guesses are noted, rows that miss one wait or are refused."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_app.core.changes.kinds import Field
from crm_app.imports.missing import COMPANY, Use
from crm_app.imports.names import Found
from crm_app.imports.recipes.recipe import Draft
from search.duplicates.contacts import email

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


@dataclass(frozen=True)
class Reference:
    """A name in a row, the field that it fills, and where the id goes."""

    holder: dict[str, Any]
    field: Field
    text: str


def resolve(chunk: "Chunk", drafts: list[Draft]) -> list[Draft]:
    """The rows whose names all mean a record. One that may mean a later row of the same file is held back."""
    references = {draft.row_no: _references(chunk, draft) for draft in drafts}
    wanted: dict[str, set[str]] = defaultdict(set)
    for reference in (r for found in references.values() for r in found):
        wanted[reference.field.ref].add(reference.text)
    found = {name: _found(chunk, name, texts) for name, texts in wanted.items()}
    if chunk.missing.is_on and COMPANY in found:
        found[COMPANY] |= chunk.missing.find(_domains(found[COMPANY], drafts, references))
    ready = []
    for draft in drafts:
        wrong, waits, guessed = [], False, []
        for reference in references[draft.row_no]:
            target, label = reference.field.ref, reference.field.label
            hit = found[target][reference.text]
            if hit.id is not None:
                reference.holder[reference.field.name] = hit.id
                if target == COMPANY and chunk.missing.is_on:
                    use = Use(reference.holder, reference.field.name, label, reference.text)
                    chunk.missing.note(draft, use, hit.id)
                guessed += [(label, reference.text, hit.name)] if hit.is_guess else []
            elif reference.text not in chunk.job.virtual.get(target, ()):
                waits = waits or (target == chunk.kind.name and not chunk.last_try)
                barred = chunk.missing.why_not if target == COMPANY and hit.is_missing else ""
                wrong.append(f"{label}: {hit.problem} {barred}".strip())
        if waits:
            chunk.held.append(draft)
        elif wrong:
            chunk.refuse(draft, " ".join(wrong))
        else:
            chunk.guesses.update(guessed)
            ready.append(draft)
    return ready


def _found(chunk: "Chunk", name: str, texts: set[str]) -> dict[str, Found]:
    """Where missing companies are made nobody needs to be told what a name may be a slip of."""
    hints = name != COMPANY or not chunk.missing.is_on
    return chunk.job.names.resolve(chunk.session, name, sorted(texts), hints=hints)


def _domains(found: dict[str, Found], drafts: list[Draft], references: dict[int, list[Reference]]) -> dict[str, str]:
    """The names that no company has, in the order of the rows, each with the domain of the e-mails beside it.

    An address at a public provider says nothing of the company.
    """
    domains: dict[str, Counter[str]] = {}
    for draft in drafts:
        for reference in references[draft.row_no]:
            if reference.field.ref == COMPANY and found[reference.text].is_missing:
                seen = domains.setdefault(reference.text, Counter())
                if reference.holder is draft.values:
                    seen[own_domain(draft.parts.get("emails", {}).get("value", ""))] += 1
    return {text: most(seen) for text, seen in domains.items()}


def _references(chunk: "Chunk", draft: Draft) -> list[Reference]:
    """Those that the recipe does not resolve itself, in the record and in its parts."""
    kind = chunk.kind
    own = [
        Reference(draft.values, kind.by_name[name], text)
        for name, text in draft.names.items()
        if name not in chunk.recipe.own_names and name in kind.by_name
    ]
    for name, text in draft.names.items():
        place = chunk.job.places.get(name)
        if place is not None and place.definition is not None and place.field is not None:
            own.append(Reference(draft.custom, replace(place.field, name=str(place.definition.id)), text))
    for part, names in draft.part_names.items():
        fields = {f.name: f for f in kind.child_by_name[part].fields}
        own += [Reference(draft.parts.setdefault(part, {}), fields[name], text) for name, text in names.items()]
    return own


def own_domain(address: str) -> str:
    """The domain of an e-mail address, which is that of a company; empty for that of a public provider."""
    return email(address)[1]


def most(domains: Mapping[str, int]) -> str:
    """The domain that most rows of a company have, of those that have any."""
    return max((d for d in domains if d), key=domains.__getitem__, default="")
