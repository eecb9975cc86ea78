"""What holds for quotes: amounts, limits, states and approval. Pure; whole numbers only."""

from crm_app.core.numbers import amount_text, milli_text, money_of, thousandths
from crm_app.quotes.rules.approval import Approved, Policy, may_approve, reasons_for_approval
from crm_app.quotes.rules.figures import Figures, figures_of
from crm_app.quotes.rules.limits import problems_of_line, problems_of_terms
from crm_app.quotes.rules.rounding import RoundingMode, divided, spread
from crm_app.quotes.rules.states import (
    OPEN,
    STATES,
    Standing,
    is_editable,
    may_follow,
    why_not_answered,
    why_not_replaced,
)
from crm_app.quotes.rules.totals import HUNDRED, Line, TaxRow, Terms, Totals, line_amount, totals_of

__all__ = [
    "HUNDRED",
    "OPEN",
    "STATES",
    "Approved",
    "Figures",
    "Line",
    "Policy",
    "RoundingMode",
    "Standing",
    "TaxRow",
    "Terms",
    "Totals",
    "amount_text",
    "divided",
    "figures_of",
    "is_editable",
    "line_amount",
    "may_approve",
    "may_follow",
    "milli_text",
    "money_of",
    "problems_of_line",
    "problems_of_terms",
    "reasons_for_approval",
    "spread",
    "thousandths",
    "totals_of",
    "why_not_answered",
    "why_not_replaced",
]
