"""The schema and its history (Alembic): `migrate`, `status`, `assert_ready`."""

from crm_app.migrations.integrity import problems
from crm_app.migrations.run import Migrated, downgrade, migrate
from crm_app.migrations.state import Status, assert_ready, status

__all__ = ["Migrated", "Status", "assert_ready", "downgrade", "migrate", "problems", "status"]
