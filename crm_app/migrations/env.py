"""What Alembic runs: one transaction for all steps, on the connection it is given."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from crm_app.core.columns import ExactDecimal, JsonColumn, UtcDateTime
from crm_app.core.config import settings
from crm_app.core.db import make_engine
from crm_app.tables import metadata


def plain_type(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations name SQLAlchemy's own types only, so that they outlive the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ExactDecimal):
        return "sa.BigInteger()"
    if kind == "type" and type(item).__name__ == "AutoString":
        return "sa.String()"
    if kind == "type" and isinstance(item, type(JsonColumn)) and "postgresql" in item._variant_mapping:
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    """Run the steps; the caller commits if it began the transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        transaction_per_migration=False,
        render_as_batch=True,
        render_item=plain_type,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(settings().database).connect() as own:
        run(own)
