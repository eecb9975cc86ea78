"""What holds for orders and invoices: frozen lines, what is left, schedules, credits, payments. Pure; whole numbers."""

from crm_app.billing.rules.credit import credit_all, credit_part, left_to_credit
from crm_app.billing.rules.frozen import FrozenLine, freeze, tax_rows
from crm_app.billing.rules.invoicing import (
    Billed,
    Left,
    NewLine,
    advance,
    by_quantity,
    left_of_lines,
    left_of_rates,
    left_to_invoice,
    rest,
)
from crm_app.billing.rules.schedule import Part, amounts_of, problems_of_schedule
from crm_app.billing.rules.standing import (
    OVERDUE,
    days_late,
    is_overdue,
    open_minor,
    order_state,
    problem_of_payment,
    state_of,
)

__all__ = [
    "OVERDUE",
    "Billed",
    "FrozenLine",
    "Left",
    "NewLine",
    "Part",
    "advance",
    "amounts_of",
    "by_quantity",
    "credit_all",
    "credit_part",
    "days_late",
    "freeze",
    "is_overdue",
    "left_of_lines",
    "left_of_rates",
    "left_to_credit",
    "left_to_invoice",
    "open_minor",
    "order_state",
    "problem_of_payment",
    "problems_of_schedule",
    "rest",
    "state_of",
    "tax_rows",
]
