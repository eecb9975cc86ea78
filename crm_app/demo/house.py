"""Who sends the papers of the demo: an invented organisation, unless there is one."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply
from crm_app.demo.marks import DEMO
from crm_app.organisation.queries import OrganisationRow, find_organisation

# No country: by it numbers that somebody typed without a code are read, and people of the demo live in many countries.
# The number of the telephone is one of those kept for fiction, those of the bank and of the tax are nobody's.
HOUSE: dict[str, Any] = {
    "name": "Juniper Demo Supplies",
    "street": "100 Example Avenue\nSuite 4",
    "postcode": "00000",
    "city": "Sampleville",
    "tax_ids": "Tax id 00-0000000 (invented)",
    "email": "office@kith.example",
    "phone": "+12025550142",
    "website": "https://kith.example",
    "bank": "Bank of Examples\nRouting number 000000000\nAccount 0000 0000 00 (invented)",
    "footer": "Invented for the demo: please pay nobody.",
    "payment_days": 30,
}


def seed_house(session: Session) -> None:
    """One that is there already stays as it is."""
    if not find_organisation(session, SYSTEM).id:
        apply(session, SYSTEM, Change("organisation", op="create", set=HOUSE), source=DEMO)


def is_invented(session: Session) -> bool:
    """Does the organisation say what the demo brought, and nothing else?"""
    return replace(find_organisation(session, SYSTEM), id=0, version=0) == OrganisationRow(**HOUSE)
