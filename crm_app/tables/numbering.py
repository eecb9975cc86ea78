"""Series of document numbers."""

from sqlmodel import Field

from crm_app.core.schema import Operational


class NumberSeries(Operational, table=True):
    """The last number given in a series such as `Q-2026`."""

    __tablename__ = "number_series"  # pyright: ignore[reportAssignmentType]
    name: str = Field(primary_key=True)
    last: int = 0
