"""Records and the addresses of their pages, from the catalogue: `/people/17` is person 17."""

from crm_app.core.changes import kind, kinds
from crm_app.core.config import settings
from crm_app.core.text import id_of


def record_in(path: str) -> tuple[str, int] | None:
    """The kind and id that an address names; None where it names no record."""
    for known in kinds():
        if known.path and path.startswith(known.path + "/"):
            id = id_of(path[len(known.path) + 1 :].rstrip("/"))
            if id is not None:
                return known.name, id
    return None


def own_link(text: str) -> str:
    """The path of the first link of a text that leads to a page of this installation; empty without one."""
    base = settings().base_url.rstrip("/") + "/"
    found = next((word for word in text.split() if word.startswith(base)), "")
    return "/" + found.removeprefix(base).lstrip("/") if found else ""


def path_of(name: str, id: int) -> str:
    """The address of a record's page; empty for a kind without pages."""
    path = kind(name).path
    return f"{path}/{id}" if path else ""
