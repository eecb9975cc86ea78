"""Which column of a file goes to which field: by the catalogue's names and synonyms, or as somebody said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_app.core.changes.kinds import Children, Field, Kind
from crm_app.core.errors import Refused
from crm_app.core.reader import numeral
from crm_app.imports.reading import squeeze
from crm_app.imports.recipes.recipe import Recipe
from crm_app.imports.report import Target
from crm_app.records.custom.fields import Definition

CUSTOM = "custom"
SKIP = ""
ASK = "?"  # nobody has said what becomes of it
UNASKED = 20  # so many unknown columns become new fields of themselves; of more, somebody decides
MOST_NEW = 50  # new fields with one file
EXTERNAL = ("external id", "external reference", "id", "key")


@dataclass(frozen=True)
class Mapped:
    """A column: its place in the row, its header, the name of its target, and a factor for numbers."""

    index: int
    header: str
    target: str
    is_guess: bool = False
    scale: Decimal | None = None


@dataclass(frozen=True)
class Place:
    """Where a value goes: a field of the kind or of one of its child collections; neither for what a recipe reads."""

    target: Target
    field: Field | None = None
    children: Children | None = None
    definition: Definition | None = None


def places(kind: Kind, recipe: Recipe, custom: Iterable[Definition] = ()) -> dict[str, Place]:
    """Everything that a column of this kind may be, by the name of the target."""
    found: dict[str, Place] = {}
    for extra in recipe.extras:
        found[extra.name] = Place(extra)
    for field in kind.fields:
        if field.name in kind.derived or field.name in found or field.name in recipe.hidden or field.type == "json":
            continue
        more = recipe.synonyms.get(field.name, ())
        if field.editable or more:
            target = Target(field.name, field.label, (*more, *field.synonyms), field.type, field.required)
            found[field.name] = Place(target, field)
    for children in kind.children:
        for child in children.fields if not children.key else ():
            name, label = f"{children.name}.{child.name}", child.label
            if name in recipe.hidden:
                continue
            found[name] = Place(Target(name, label, child.synonyms, child.type), child, children)
    for definition in custom:
        field = definition.field
        words = (definition.key, *definition.synonyms)
        target = Target(definition.name, definition.label, words, field.type)
        found[definition.name] = Place(target, field, definition=definition)
    more = recipe.synonyms.get("external_id", ())
    external = Field("external_id", "External id", max_length=200)
    found["external_id"] = Place(Target("external_id", external.label, (*more, *EXTERNAL)), external)
    return found


def known_headers(available: Mapping[str, Place]) -> dict[str, str]:
    """Squeezed header → target; what is named first wins, and a generic label of a child never takes a column."""
    found: dict[str, str] = {}
    for name, place in available.items():
        generic = place.children is not None and not place.target.synonyms
        for word in (name,) if generic else (name, place.target.label, *place.target.synonyms):
            found.setdefault(squeeze(word), name)
    return found


def map_columns(
    kind: Kind,
    available: Mapping[str, Place],
    header: Sequence[str],
    mapping: Mapping[str, Any] | None = None,
) -> list[Mapped]:
    """Every column with its target; many unknown ones are to be asked for. Raises Refused for an unknown `mapping`."""
    known = known_headers(available)
    said = {squeeze(h): wish for h, wish in (mapping or {}).items()}
    missing = [h for h in (mapping or {}) if squeeze(h) not in {squeeze(c) for c in header}]
    if missing:
        raise Refused(f"The mapping names columns that the file does not have: {', '.join(missing)}.", missing)
    taken: set[str] = set()
    result: list[Mapped] = []
    for index, name in enumerate(header):
        if squeeze(name) in said:
            column = _as_said(index, name, said[squeeze(name)], available)
        else:
            column = _recognised(index, name, kind, known)
        if column.target in available and not is_writable(available[column.target]):
            column = Mapped(index, name, SKIP)  # what is computed here is not taken from a file
        if column.target in taken and column.target not in (SKIP, CUSTOM, ASK):
            column = Mapped(index, name, CUSTOM)
        taken.add(column.target)
        result.append(column)
    result = [_surname(c, taken) if squeeze(c.header) not in said else c for c in result]
    fresh = [c.index for c in result if c.target == CUSTOM and squeeze(c.header) not in said]
    return [replace(c, target=ASK) if c.index in fresh else c for c in result] if len(fresh) > UNASKED else result


def undecided(columns: Sequence[Mapped]) -> list[str]:
    """What stands against the import of these columns, in words."""
    asked, fresh = (sum(c.target == target for c in columns) for target in (ASK, CUSTOM))
    if asked:
        return [
            f"Kith has no field for {numeral(asked)} columns of this file. Please say for each what becomes of it: "
            f"a field that is here, a new field (at most {MOST_NEW} with one file), or nothing."
        ]
    if fresh > MOST_NEW:
        return [
            f"This would add {numeral(fresh)} new fields; with one file it can be {MOST_NEW}. Please skip some columns."
        ]
    return []


def is_writable(place: Place) -> bool:
    """Can a column of a file fill it?"""
    return place.definition is None or not place.definition.is_computed


def _as_said(index: int, header: str, wish: Any, available: Mapping[str, Place]) -> Mapped:
    scale = None
    if isinstance(wish, Mapping):
        try:
            scale = Decimal(str(wish["scale"])) if "scale" in wish else None
        except InvalidOperation:
            raise Refused(f"The mapping of {header}: the scale is not a number.") from None
        wish = wish.get("field")
    target = SKIP if wish in (None, "", "-", "skip") else str(wish)
    if target not in (SKIP, CUSTOM, ASK) and target not in available:
        raise Refused(f"The mapping of {header}: there is no field {target!r}.", sorted(available))
    return Mapped(index, header, target, scale=scale)


def _recognised(index: int, header: str, kind: Kind, known: Mapping[str, str]) -> Mapped:
    squeezed = squeeze(header)
    if squeezed in known:
        return Mapped(index, header, known[squeezed])
    prefix = squeeze(kind.label)
    if squeezed.startswith(prefix) and squeezed[len(prefix) :] in known:
        return Mapped(index, header, known[squeezed[len(prefix) :]], is_guess=True)
    return Mapped(index, header, CUSTOM)


def _surname(column: Mapped, taken: set[str]) -> Mapped:
    """`Name` beside a column for the first name, as in `Name;Vorname`, is the surname where no other column is it."""
    is_half = column.target == "display_name" and squeeze(column.header) == "name"
    if is_half and "first_name" in taken and "last_name" not in taken:
        return replace(column, target="last_name", is_guess=True)
    return column


def missing_required(kind: Kind, recipe: Recipe, columns: Sequence[Mapped]) -> list[str]:
    """Labels of the fields without which no record can be made and that the file does not have."""
    given = {c.target for c in columns}
    return [
        f.label
        for f in kind.fields
        if f.required and f.name not in given and f.name not in recipe.supplies and f.name not in recipe.defaults
    ]
