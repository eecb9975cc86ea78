"""What the public data does not say of a deal, invented: its type, who else has a part in it, who else bids."""

from collections import defaultdict
from random import Random
from typing import Any

from crm_app.core.text import fold
from crm_app.demo.words import COMPETITORS

ROLES = ("decision maker", "decision maker", "influencer", "champion", "user", "billing", "blocker")
ENDINGS = {"Won": "beaten", "Lost": "lost to"}
COLUMNS = (
    *("deal_type", "earlier_deal", "recurring", "billing_period", "term"),
    *("stakeholder", "stakeholder_role", "competitor", "competitor_status"),
)
AGAIN, PERSON, RIVAL = 0.3, 0.45, 0.3
Row = dict[str, Any]


def with_parties(random: Random, deals: list[Row], people: list[Row]) -> list[Row]:
    """The deals with these columns; those that name an earlier deal stand last, behind all that they can name."""
    staff: dict[str, list[str]] = defaultdict(list)
    for person in people:
        staff[person["company"]].append(f"{person['first_name']} {person['last_name']}")
    won = _won(deals)
    rows = [
        dict.fromkeys(COLUMNS, "") | deal | _type(random, deal, won) | _parties(random, deal, staff) for deal in deals
    ]
    return sorted(rows, key=lambda row: row["earlier_deal"] != "")


def _won(deals: list[Row]) -> dict[str, list[Row]]:
    """What a company bought, the latest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for deal in deals:
        if deal["deal_stage"] == "Won":
            found[deal["account"]].append(deal)
    return {account: sorted(rows, key=lambda r: str(r["close_date"]), reverse=True) for account, rows in found.items()}


def _type(random: Random, deal: Row, won: dict[str, list[Row]]) -> Row:
    """Who bought before may buy the same again, more of it, or something else; only open deals name what they renew."""
    chance, kind = random.random(), random.choice(("renewal", "renewal", "upsell"))
    opened = str(deal["engage_date"])
    before = [w for w in won.get(deal["account"], ()) if opened and str(w["close_date"]) < opened]
    if chance > AGAIN or not before:
        return {"deal_type": "new business"}
    same = next((w for w in before if fold(w["product"]) == fold(deal["product"])), None)
    found: Row = {"deal_type": kind if same else "cross-sell"}
    if deal["deal_stage"] not in ENDINGS:
        found["earlier_deal"] = (same or before[0])["opportunity_id"]
        if found["deal_type"] == "renewal":
            found |= {"recurring": deal["close_value"], "billing_period": "year", "term": 12}
    return found


def _parties(random: Random, deal: Row, staff: dict[str, list[str]]) -> Row:
    has_person, has_rival = random.random() < PERSON, random.random() < RIVAL
    name, role, rival = random.random(), random.choice(ROLES), random.choice(COMPETITORS)
    others = [n for n in staff.get(deal["account"], ()) if n != deal["contact"]]
    found: Row = {}
    if has_person and others:
        found |= {"stakeholder": others[int(name * len(others))], "stakeholder_role": role}
    if has_rival:
        found |= {"competitor": rival, "competitor_status": ENDINGS.get(deal["deal_stage"], "open")}
    return found
