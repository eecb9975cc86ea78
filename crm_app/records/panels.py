"""What features show beside a record of another kind; `crm_app.wire` registers it."""

from collections.abc import Callable

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.records.page.rows import Hint, Panel

Provider = Callable[[Session, Principal, int], Panel | None]
Hinter = Callable[[Session, Principal, str, int], Hint | None]
_hinters: list[Hinter] = []
_providers: dict[str, list[Provider]] = {}


def register_panel(kind: str, provider: Provider) -> None:
    """Show what this function finds beside every record of that kind, in the order of registration."""
    known = _providers.setdefault(kind, [])
    if provider not in known:
        known.append(provider)


def panels_of(session: Session, actor: Principal, kind: str, id: int) -> list[Panel]:
    """All panels that have something to say to this reader."""
    return [panel for provider in _providers.get(kind, ()) if (panel := provider(session, actor, id))]


def register_hint(hinter: Hinter) -> None:
    """Say what this function finds beside the name of every record; it gets the kind, too."""
    if hinter not in _hinters:
        _hinters.append(hinter)


def hints_of(session: Session, actor: Principal, kind: str, id: int) -> list[Hint]:
    """All hints on a record for this reader."""
    return [hint for hinter in _hinters if (hint := hinter(session, actor, kind, id))]
