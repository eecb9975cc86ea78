"""When the lines of a quote change, its totals follow, in the same transaction; what does not add up is refused."""

from sqlalchemy import update

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Applied, Context
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, NotFound
from crm_app.quotes.queries.stored import TERMS, line_of, line_rows, quote_row, terms_of, totals_in
from crm_app.quotes.rules import problems_of_line, problems_of_terms
from crm_app.tables import Quote

quote = table_of(Quote)


def follow_lines(context: Context, applied: list[Applied]) -> None:
    """Registered in `wire`: check and recompute the quotes whose lines or terms changed. Raises Invalid."""
    for done in applied:
        if done.kind == "quote" and done.op != "delete" and _concerns(done):
            _recompute(context, done.id)


def _concerns(done: Applied) -> bool:
    return done.op != "update" or any(key in TERMS or key.startswith("lines.") for key in done.diff)


def _recompute(context: Context, quote_id: int) -> None:
    try:
        row = quote_row(context.session, SYSTEM, quote_id)
    except NotFound:
        return
    rows = line_rows(context.session, quote_id)
    lines = [line_of(r) for r in rows]
    for n, line in enumerate(lines, 1):
        if wrong := problems_of_line(line):
            raise Invalid({field: f"Line {n}: {reason}" for field, reason in wrong.items()})
    if wrong := problems_of_terms(terms_of(row), lines):
        raise Invalid(wrong)
    totals, figures = totals_in(row, rows)
    values = {
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.total_minor,
        "discount_share_milli": figures.discount_milli,
        "margin_milli": figures.margin_milli,
    }
    context.session.connection().execute(update(quote).where(quote.c.id == quote_id).values(values))
