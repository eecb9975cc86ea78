"""Small builders: each writes one record through `apply_many`, as the system unless told, and gives its id."""

from itertools import count
from typing import Any

from sqlmodel import Session

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply

_numbers = count(1)
STAGES = (("Prospecting", "open", 10), ("Engaging", "open", 40), ("Won", "won", 100), ("Lost", "lost", 0))

ASKED: dict[str, dict[str, Any]] = {"Won": {"value_minor": 0}, "Lost": {"lost_reason": "Price"}}


def make(kind: str, actor: Principal = SYSTEM, /, **values: Any) -> int:
    """Create a record of any kind."""
    return db.write_sync(lambda session: apply(session, actor, Change(kind, set=values, op="create")).id)


def change(kind: str, id: int, actor: Principal = SYSTEM, expected: int | None = None, /, **values: Any) -> int:
    """Change a record; gives the batch."""
    wish = Change(kind, id, values, expected=expected)
    return db.write_sync(lambda session: apply(session, actor, wish).batch_id)


def make_team(**values: Any) -> int:
    """A team."""
    return make("team", **{"name": f"Team {next(_numbers)}"} | values)


def make_user(**values: Any) -> int:
    """An active seller."""
    n = next(_numbers)
    return make(
        "user",
        **{
            "name": f"User {n}",
            "email": f"user{n}@example.org",
            "role": "sales",
            "status": "active",
            "zone": "UTC",
            "locale": "en",
            "theme": "system",
        }
        | values,
    )


def make_company(**values: Any) -> int:
    """A company."""
    return make("company", **{"name": f"Company {next(_numbers)}"} | values)


def make_person(**values: Any) -> int:
    """A person."""
    n = next(_numbers)
    return make("person", **{"first_name": "Ada", "last_name": f"Person{n}", "display_name": f"Ada Person{n}"} | values)


def make_product(**values: Any) -> int:
    """A product."""
    return make("product", **{"name": f"Product {next(_numbers)}"} | values)


def make_pipeline(name: str = "Sales") -> tuple[int, dict[str, int]]:
    """A pipeline with four stages: its id, and the ids of the stages by name."""
    pipeline = make("pipeline", name=name)
    return pipeline, {
        title: make("stage", pipeline_id=pipeline, name=title, kind=kind, probability=chance, position=place)
        for place, (title, kind, chance) in enumerate(STAGES)
    }


def make_deal(pipeline: tuple[int, dict[str, int]], stage: str = "Prospecting", **values: Any) -> int:
    """A deal in a stage of that pipeline, with what its gate asks for."""
    given = {"title": f"Deal {next(_numbers)}", "pipeline_id": pipeline[0], "stage_id": pipeline[1][stage]}
    return make("deal", **given | ASKED.get(stage, {}) | values)


def principal(user_id: int | None, role: str = "sales", **values: Any) -> Principal:
    """A signed-in user without going through the sign-in."""
    given: dict[str, Any] = {"member_ids": frozenset() if user_id is None else frozenset({user_id})} | values
    return Principal(id=user_id, name=f"user {user_id}", role=role, **given)


def row(table: type, id: int) -> dict[str, Any]:
    """A row as it stands."""

    def read(session: Session) -> dict[str, Any]:
        found = session.get(table, id)
        assert found is not None
        return dict(found.model_dump())

    return db.read_sync(read)
