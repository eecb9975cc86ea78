"""Companies and their addresses."""

from sqlmodel import BigInteger, Field

from crm_app.core.schema import Child, Record, list_indexes, merged_index, ref


class Company(Record, table=True):
    """An organisation; it may have a parent."""

    __table_args__ = (*list_indexes("company"), merged_index("company"))
    name: str = Field(index=True)
    parent_id: int | None = ref("company")
    kind: str = "prospect"
    industry: str = Field(default="", index=True)
    year_founded: int | None = None
    revenue_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "USD"
    employees: int | None = None
    country: str = ""
    domain: str = Field(default="", index=True)
    phone: str = ""
    price_segment: str | None = None
    territory_id: int | None = ref("territory")
    owner_id: int | None = ref("user")
    merged_into_id: int | None = ref("company", index=False)


class CompanyAddress(Child, table=True):
    """A postal address of a company."""

    __tablename__ = "company_address"  # pyright: ignore[reportAssignmentType]
    company_id: int = ref("company", nullable=False)
    label: str = "office"
    street: str = ""
    street2: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""
