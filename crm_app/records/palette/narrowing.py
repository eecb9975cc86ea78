"""What is found, narrowed to a kind, an owner, a stage; and how many there are of each."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.text import id_of
from crm_app.records.search import KINDS, Facet, SearchAnswer, find
from search.filters import And, Eq, Filter
from search.port import FACETS


def narrowing(given: Mapping[str, str]) -> dict[str, str]:
    """What of it can be narrowed by: a kind that search knows, the id of an owner, of a stage."""
    found = {name: given[name] for name in ("owner", "stage") if id_of(given.get(name, "")) is not None}
    return found | ({"kind": given["kind"]} if given.get("kind") in KINDS else {})


def narrowed(
    session: Session,
    actor: Principal,
    text: str,
    by: Mapping[str, str],
    limit: int,
    facets: Sequence[str] = (),
) -> SearchAnswer:
    """What fits the text and all of `by`."""
    parts: list[Filter] = []
    for name in ("owner", "stage"):
        if name in by:
            parts.append(Eq(name, int(by[name])))
    kinds = [by["kind"]] if "kind" in by else None
    return find(
        session, actor, text, kinds=kinds, limit=limit, where=And(tuple(parts)) if parts else None, facets=facets
    )


def counted(session: Session, actor: Principal, text: str, by: Mapping[str, str]) -> list[Facet]:
    """The counts of kinds, owners and stages; those of one that is narrowed by are counted without it."""
    free = tuple(name for name in FACETS if name not in by)
    questions = [(by, free)] if free else []
    questions += [({k: v for k, v in by.items() if k != name}, (name,)) for name in FACETS if name in by]
    found = [facet for rest, names in questions for facet in narrowed(session, actor, text, rest, 1, names).facets]
    return sorted(found, key=lambda facet: FACETS.index(facet.name))
