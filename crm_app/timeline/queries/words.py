"""A save in words: a sentence without its subject, and a line for every further field."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.core.actor import Principal
from crm_app.core.changes import Children, kind
from crm_app.core.changes.kinds import MERGED, Field, Kind
from crm_app.core.money import format_money
from crm_app.core.numbers import milli_text
from crm_app.core.reader import day_and_time, full_day, number_words
from crm_app.core.text import clip
from crm_app.identity.policy import decide
from crm_app.records.custom.fields import Definition, as_words

SILENT = frozenset({MERGED, "rank", "stage_since", "pipeline_id", "currency", "kind_id"})
CREATED = {"import": "imported", "history": "imported", "demo": "recorded", "undo": "brought back"}
SHORT, LONG = 40, 80
Names = Mapping[tuple[str, int], str]
Custom = Mapping[str, Definition]


def named_in(rows: Iterable[Any], custom: Custom) -> set[tuple[str, int]]:
    """The records that the differences point to."""
    wanted: set[tuple[str, int]] = set()
    for row in rows:
        known = kind(row["kind"])
        wanted.add((known.name, row["record_id"]))  # a record that was merged into the one at hand
        for key, (old, new) in row["diff"].items():
            name = key.partition(".")[0]
            if key in custom and (ref := custom[key].ref):
                wanted |= {(ref, v) for v in (old, new) if v is not None}
            elif (field := known.by_name.get(name)) and field.ref:
                wanted |= {(field.ref, v) for v in (old, new) if v is not None}
            elif children := known.child_by_name.get(name):
                for child in (f for f in children.fields if f.ref):
                    wanted |= {(child.ref, v[child.name]) for v in (old, new) if v and v.get(child.name)}
    return wanted


def told(
    rows: list[Any], names: Names, actor: Principal, record: Mapping[Any, Any], custom: Custom
) -> tuple[str, list[str]]:
    """What one save did to a record; an empty sentence if there is nothing to say."""
    title, lines = _merged(rows, names, record), list[str]()
    for row in sorted(rows, key=lambda r: r["record_id"] == record["id"]):  # what it did to the record itself is said
        known = kind(row["kind"])
        this = _named(row, names, record)
        moved = row["diff"].get("stage_id")
        if MERGED in row["diff"] and row["op"] == "delete":
            continue
        if row["op"] == "create":
            title = f"{CREATED.get(row['source'], 'created')} {this}"
            lines += [f"Stage {names.get(('stage', moved[1]), '–')}"] if moved else []
        elif row["op"] in ("delete", "restore"):
            title = f"{row['op']}d {this}"
        else:
            if moved:
                old, new = (names.get(("stage", v), "–") for v in moved)
                title = f"moved {this} from {old} to {new}"
            lines += _lines(known, row["diff"], names, actor, record, custom)
    if not title and lines:
        verb = {"undo": "undid a change", "merge": "merged another record into {}"}.get(rows[0]["source"], "edited {}")
        title = verb.format(_named(rows[0], names, record))
    return title, lines


def _named(row: Any, names: Names, record: Mapping[Any, Any]) -> str:
    """`this person`; of one that was merged into it, what it was called."""
    if row["record_id"] == record["id"]:
        return f"this {kind(row['kind']).label.lower()}"
    return names.get((row["kind"], row["record_id"])) or f"another {kind(row['kind']).label.lower()}"


def _merged(rows: list[Any], names: Names, record: Mapping[Any, Any]) -> str:
    """`merged Ada L. into this person`; nothing for another save."""
    gone = [row for row in rows if row["op"] == "delete" and (row["diff"].get(MERGED) or [None, None])[1] is not None]
    if not gone:
        return ""
    into = gone[0]["diff"][MERGED][1]
    that = f"this {kind(gone[0]['kind']).label.lower()}" if into == record["id"] else names.get((gone[0]["kind"], into))
    return f"merged {' and '.join(_named(row, names, record) for row in gone)} into {that or 'another record'}"


def _lines(
    known: Kind,
    diff: Mapping[str, list[Any]],
    names: Names,
    actor: Principal,
    record: Mapping[Any, Any],
    custom: Custom,
) -> list[str]:
    lines = []
    owner = record.get(known.owner or "")
    for key, (old, new) in diff.items():
        name = key.partition(".")[0]
        field, children = known.by_name.get(name), known.child_by_name.get(name)
        ruled = key if name == "custom" else name
        if name in SILENT or name == "stage_id" or not decide(actor, "read", known.name, owner, ruled).allowed:
            continue
        if children is not None:
            line = _child_line(_as_read(children, known, owner, actor), old, new, names, actor, record)
            lines += [line] if line else []
        elif field is not None:
            lines.append(
                f"{field.label} {said(field, old, names, actor, record)} → {said(field, new, names, actor, record)}"
            )
        elif name == "custom" and key != name:
            definition = custom.get(key)
            if definition is not None and not definition.is_computed:
                words = [_custom_words(definition, v, names, actor, record) for v in (old, new)]
                lines.append(f"{definition.label} {words[0]} → {words[1]}")
        elif name == "custom":
            lines.append("Further fields changed")
    return lines


def _as_read(children: Children, known: Kind, owner: int | None, actor: Principal) -> Children:
    """The collection without the fields of its rows that the actor may not read."""
    read = [f for f in children.fields if decide(actor, "read", known.name, owner, f"{children.name}.{f.name}").allowed]
    return children if len(read) == len(children.fields) else replace(children, fields=tuple(read))


def _custom_words(definition: Definition, value: Any, names: Names, actor: Principal, record: Mapping[Any, Any]) -> str:
    """A value of a custom field as a person reads it, options by their names of today."""
    if definition.type in ("choice", "choices"):
        return clip(as_words(definition, value), LONG) or "–"
    return said(definition.field, value, names, actor, record)


def _child_line(
    children: Children, old: Any, new: Any, names: Names, actor: Principal, record: Mapping[Any, Any]
) -> str:
    """`E-mail a@b.example added`; nothing when only the order changed. Of a part with a name, what changed in it."""
    if any(f.name == "name" for f in children.fields):
        return _named_line(children, old, new, names, actor, record)
    before, after = _row_words(children, old, names), _row_words(children, new, names)
    if old is None:
        return f"{children.fields[0].label} {after} added"
    if new is None:
        return f"{children.fields[0].label} {before} removed"
    return f"{children.fields[0].label} {before} → {after}" if before != after else ""


def _named_line(
    children: Children, old: Any, new: Any, names: Names, actor: Principal, record: Mapping[Any, Any]
) -> str:
    """`Line Paint: Quantity 1 → 2.5`."""
    what = children.label.removesuffix("s")
    title = clip((new or old).get("name") or (old or new).get("name") or "without a name", SHORT)
    if old is None or new is None:
        return f"{what} {title} {'added' if old is None else 'removed'}"
    changed = [f for f in children.fields if old.get(f.name) != new.get(f.name) and f.type != "longtext"]
    before, after = ([said(f, row.get(f.name), names, actor, record) for f in changed] for row in (old, new))
    words = [f"{f.label} {a} → {b}" for f, a, b in zip(changed, before, after, strict=True)]
    return clip(f"{what} {title}: {', '.join(words)}", LONG) if words else ""


def _row_words(children: Children, row: Any, names: Names) -> str:
    if row is None:
        return ""
    words = []
    for field in children.fields:
        value = row.get(field.name)
        if value in (None, "", False):
            continue
        words.append(
            field.label.lower() if value is True else names.get((field.ref, value), "–") if field.ref else str(value)
        )
    return clip(", ".join(words), LONG)


def said(field: Field, value: Any, names: Names, actor: Principal, record: Mapping[Any, Any]) -> str:
    """One value of the log as a person reads it."""
    if value is None or value == "":
        return "–"
    if field.ref:
        return names.get((field.ref, value), "–")
    if field.type == "money":
        return format_money(value, str(record.get(field.currency_field) or "USD"), actor.locale)
    if field.type == "bool":
        return "yes" if value else "no"
    if field.name.endswith("_milli"):  # thousandths, as of a quantity or of a percent
        return milli_text(value, actor.locale)
    if field.type == "datetime":
        at = datetime.fromisoformat(value).astimezone(ZoneInfo(actor.zone))
        return day_and_time(at)
    if field.type == "date":
        day = date.fromisoformat(value)
        return full_day(day)
    if field.type in ("int", "float", "decimal") and field.name != "year_founded":
        return number_words(Decimal(str(value)), actor.locale)
    return clip(str(value), LONG)
