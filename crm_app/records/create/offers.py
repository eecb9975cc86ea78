"""What a feature knows better than the catalogue when a record of its kind is made in the dialog."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.records.listing import Option


@dataclass(frozen=True)
class Offers:
    """`choices` of a field, the first of which a required one begins with; `also` is written, and not asked for."""

    choices: Mapping[str, list[Option]] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict)


Offering = Callable[[Session, Principal], Offers]
_offering: dict[str, Offering] = {}


def register_offers(kind: str, offering: Offering) -> None:
    """Ask this for every new record of the kind that is made in the dialog."""
    _offering[kind] = offering


def offers_of(session: Session, actor: Principal, kind: str) -> Offers:
    """What the kind's feature offers; nothing if it has not said so."""
    offering = _offering.get(kind)
    return offering(session, actor) if offering else Offers()
