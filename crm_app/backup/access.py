"""What a restore must not bring back: who was signed in when the backup was made, and links that may be dead since."""

from sqlalchemy import create_engine, delete, inspect

from crm_app.core.changes.working import table_of
from crm_app.tables import CalendarLink, OneTimeLink, SocketBinding, UserSession

ENDED = (SocketBinding, UserSession, OneTimeLink, CalendarLink)  # in an order in which none is still pointed to


def end_access(url: str) -> None:
    """Forget sessions, bindings, one-time and calendar links; one that was revoked since would be valid again."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            present = set(inspect(connection).get_table_names())
            for table in (table_of(one) for one in ENDED):
                if table.name in present:
                    connection.execute(delete(table))
    finally:
        engine.dispose()
