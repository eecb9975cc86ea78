"""Who asks for a field besides the field itself: features above register what their gates ask."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

Asker = Callable[[Session], Mapping[str, list[str]]]
_askers: list[Asker] = []


def register_asker(asker: Asker) -> None:
    """`asker` gives, by `deal.custom.12`, where a field is asked: `to enter Engaging`. `crm_app.wire` does."""
    if asker not in _askers:
        _askers.append(asker)


def asked(session: Session) -> dict[str, list[str]]:
    """All of them together."""
    found: dict[str, list[str]] = {}
    for asker in _askers:
        for name, places in asker(session).items():
            found.setdefault(name, []).extend(places)
    return found
