"""What a list shows: filter, order, columns, groups; read from an address (or a saved view) and written to one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from crm_app.core.changes import Kind, kind
from crm_app.core.errors import Invalid
from crm_app.core.text import clip
from crm_app.records.listing.fields import ListField
from crm_app.records.listing.rules import NO_FILTER, Group, conditions_in, dump_filter, parse_filter

MOST_COLUMNS = 30
PARAMETERS = ("f", "sort", "cols", "group", "fold", "q")
MOST_FOLDED = 200


@dataclass(frozen=True)
class Folds:
    """The groups whose rows are not shown: those with these values, or with `all` every one but those."""

    all: bool = False
    values: tuple[str, ...] = ()


NO_FOLDS = Folds()


@dataclass(frozen=True)
class Listing:
    """A list of one kind of record."""

    kind: str
    filter: Group = NO_FILTER
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    group: str = ""
    text: str = ""
    folds: Folds = NO_FOLDS

    def fields(self) -> set[str]:
        """The names of all that it shows, sorts, groups and filters by."""
        asked = {condition.field for condition in conditions_in(self.filter)}
        return asked | {self.sort, self.group, *self.columns} - {""}


def default_listing(kind_name: str) -> Listing:
    """The list as the catalogue has it."""
    known = kind(kind_name)
    return Listing(known.name, NO_FILTER, known.sort.lstrip("-"), known.sort.startswith("-"), known.columns)


def read_listing(
    kind_name: str,
    parameters: Mapping[str, str],
    fields: Mapping[str, ListField],
    view: Mapping[str, str] | None = None,
) -> Listing:
    """From the parameters of an address, over those of a view. Raises Invalid in plain words."""
    given = {k: v for k, v in (view or {}).items() if k in PARAMETERS}
    given |= {k: v for k, v in parameters.items() if k in PARAMETERS}
    found = default_listing(kind_name)
    if "f" in given:
        found = replace(found, filter=parse_filter(given["f"]))
        for condition in conditions_in(found.filter):
            if condition.field not in fields:
                raise Invalid({"filter": f"There is no field {clip(condition.field, 60)!r} to filter by."})
    if given.get("sort"):
        name = given["sort"].removeprefix("-")
        if name not in fields or not fields[name].sortable:
            raise Invalid({"sort": f"A list cannot be sorted by {clip(name, 60)!r}."})
        found = replace(found, sort=name, descending=given["sort"].startswith("-"))
    if given.get("cols"):
        found = replace(found, columns=_columns(kind(kind_name), given["cols"].split(","), fields))
    if given.get("group"):
        if given["group"] not in fields or not fields[given["group"]].groupable:
            raise Invalid({"group": f"A list cannot be grouped by {clip(given['group'], 60)!r}."})
        found = replace(found, group=given["group"], folds=read_folds(given.get("fold", "")))
    return replace(found, text=clip(given.get("q", "").strip(), 100))


def read_folds(text: str) -> Folds:
    """From a JSON list of values; one that begins with null names those that are open. Raises Invalid."""
    try:
        values = json.loads(text) if text else []
        if not isinstance(values, list):
            raise ValueError
        names = tuple(str(v) for v in values if v is not None)
        if len(names) > MOST_FOLDED or any(isinstance(v, dict | list) for v in values):
            raise ValueError
    except (ValueError, RecursionError):
        raise Invalid({"fold": "These groups cannot be folded. Please open the list again."}) from None
    return Folds(None in values, names)


def write_folds(folds: Folds) -> str:
    """As `read_folds` reads it."""
    values = [*([None] if folds.all else []), *folds.values]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""


def _columns(known: Kind, names: Iterable[str], fields: Mapping[str, ListField]) -> tuple[str, ...]:
    """Those that exist, each once, the title always; a column that is gone is left out without a word."""
    wanted = [n for n in dict.fromkeys(names) if n in fields][:MOST_COLUMNS]
    return tuple(wanted) if known.title in wanted else (known.title, *wanted)


def write_listing(listing: Listing, view: Mapping[str, str] | None = None) -> dict[str, str]:
    """The parameters that say how this list differs from the view, or from the catalogue without one."""
    usual = _parameters(default_listing(listing.kind)) | {k: v for k, v in (view or {}).items() if k in PARAMETERS}
    return {k: v for k, v in _parameters(listing).items() if v != usual.get(k, "")}


def _parameters(listing: Listing) -> dict[str, str]:
    return {
        "f": dump_filter(listing.filter),
        "sort": ("-" if listing.descending else "") + listing.sort,
        "cols": ",".join(listing.columns),
        "group": listing.group,
        "fold": write_folds(listing.folds),
        "q": listing.text,
    }
