"""A company whose forecast can be counted by hand."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.forecast.rules.categories import COUNTED, category_of
from crm_app.forecast.rules.periods import Period
from tests.support.builders import make, make_company, make_pipeline, make_team, make_user

TODAY = date(2026, 11, 10)
PROBABILITIES = {"Prospecting": 10, "Engaging": 40}


class Company:
    """Two teams below a third, three sellers, two territories, and 120 deals that a plain list knows as well."""

    def __init__(self) -> None:
        self.stages = make_pipeline()[1]
        self.top = make_team(name="All", office="Lyon")
        self.teams = [make_team(name=f"Team {n}", parent_id=self.top, office=("Lyon", "Oslo")[n]) for n in range(2)]
        self.users = [make_user(name=f"Seller {n}", team_id=self.teams[n % 2]) for n in range(3)]
        self.lands = [make("territory", name=f"Land {n}", position=n) for n in range(2)]
        firms = [make_company(territory_id=land) for land in (*self.lands, None)]
        random, wishes = Random(7), []
        self.deals: list[dict] = []
        for n in range(120):
            stage = random.choice(list(self.stages))
            day = TODAY + timedelta(days=random.randint(-200, 200)) if random.random() < 0.9 else None
            place = random.randrange(3)
            given = {
                "title": f"Deal {n}",
                "stage_id": self.stages[stage],
                "value_minor": random.choice((None, random.randint(0, 10**9))),
                "owner_id": random.choice((*self.users, None)),
                "forecast": random.choice((None, None, "commit", "best_case", "pipeline", "omitted")),
                "company_id": firms[place],
                "expected_close_on": None if stage in ("Won", "Lost") else day,
                "closed_on": (day or TODAY) if stage in ("Won", "Lost") else None,
            }
            kind = {"Won": "won", "Lost": "lost"}.get(stage, "open")
            known = {
                "category": category_of(given["forecast"], kind, PROBABILITIES.get(stage, 0)),
                "day": given["closed_on"] or given["expected_close_on"],
                "land": (*self.lands, None)[place],
            }
            self.deals.append(given | known)
            wishes.append(Change("deal", op="create", set=given))
        db.write_sync(lambda s: apply_many(s, SYSTEM, wishes, source="demo"))

    def plain(self, period: Period, owners: set[int | None], key: str = "owner_id") -> dict:
        """Sums and counts by key and category, counted one by one."""
        found: dict = defaultdict(lambda: (Counter(), Counter()))
        for deal in self.deals:
            day = deal["day"]
            if deal["category"] in COUNTED and deal["owner_id"] in owners and day and period.start <= day < period.end:
                found[deal[key]][0][deal["category"]] += deal["value_minor"] or 0
                found[deal[key]][1][deal["category"]] += 1
        return found
