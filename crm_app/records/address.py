"""Records and the addresses of their pages, from the catalogue: `/people/17` is person 17."""

from crm_app.core.changes import kind, kinds


def record_in(path: str) -> tuple[str, int] | None:
    """The kind and id that an address names; None where it names no record."""
    for known in kinds():
        if known.path and path.startswith(known.path + "/"):
            last = path[len(known.path) + 1 :].rstrip("/")
            if last.isascii() and last.isdigit() and len(last) < 17:
                return known.name, int(last)
    return None


def path_of(name: str, id: int) -> str:
    """The address of a record's page; empty for a kind without pages."""
    path = kind(name).path
    return f"{path}/{id}" if path else ""
