"""What a list shows, read for one viewer from the parameters of its address."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.errors import Forbidden, NotFound
from crm_app.core.text import clip, id_of
from crm_app.identity.policy import may
from crm_app.records.help import help_in, helps_of
from crm_app.records.list_screen.rows import May, Screen
from crm_app.records.listing import (
    Listing,
    ListPage,
    ListRow,
    ViewRow,
    default_listing,
    describe,
    fields_of,
    filter_names,
    list_page,
    read_listing,
    rows_in,
    write_listing,
)
from crm_app.records.listing.listing import PARAMETERS, write_folds
from crm_app.records.listing.rules import dump_filter
from crm_app.records.listing.views import find_view, first_view

LISTED = (
    *("person", "company", "deal", "activity", "product", "price_book", "quote", "text_block", "rate"),
    *("order", "invoice"),
)
WITHOUT_VIEW = "0"


def asked_of(address: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an address that speak of a list; an empty one says "none", a missing one nothing."""
    return {name: address[name] for name in ("view", *PARAMETERS) if name in address}


def listing_of(
    session: Session, actor: Principal, name: str, asked: Mapping[str, str]
) -> tuple[Listing, ViewRow | None]:
    """The list that an address means, and the view it stands on: the one it names, else the first one of the viewer.

    Raises Invalid, NotFound, Forbidden.
    """
    if name not in LISTED:
        raise NotFound("There is no such list.")
    if not may(actor, f"{name}.read"):
        raise Forbidden(f"Your role may not see {kind(name).plural.lower()}.")
    number = asked.get("view", "")
    if (id := id_of(number)) is not None and number != WITHOUT_VIEW:
        view = find_view(session, actor, id)
    else:
        view = None if asked else first_view(session, actor, name)
    if view is not None and view.kind != name:
        raise NotFound("This view belongs to another list.")
    fields = fields_of(session, actor, name)
    return read_listing(name, asked, fields, view.parameters if view else None), view


def list_screen(session: Session, actor: Principal, name: str, asked: Mapping[str, str]) -> Screen:
    """The first page of a list with everything around it. Raises Invalid, NotFound, Forbidden."""
    listing, view = listing_of(session, actor, name, asked)
    page, helps = list_page(session, actor, listing), helps_of(session, name)
    return Screen(
        kind=name,
        asked=dict(asked),
        columns=[replace(c, help=help_in(helps, name, c.name, c.type)) for c in page.columns],
        rows=page.rows,
        count=page.count,
        more=page.more,
        groups=page.groups,
        chips=describe(session, actor, listing),
        filter=dump_filter(listing.filter),
        names=filter_names(session, actor, listing),
        sort=listing.sort,
        descending=listing.descending,
        group=listing.group,
        fold=write_folds(listing.folds),
        view=view.id if view else 0,
        changed=bool(write_listing(listing, view.parameters if view else None)),
        query=query_of(listing),
        may=_may(actor, name),
    )


def query_of(listing: Listing) -> str:
    """The list as the query of an address, whatever view it came from; never empty."""
    usual = default_listing(listing.kind)
    order = ("-" if listing.descending else "") + (listing.sort or usual.sort)
    return urlencode({"sort": order} | write_listing(listing))


def more_rows(session: Session, actor: Principal, name: str, asked: Mapping[str, str], after: str) -> ListPage:
    """The page behind a row's key."""
    return list_page(session, actor, listing_of(session, actor, name, asked)[0], clip(after, 2000))


def rows_now(
    session: Session, actor: Principal, name: str, asked: Mapping[str, str], ids: Iterable[int]
) -> dict[int, ListRow]:
    """The records among `ids` that still stand in the list, as they are now."""
    return rows_in(session, actor, listing_of(session, actor, name, asked)[0], ids)[1]


def _may(actor: Principal, name: str) -> May:
    return May(
        create=bool(kind(name).form) and may(actor, f"{name}.create"),
        edit=may(actor, f"{name}.edit"),
        mass_edit=may(actor, f"{name}.mass_edit"),
        delete=may(actor, f"{name}.delete"),
        export=may(actor, f"{name}.export"),
        merge=kind(name).mergeable and may(actor, f"{name}.merge"),
        save_views=may(actor, "saved_view.create"),
        role_views=may(actor, "saved_view.administer"),
    )
