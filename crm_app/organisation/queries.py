"""The organisation as its page and its documents read it; everybody who is signed in may, as documents show it."""

from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Forbidden
from crm_app.identity.policy import scope
from crm_app.organisation.rules import DEFAULT_TERMS, lines_of
from crm_app.paper import Letterhead, Party
from crm_app.records.files.store import path_of
from crm_app.tables import Organisation

organisation = table_of(Organisation)


@dataclass(frozen=True)
class OrganisationRow:
    """The record, or its defaults while there is none (id and version are 0)."""

    id: int = 0
    version: int = 0
    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    tax_ids: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    bank: str = ""
    colour: str = "#3f57d6"
    footer: str = ""
    payment_days: int = 14
    payment_terms: str = ""
    logo: str = ""
    language: str = "en"
    paper: str = "A4"

    @property
    def terms(self) -> str:
        """The payment terms in words, with the days put in where they say {days}."""
        return (self.payment_terms or DEFAULT_TERMS).replace("{days}", str(self.payment_days))


NAMES = tuple(f.name for f in fields(OrganisationRow))


def find_organisation(session: Session, actor: Principal) -> OrganisationRow:
    """The one living record, or defaults."""
    if scope(actor, "read", "organisation") == "none":
        raise Forbidden("You may not see the organisation.")
    query = select(*(organisation.c[name] for name in NAMES)).where(organisation.c.deleted_at.is_(None))
    row = session.connection().execute(query.order_by(organisation.c.id).limit(1)).first()
    return OrganisationRow(*row) if row else OrganisationRow()


def letterhead(row: OrganisationRow) -> Letterhead:
    """What stands at the head and foot of every document; a logo that is not there any more is left out."""
    town = " ".join(filter(None, (row.postcode, row.city)))
    address = (*lines_of(row.street), *filter(None, (town, row.region, row.country)))
    return Letterhead(
        Party(row.name, address, lines_of(row.tax_ids)),
        contact=tuple(filter(None, (row.email, row.phone, row.website))),
        bank=lines_of(row.bank),
        footer=row.footer,
        colour=row.colour,
        logo=_picture(row.logo),
        page="Letter" if row.paper == "Letter" else "A4",
    )


def _picture(sha256: str) -> bytes:
    if not sha256:
        return b""
    path = path_of(sha256)
    return path.read_bytes() if path.is_file() else b""
