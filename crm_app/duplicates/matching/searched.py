"""Further candidates while somebody types: who is found by the words of the name, a slip in each forgiven."""

from collections.abc import Mapping

from crm_app.core.changes import Kind
from crm_app.core.text import clip
from crm_app.records.search.documents import KINDS
from crm_app.records.search.index import engine
from search.filters import Eq
from search.port import Unavailable

MOST = 20
LONGEST = 100
NAMED_BY = (("first_name", "last_name"), ("name",), ("company",))  # the first of which something is typed


def found_by_words(known: Kind, values: Mapping[str, object]) -> list[int]:
    """Records that the index finds by what is typed as the name; none while there is no whole index, then keys suffice.

    The index follows the records a moment later and may be rebuilt at any time, so nothing that is saved rests on it.
    """
    text = clip(_name(known, values), LONGEST)
    if not text or known.name not in KINDS:
        return []
    try:
        return [hit.id for hit in engine().search(text, where=Eq("kind", known.name), limit=MOST).hits]
    except Unavailable:
        return []


def _name(known: Kind, values: Mapping[str, object]) -> str:
    for parts in NAMED_BY:
        paths = [path for part in parts for path in known.likeness.get(part, ()) if "." not in path]
        typed = [str(values.get(path) or "").strip() for path in paths if not known.by_name[path].ref]
        if any(typed):
            return " ".join(filter(None, typed))
    return ""
