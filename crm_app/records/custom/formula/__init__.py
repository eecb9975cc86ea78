"""A small language for values computed from the fields of one record; pure, and bounded in every respect."""

from crm_app.records.custom.formula.checking import Known, result_of, type_of
from crm_app.records.custom.formula.evaluating import Empty, evaluate
from crm_app.records.custom.formula.grammar import FormulaError, fields_in, parse, with_labels, with_names

__all__ = [
    "Empty",
    "FormulaError",
    "Known",
    "evaluate",
    "fields_in",
    "parse",
    "result_of",
    "type_of",
    "with_labels",
    "with_names",
]
