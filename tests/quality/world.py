"""A small organisation with good and bad records, and its gaps worked out by plain Python over the rows."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply_many, outbox
from crm_app.core.clock import now
from crm_app.identity.sessions import principal_of
from crm_app.quality.marks import refresh_all
from crm_app.tables import User
from tests.support.builders import make, make_company, make_pipeline, make_team, make_user

GONE = timedelta(days=100)


class World:
    """Two teams, three sellers, a manager of the first team, an administrator; 80 people, 12 companies, 20 deals."""

    def __init__(self, seed: int = 5) -> None:
        random = Random(seed)
        self.teams = [make_team(name=f"Team {n}") for n in range(2)]
        self.sellers = [make_user(name=f"Seller {n}", team_id=self.teams[n // 2]) for n in range(3)]
        self.manager = make_user(name="Manager", role="manager", team_id=self.teams[0])
        self.admin = make_user(name="Admin", role="administrator", team_id=None)
        self.owners: list[int | None] = [*self.sellers, None]
        self.stages = make_pipeline()[1]
        self.firms = [
            make_company(domain=random.choice(["", "a.example"]), country="Spain", owner_id=random.choice(self.owners))
            for _ in range(12)
        ]
        wishes = []
        self.people: list[dict[str, Any]] = []
        for n in range(80):
            one = {
                "first_name": random.choice(["Ada", ""]),
                "last_name": f"Last {n}",
                "lifecycle": random.choice(["name", "lead"]),
                "owner_id": random.choice(self.owners),
                "company_id": random.choice([*self.firms, None]),
                "source": random.choice(["Fair", "Web", ""]),
                "emails": [{"value": v} for v in random.choice([[], ["a@b.example"], ["not one"]])],
            }
            self.people.append(one)
            wishes.append(Change("person", op="create", set=one))
        deals = [
            {
                "title": f"Deal {n}",
                "stage_id": self.stages["Prospecting"],
                "owner_id": random.choice(self.owners),
                "company_id": random.choice([*self.firms, None]),
            }
            for n in range(20)
        ]
        wishes += [Change("deal", op="create", set=deal) for deal in deals]
        done = db.write_sync(apply_many, SYSTEM, wishes)
        for one, applied in zip(self.people, done, strict=False):
            one["id"] = applied.id
        self.deals = [deal | {"id": a.id} for deal, a in zip(deals, done[80:], strict=True)]
        refresh_all()
        outbox.drain_all()

    def actor(self, user_id: int) -> Principal:
        """A user as principal."""

        def find(session: Any) -> Principal:
            user = session.get(User, user_id)
            assert user is not None
            return principal_of(session, user)

        return db.read_sync(find)

    def gaps(self, one: dict[str, Any]) -> set[str]:
        """What a person of this world lacks, by the words of the rules alone."""
        found = set()
        known = one["lifecycle"] == "lead"
        mails = [e["value"] for e in one["emails"]]
        if not one["first_name"]:
            found.add("person.name")
        if not mails:
            found.add("person.channel")
        if "not one" in mails:
            found.add("person.email")
        if known and one["company_id"] is None:
            found.add("person.company")
        if known and not one["source"]:
            found.add("person.source")
        if known and one["owner_id"] is None:
            found.add("person.owner")
        return found

    def counted(self, owners: set[int | None]) -> Counter[str]:
        """Gaps of people of these owners by rule."""
        return Counter(rule for one in self.people if one["owner_id"] in owners for rule in self.gaps(one))


def long_ago() -> Any:
    """A moment before every period."""
    return now() - GONE


__all__ = ["World", "long_ago", "make"]
