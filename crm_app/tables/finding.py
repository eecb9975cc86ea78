"""What a record lacks although it stands where it does: it came past a gate, by an import of its history or an undo."""

from sqlmodel import BigInteger, Field

from crm_app.core.schema import Operational


class Finding(Operational, table=True):
    """One field that a gate would have asked for; gone as soon as it is filled, or the record is elsewhere."""

    kind: str = Field(primary_key=True)
    record_id: int = Field(primary_key=True, sa_type=BigInteger)
    field: str = Field(primary_key=True)
    reason: str
    batch_id: int = Field(sa_type=BigInteger, index=True)
