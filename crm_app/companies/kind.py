"""The catalogue entry of companies."""

from collections.abc import Hashable, Mapping
from typing import Any

from crm_app.companies.tree import above
from crm_app.core.changes import Children, Context, Field, Kind
from crm_app.core.changes.kinds import Row
from crm_app.records.kind import merged_into, tags_of
from crm_app.records.phones import tidy_phone
from crm_app.records.vocabulary import tidy_word
from crm_app.tables import Company, CompanyAddress

KINDS = ("customer", "prospect", "partner", "supplier", "competitor", "other")
ADDRESS = (
    Field("label", "Label", max_length=40),
    Field("street", "Street", synonyms=("street address", "address", "address 1", "Straße", "Adresse", "rue", "calle")),
    Field("street2", "Address line 2", synonyms=("address 2", "street 2", "Adresszusatz")),
    Field("city", "City", synonyms=("town", "locality", "Ort", "Stadt", "ville", "ciudad", "città", "plaats")),
    Field("postcode", "Postcode", max_length=20, synonyms=("postal code", "zip", "zip code", "PLZ", "code postal")),
    Field("region", "Region", synonyms=("state", "county", "province", "Bundesland")),
    Field("country", "Country", vocabulary="country", tidy=tidy_word("country"), synonyms=("Land", "pays", "país")),
)
CIRCLE = "A company cannot be a subsidiary of itself, nor of one of its own subsidiaries."


def alike_addresses(row: Mapping[Any, Any]) -> Hashable:
    """Two addresses are one if they read alike, whatever they are called."""
    return tuple(" ".join(row[f.name].split()).casefold() for f in ADDRESS if f.name != "label")


def placed(*country: str) -> dict[str, tuple[str, ...]]:
    """The parts of the first address by the names that duplicates are compared by; `country` says more of its own."""
    names = ("street", "street2", "city", "region", "postcode")
    return {name: (f"addresses.{name}",) for name in names} | {"country": ("addresses.country", *country)}


def _gate(context: Context, before: Row | None, after: Row) -> dict[str, str]:
    """Nobody is above oneself."""
    parent = after["parent_id"]
    if before is None or parent is None or parent == before["parent_id"]:
        return {}
    circle = after["id"] in (parent, *above(context.session, parent))
    return {"parent_id": CIRCLE} if circle else {}


COMPANY = Kind(
    "company",
    "Company",
    "Companies",
    Company,
    (
        Field(
            "name",
            "Name",
            required=True,
            searchable=True,
            max_length=200,
            synonyms=(
                "account",
                "company",
                "organisation",
                "organization",
                "account name",
                "company name",
                "firm",
                "Firma",
            ),
        ),
        Field(
            "parent_id",
            "Parent company",
            "ref",
            ref="company",
            on_merge="move",
            synonyms=("subsidiary of", "parent", "parent account"),
        ),
        Field("kind", "Kind", "choice", choices=KINDS, synonyms=("type", "account type")),
        Field(
            "industry",
            "Industry",
            max_length=100,
            synonyms=("sector", "branch", "vertical", "Branche"),
            vocabulary="industry",
            tidy=tidy_word("industry"),
        ),
        Field(
            "year_founded",
            "Founded",
            "int",
            minimum=1000,
            maximum=2999,
            synonyms=("year established", "year founded", "established"),
        ),
        Field("revenue_minor", "Revenue", "money", minimum=0, synonyms=("revenue", "annual revenue", "turnover")),
        Field("currency", "Currency", max_length=3, synonyms=("currency code",)),
        Field("employees", "Employees", "int", minimum=0, synonyms=("headcount", "staff", "number of employees")),
        Field(
            "country",
            "Country",
            max_length=100,
            synonyms=("office location", "location", "headquarters", "Land", "pays", "país"),
            vocabulary="country",
            tidy=tidy_word("country"),
        ),
        Field("domain", "Domain", max_length=253, searchable=True, synonyms=("website", "web site", "url", "Webseite")),
        Field(
            "phone",
            "Phone",
            max_length=60,
            searchable=True,
            synonyms=("telephone", "Telefon", "téléphone", "teléfono"),
            holds="phone",
            tidy=tidy_phone,
        ),
        Field("price_segment", "Price segment", max_length=60, synonyms=("customer segment", "price group")),
        Field("territory_id", "Territory", "ref", ref="territory", synonyms=("sales territory",)),
        Field("owner_id", "Owner", "ref", ref="user", synonyms=("account owner", "account manager")),
        merged_into("company"),
    ),
    children=(
        Children(
            "addresses", "Addresses", CompanyAddress, "company_id", ADDRESS, on_merge="join", alike=alike_addresses
        ),
        tags_of("company"),
    ),
    gate=_gate,
    path="/companies",
    columns=("name", "kind", "industry", "country", "domain", "revenue_minor", "employees", "owner_id"),
    summary=("kind", "industry", "country"),
    form=("name", "domain", "industry", "country", "phone", "kind", "parent_id", "owner_id"),
    sort="name",
    likeness={"company": ("name",), "website": ("domain",), "phone": ("phone",), **placed("country")},
)
