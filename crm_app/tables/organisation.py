"""Who issues documents: the organisation that uses Kith."""

from sqlmodel import Index

from crm_app.core.schema import LIVING, Record


class Organisation(Record, table=True):
    """The one record of the organisation; `place` is the same for all, so that there is no second living one.

    `logo` is the SHA-256 of a prepared picture in the files folder.
    """

    __table_args__ = (Index("uq_organisation_place", "place", unique=True, **LIVING),)
    name: str
    place: str = "the only one"
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
