"""A made-up quote on the organisation's own paper, so that one sees what a customer will see."""

from datetime import date, timedelta
from decimal import Decimal

from crm_app.organisation.queries import OrganisationRow, letterhead
from crm_app.paper import Document, Fact, Line, Party, Section, Tax, Total

SAMPLE = "Sample"


def sample(row: OrganisationRow, currency: str, today: date) -> Document:
    """Three lines at two rates, with an optional one."""
    lines = (
        Line("Consulting", 480_000, Decimal(4), "d", 120_000, tax="20 %", position="1", detail="Two days on site."),
        Line("Handbook", 22_500, Decimal(5), "pcs", 5_000, "10 %", "10 %", position="2"),
        Line("Training", 150_000, Decimal("1.5"), "d", 100_000, tax="20 %", position="3", optional=True),
    )
    return Document(
        kind="quote",
        number="2026-0001",
        issued_on=today,
        currency=currency,
        letterhead=letterhead(row),
        recipient=Party("Customer Ltd", ("1 High Street", "Springfield")),
        sections=(Section(lines),),
        totals=(
            Total("net", 502_500),
            Total("tax", 96_000, "20 %"),
            Total("tax", 2_250, "10 %"),
            Total("total", 600_750),
        ),
        taxes=(Tax("20 %", 480_000, 96_000), Tax("10 %", 22_500, 2_250)),
        facts=(Fact("date", today), Fact("valid_until", today + timedelta(days=30))),
        language=row.language,
        terms=row.terms,
        stamp=SAMPLE,
    )
