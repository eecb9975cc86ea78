"""Where the list of a kind is, and where one of its records opens."""

from urllib.parse import urlencode

from crm_app.core.changes import kind
from crm_app.ui import addresses

LISTS = {"deal": addresses.DEAL_LIST, "price_book": addresses.PRICE_BOOKS, "text_block": addresses.TEXTS}
CARD = f"{addresses.CALENDAR}?activity="  # the dialog of an activity, by its id


def list_path(name: str) -> str:
    """Where the list of a kind is: under its plural, but for those below another place."""
    return LISTS.get(name) or f"/{kind(name).plural.lower()}"


def record_path(name: str, id: int, title: str) -> str:
    """Where a record opens; one without a page of its own stands in its list, narrowed to its title."""
    if name == "activity":
        return f"{CARD}{id}"
    path = kind(name).path
    return f"{path}/{id}" if path else f"{list_path(name)}?{urlencode({'q': title})}"
