"""Where an invoice or an order stands: what is open, what is paid, what is overdue."""

from datetime import date

# What the list of overdue invoices asks for; `is_overdue` is the same for one.
OVERDUE = (
    '{"all":[{"f":"due_on","op":"older_days","v":0},{"f":"open_minor","op":"gt","v":0},'
    '{"f":"state","op":"is","v":["issued","partly paid"]}]}'
)
LIVE = frozenset({"issued", "partly paid", "paid"})


def open_minor(total: int, credited: int, paid: int) -> int:
    """What is to be paid; below zero: what is to be given back."""
    return total - credited - paid


def state_of(total: int, credited: int, paid: int) -> str:
    """Of an issued invoice that is not cancelled."""
    if open_minor(total, credited, paid) <= 0:
        return "paid"
    return "partly paid" if paid > 0 or credited > 0 else "issued"


def is_overdue(state: str, open_: int, due: date | None, today: date) -> bool:
    """Is something of it open after the day on which it was due?"""
    return state in LIVE and open_ > 0 and due is not None and due < today


def days_late(due: date | None, today: date) -> int:
    """Days after the due date, 0 before."""
    return max((today - due).days, 0) if due else 0


def problem_of_payment(amount: int, open_: int, received: int, day: date, today: date) -> dict[str, str]:
    """Empty when it can be recorded; a refund is negative, and never more than was received."""
    wrong: dict[str, str] = {}
    if amount == 0:
        wrong["amount"] = "The amount must be more than zero."
    elif amount > 0 and open_ <= 0:
        wrong["amount"] = "Nothing is open on this invoice."
    elif amount > open_ and amount > 0:
        wrong["amount"] = "This is more than is open on this invoice."
    elif -amount > received:
        wrong["amount"] = "This is more than was received."
    if day > today:
        wrong["paid_on"] = "A payment cannot be in the future."
    elif day.year < 2000:
        wrong["paid_on"] = "Please check the year."
    return wrong


def order_state(total: int, invoiced: int, paid: int, *, is_cancelled: bool = False) -> str:
    """Open, invoiced to the last cent, paid, or cancelled."""
    if is_cancelled:
        return "cancelled"
    if invoiced < total:
        return "open"
    return "paid" if paid >= total else "invoiced"
