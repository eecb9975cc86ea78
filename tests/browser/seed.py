"""Fills the database of the journeys: `python -m tests.browser.seed` with the settings of its server."""

from datetime import timedelta

from sqlmodel import Session

from crm_app.billing import service
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, apply_many
from crm_app.core.clock import now
from crm_app.identity.passwords import hash_password
from crm_app.identity.service import activate_user
from crm_app.migrations import migrate
from crm_app.quotes.service import accept, send_quote
from crm_app.wire import wire

PASSWORD = "a long enough pass phrase"
PEOPLE = (
    ("admin", "Inès Moreau", "administrator"),
    ("manager", "Ravi Shah", "manager"),
    ("seller", "Noor Khalil", "sales"),
)
STAGES = (
    ("Prospecting", "open", 10, 40, []),
    ("Engaging", "open", 40, 30, []),
    ("Checked", "open", 60, 2, ["person_id"]),
    ("Won", "won", 100, 120, []),
    ("Lost", "lost", 0, 10, ["lost_reason"]),
)
COMPANIES = ("Cancity", "Isdom", "Warephase", "Hatfan", "Codehow", "Rangreen")


def fill(session: Session) -> None:
    """Three people who can sign in, one pipeline, two hundred deals, some next steps."""

    def make(what: str, /, **values: object) -> int:
        return apply(session, SYSTEM, Change(what, op="create", set=values)).id

    team = make("team", name="Region East", office="Lyon")
    secret = hash_password(PASSWORD)
    users = [
        activate_user(session, f"{key}@example.org", secret, name=name, role=role, team_id=team)
        for key, name, role in PEOPLE
    ]
    pipeline = make("pipeline", name="New business")
    companies = [make("company", name=name, industry="retail", owner_id=users[1]) for name in COMPANIES]
    person = make("person", first_name="Lena", last_name="Arndt", display_name="Lena Arndt", company_id=companies[0])
    make("product", name="MG Special", list_price_minor=5_500, currency="USD")
    deals: list[Change] = []
    for place, (name, kind, chance, count, required) in enumerate(STAGES):
        stage = make(
            "stage",
            pipeline_id=pipeline,
            name=name,
            kind=kind,
            probability=chance,
            position=place,
            required_fields=required,
        )
        deals += [
            Change(
                "deal",
                op="create",
                set={
                    "title": f"{name} deal {n}",
                    "stage_id": stage,
                    "company_id": companies[n % 6],
                    "value_minor": 100_000 + n,
                    "owner_id": users[1 + n % 2],
                    "lost_reason": "Price" if kind == "lost" else "",
                    "person_id": person if name == "Checked" else None,
                    "opened_on": now().date(),
                },
            )
            for n in range(count)
        ]
    ids = [done.id for done in apply_many(session, SYSTEM, deals, source="import")]
    apply_many(
        session,
        SYSTEM,
        [
            Change(
                "activity",
                op="create",
                set={
                    "type": "call",
                    "subject": "Ask again",
                    "deal_id": deal,
                    "owner_id": users[1],
                    "due_at": now() + timedelta(days=n % 9 - 3),
                },
            )
            for n, deal in enumerate(ids[:50])
        ],
    )


def sell(session: Session) -> None:
    """A price book, a quote that was accepted, its order, and an invoice of all of it."""
    apply(session, SYSTEM, Change("price_book", op="create", set={"name": "Standard", "currency": "USD"}))
    lines = [{"name": "Roll-out", "quantity_milli": 2_000, "unit_price_minor": 98_000, "tax_milli": 19_000}]
    values = {"title": "Roll-out", "customer": "Cancity", "lines": lines}
    quote = apply(session, SYSTEM, Change("quote", op="create", set=values)).id
    send_quote(session, SYSTEM, quote)
    accept(session, quote, "Lena Arndt")
    order = service.order_from_quote(session, SYSTEM, quote)
    service.issue_invoice(session, SYSTEM, service.draft_rest(session, SYSTEM, order))


def main() -> None:
    """Migrate and fill."""
    wire()
    migrate(backup=False)
    db.write_sync(fill)
    db.write_sync(sell)


if __name__ == "__main__":
    main()
