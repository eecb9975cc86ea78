"""The rules for all quotes: written by those who may, as they were typed."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.errors import Invalid
from crm_app.core.numbers import thousandths
from crm_app.quotes.kind import QUOTE_POLICY
from crm_app.quotes.queries.stored import policy_row

SHARES = {"tax_milli": 0, "most_discount_milli": None, "least_margin_milli": None}  # what an empty one means
FIELDS = ("price_mode", "rounding", "rounding_mode", "valid_days", "terms", *SHARES)


def save_policy(session: Session, actor: Principal, texts: Mapping[str, str]) -> Applied:
    """All fields of the form. Raises Invalid with every wrong one, Forbidden."""
    if foreign := set(texts) - set(FIELDS):
        raise Invalid(dict.fromkeys(foreign, "This cannot be saved."))
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, raw in texts.items():
        label = QUOTE_POLICY.by_name[name].label
        try:
            values[name] = _value(name, label, raw, actor.locale)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(wrong)
    stored = policy_row(session)
    if not stored["id"]:
        return apply(session, actor, Change("quote_policy", set={"name": "Rules for quotes"} | values, op="create"))
    return apply(session, actor, Change("quote_policy", stored["id"], values))


def _value(name: str, label: str, raw: str, locale: str) -> Any:
    if name not in SHARES:
        return raw.strip()
    if not raw.strip():
        return SHARES[name]
    value = thousandths(raw, label, locale)
    if not 0 <= value <= 100_000:
        raise ValueError(f"{label} must be between 0 and 100 %.")
    return value
