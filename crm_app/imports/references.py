"""References of the rows of a chunk: names become ids, guesses are noted, rows that miss one wait or are refused."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_app.core.changes.kinds import Field
from crm_app.imports.recipes.recipe import Draft

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
    found = {name: chunk.job.names.resolve(chunk.session, name, texts) for name, texts in wanted.items()}
    ready = []
    for draft in drafts:
        wrong, waits, guessed = [], False, []
        for reference in references[draft.row_no]:
            target, label = reference.field.ref, reference.field.label
            hit = found[target][reference.text]
            if hit.id is not None:
                reference.holder[reference.field.name] = hit.id
                guessed += [(label, reference.text, hit.name)] if hit.is_guess else []
            elif reference.text not in chunk.job.virtual.get(target, ()):
                waits = waits or (target == chunk.kind.name and not chunk.last_try)
                wrong.append(f"{label}: {hit.problem}")
        if waits:
            chunk.held.append(draft)
        elif wrong:
            chunk.refuse(draft, " ".join(wrong))
        else:
            chunk.guesses.update(guessed)
            ready.append(draft)
    return ready


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
