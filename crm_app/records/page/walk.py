"""The list that a record was opened from: the one before, the one behind, the place, the way back."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.errors import KithError
from crm_app.core.reader import numeral
from crm_app.core.text import id_of
from crm_app.records.listing import fields_of, neighbours, read_listing
from crm_app.records.listing.views import find_view
from crm_app.ui import addresses

LISTS = {"deal": addresses.DEAL_LIST}  # where the list is not the address above the records: that is the board


@dataclass(frozen=True)
class Walk:
    """Addresses, empty where there is nothing; `words` such as `14 of 212`."""

    previous: str = ""
    next: str = ""
    words: str = ""
    back: str = ""


def walk_of(session: Session, actor: Principal, name: str, id: int, query: str) -> Walk:
    """For the query of a list's address; a query that cannot be read means no list."""
    if not query or len(query) > 8000:
        return Walk()
    known, parameters = kind(name), dict(parse_qsl(query, max_num_fields=20))
    try:
        view = id_of(parameters.get("view", ""))
        kept = find_view(session, actor, view).parameters if view is not None else None
        listing = read_listing(name, parameters, fields_of(session, actor, name), kept)
        near = neighbours(session, actor, listing, id)
    except (KithError, ValueError):
        return Walk()
    tail = "?list=" + quote(query, safe="")

    def address(other: int | None) -> str:
        return f"{known.path}/{other}{tail}" if other is not None else ""

    words = f"{numeral(near.position)} of {numeral(near.count)}" if near.position else numeral(near.count)
    return Walk(address(near.previous), address(near.next), words, f"{LISTS.get(name, known.path)}?{query}")
