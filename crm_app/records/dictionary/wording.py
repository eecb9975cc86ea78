"""What the catalogue says of a field, in words: its type and its rule. Pure."""

from collections.abc import Mapping

from crm_app.core.changes import kind
from crm_app.core.changes.kinds import MERGED, Field, Kind
from crm_app.records.custom.fields import TYPES, Definition
from crm_app.records.custom.formula import with_labels
from crm_app.records.vocabulary import VOCABULARIES

PLAIN_TYPES = {**TYPES, "decimal": "Number", "datetime": "Moment", "ref": "Reference"}


def plain_fields(known: Kind) -> list[Field]:
    """The fields of the catalogue that people know of."""
    return [f for f in known.fields if f.type != "json" and f.name != MERGED]


def type_words(field: Field, definition: Definition | None = None) -> str:
    """`Text`, `Reference: Company`."""
    if definition is not None:
        return TYPES[definition.type]
    type_ = PLAIN_TYPES.get(field.type, field.type)
    return f"{type_}: {kind(field.ref).label}" if field.ref else type_


def rule_words(field: Field, definition: Definition | None, labels: Mapping[str, str]) -> list[str]:
    """What may stand in it; `labels` are those of the fields that a formula names."""
    parts = ["Required"] * (field.required or bool(definition and definition.required))
    parts += ["Unique"] * field.unique
    if field.minimum is not None:
        parts.append(f"At least {field.minimum:g}")
    if field.maximum is not None:
        parts.append(f"At most {field.maximum:g}")
    if field.vocabulary:
        parts.append(f"Words of the list {VOCABULARIES[field.vocabulary]}")
    if definition is not None:
        return parts + _custom_rules(definition, labels)
    return parts + [f"One of: {', '.join(field.choices)}"] * bool(field.choices)


def _custom_rules(definition: Definition, labels: Mapping[str, str]) -> list[str]:
    found = ["Required under a condition"] * bool(definition.required_when)
    found += ["Shown under a condition"] * bool(definition.visible_when)
    found += [f"Fits {definition.pattern}"] * bool(definition.pattern)
    found += [f"One of: {', '.join(o.label for o in definition.options)}"] * bool(definition.options)
    return found + [f"Computed: {with_labels(definition.formula, labels)}"] * definition.is_computed
