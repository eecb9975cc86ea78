"""What an actor may see, as a filter inside the engine; the database is asked again when rows are loaded."""

from collections.abc import Sequence

from crm_app.core.actor import Principal
from crm_app.identity.policy import scope
from search.filters import And, Eq, Filter, In, Or


def seen_by(actor: Principal, kinds: Sequence[str]) -> Filter:
    """The documents of these kinds that the actor may read; the same rule as `identity.policy.visible`."""
    free: list[str] = []
    bound: dict[tuple[int, ...], list[str]] = {}
    for name in kinds:
        reach = scope(actor, "read", name)
        if reach == "all":
            free.append(name)
        elif reach != "none" and actor.id is not None:
            own = reach == "own" or not actor.member_ids
            owners = (actor.id,) if own else tuple(sorted(actor.member_ids))
            bound.setdefault(owners, []).append(name)
    parts: list[Filter] = [In("kind", tuple(free))] if free else []
    for owners, names in bound.items():
        owner: Filter = Eq("owner", owners[0]) if len(owners) == 1 else In("owner", owners)
        parts.append(And((In("kind", tuple(names)), owner)))
    return Or(tuple(parts))
