"""Random edits of companies, and the plain truth they are compared with."""

from typing import Any

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from crm_app.tables import Company, CompanyAddress, RecordTag

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "industry": TEXT,
    # As they are kept: a name for a code, and numbers in one form, are rules of their own.
    "country": st.sampled_from(["", "Germany", "Côte d’Ivoire", "Atlantis"]),
    "phone": st.sampled_from(["", "+493012345678", "ask ☎ Ina", "+442071838750"]),
    "employees": st.none() | st.integers(0, 2**31 - 1),
    "revenue_minor": st.none() | st.integers(0, 2**52),
    "kind": st.sampled_from(["customer", "prospect", "partner"]),
}
EDIT = st.fixed_dictionaries({}, optional=FIELDS).filter(bool)
OPERATION = st.one_of(
    st.tuples(st.just("create"), EDIT),
    st.tuples(st.just("update"), EDIT),
    st.tuples(st.just("addresses"), st.lists(st.fixed_dictionaries({"city": TEXT}), max_size=3)),
    st.tuples(st.just("tag"), st.integers(0, 2)),
    st.tuples(st.just("untag"), st.integers(0, 2)),
    st.tuples(st.just("delete"), st.none()),
    st.tuples(st.just("restore"), st.none()),
)
on_database = hypothesis_settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
_UNSTABLE = {"version", "updated_at"}


def living(session: Session, ids: set[int]) -> dict[str, list[dict[str, Any]]]:
    """The living ones of these companies with their parts, without versions and times."""

    def rows(table: Any, *conditions: Any) -> list[dict[str, Any]]:
        query = select(table.__table__).where(*conditions).order_by(table.id)
        found = session.connection().execute(query).mappings()
        return [{k: v for k, v in row.items() if k not in _UNSTABLE} for row in found]

    companies = rows(Company, Company.id.in_(ids), Company.deleted_at.is_(None))  # pyright: ignore
    alive = [row["id"] for row in companies]
    return {
        "companies": companies,
        "addresses": rows(CompanyAddress, CompanyAddress.company_id.in_(alive)),  # pyright: ignore
        "tags": rows(RecordTag, RecordTag.kind == "company", RecordTag.record_id.in_(alive)),  # pyright: ignore
    }
