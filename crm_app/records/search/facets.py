"""Counts by kind, owner and stage, with the words that a person knows them by."""

from collections.abc import Mapping

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.records.reading import titles
from crm_app.records.search.rows import Facet

KIND_OF = {"owner": "user", "stage": "stage"}


def named_facets(session: Session, actor: Principal, counted: Mapping[str, Mapping[str, int]]) -> list[Facet]:
    """Most frequent first within each name; owners and stages that the actor may not see are left out."""
    wanted = [(KIND_OF[name], int(value)) for name, values in counted.items() if name in KIND_OF for value in values]
    known = titles(session, actor, wanted) if wanted else {}
    made: list[Facet] = []
    for name, values in counted.items():
        for value, count in sorted(values.items(), key=lambda entry: (-entry[1], entry[0])):
            label = known.get((KIND_OF[name], int(value))) if name in KIND_OF else kind(value).plural
            if label is not None:
                made.append(Facet(name, value, label, count))
    return made
