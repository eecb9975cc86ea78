"""What is learned at night stands beside a person and on the page of scoring, with its reasons and how true it came."""

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import Change, apply, apply_many
from crm_app.core.errors import NotFound
from crm_app.records.page.queries import record_page
from crm_app.records.page.rows import Related
from crm_app.records.panels import panels_of
from crm_app.scoring.history import keep_learning
from crm_app.scoring.screen import LearnedRow, scoring_page
from crm_app.scoring.service import set_by_hand
from crm_app.scoring.state import ScoringRules
from tests.support.builders import make_person, make_pipeline, make_user, principal
from tests.support.tabs import Tab

pytestmark = pytest.mark.usefixtures("database_url")
START, DEALS, LONG = date(2025, 1, 1), 240, 5
TITLES = {"decides": "Director", "other": "Clerk"}


def wins(n: int) -> tuple[str, bool]:
    """Of the n-th deal whose it is, and whether it was won: four of five by those who decide, one of five by others."""
    who = "decides" if n % 2 else "other"
    return who, (n // 2 % 5 != 0) if who == "decides" else (n // 2 % 5 == 0)


def lived(number: int) -> dict[str, int]:
    """So many closed deals, one opened a day, of two people who were known before; their ids."""
    pipeline, stages = make_pipeline()
    early = datetime(2024, 1, 1, 9, tzinfo=UTC)
    people = {
        who: db.write_sync(
            lambda s, wish: apply(s, SYSTEM, wish, source="history").id,
            Change("person", op="create", set={"last_name": title, "title": title}, effective_at=early),
        )
        for who, title in TITLES.items()
    }

    def deal(n: int) -> Change:
        who, won = wins(n)
        opened = START + timedelta(n)
        values = {"title": f"Deal {n}", "person_id": people[who], "pipeline_id": pipeline, "opened_on": opened}
        values |= {"stage_id": stages["Won" if won else "Lost"], "closed_on": opened + timedelta(LONG)}
        return Change("deal", op="create", set=values | ({"value_minor": 0} if won else {"lost_reason": "Price"}))

    db.write_sync(lambda s: apply_many(s, SYSTEM, [deal(n) for n in range(number)], source="history"))
    return people


def chance(known: range, who: str) -> Fraction:
    """Of winning a deal of somebody, after these: the odds by the definition, with one added to each count."""
    count = Counter(wins(n) for n in known)
    won, lost = (sum(v for (_, w), v in count.items() if w is kind) for kind in (True, False))
    odds = Fraction(won + 1, lost + 1)  # nobody did anything: that is as sure of the won as of the lost
    odds *= Fraction(count[who, True] + 1, won + 2) / Fraction(count[who, False] + 1, lost + 2)
    return odds / (1 + odds)


def beside(id: int, who: Principal = SYSTEM) -> list[Related]:
    return next(p for p in db.read_sync(panels_of, who, "person", id) if p.label == "Score").rows


def on_page() -> LearnedRow:
    return db.read_sync(scoring_page, SYSTEM).learned


def test_the_chance_of_a_deal_stands_beside_a_person_with_its_reasons_and_how_true_it_came() -> None:
    people = lived(DEALS)
    assert keep_learning() == DEALS
    for who, arrow, sign in (("decides", "▲", 1), ("other", "▼", -1)):
        (learned,) = [r for r in beside(people[who]) if r.title.startswith("Learned")]
        expected = chance(range(DEALS), who)
        assert learned.aside == f"{float(expected):.0%}"
        count = Counter(wins(n) for n in range(DEALS))
        won, lost = (sum(v for (_, w), v in count.items() if w is kind) for kind in (True, False))
        ratio = Fraction(count[who, True] + 1, won + 2) / Fraction(count[who, False] + 1, lost + 2)
        assert [(t.figure, t.text) for t in learned.told] == [(arrow, f"Seniority: {who}")]
        odds = f"Seniority: {who} ({math.log(ratio):+.2f} log-odds)"
        nothing = "Activities in 90 days: none (+0.00 log-odds)"
        assert [t.text for t in learned.folded[:-1]] == [odds, nothing] and sign * math.log(ratio) > 1
        assert learned.folded[0].figure == f"× {float(ratio):.2f}"
        trained, held_out, brier, base = measured_by_hand()
        assert learned.lines == [f"Checked on {held_out} later deals: better than the same chance for everybody."]
        last = learned.folded[-1]
        assert (last.figure, last.text) == (f"{brier:.3f}", f"Brier score; the base rate alone has {base:.3f}")
    page = on_page()
    assert page.words.startswith(f"Learned from {trained} deals, measured on {held_out} that were opened later.")
    assert page.verdict == "Better than the base rate." and page.missing == ""
    assert f"Brier score {brier:.3f}; the base rate alone has {base:.3f}" in page.words
    assert sum(int(b.count) for b in page.bins) == held_out
    for row, who in zip(page.bins, ("other", "decides"), strict=True):
        later = [won for n in range(DEALS - held_out, DEALS) for of, won in (wins(n),) if of == who]
        assert (row.count, row.won) == (str(len(later)), f"{sum(later) / len(later):.0%} ({sum(later)})")
        assert row.foretold == f"{float(chance(range(trained), who)):.0%}"


def measured_by_hand() -> tuple[int, int, float, float]:
    """Trained on what was closed before the first of the latest three tenths was opened, measured on those."""
    cut = int(DEALS * 0.7)
    before, after = range(cut - LONG), range(cut, DEALS)
    base = Fraction(sum(wins(n)[1] for n in before), len(before))
    foretold = [(chance(before, wins(n)[0]), base, wins(n)[1]) for n in after]
    errors = [sum((row[k] - row[2]) ** 2 for row in foretold) / len(foretold) for k in (0, 1)]
    return len(before), len(after), float(errors[0]), float(errors[1])


def test_what_was_learned_is_seen_by_whoever_sees_the_person_and_by_nobody_else() -> None:
    people = lived(DEALS)
    keep_learning()
    seller = principal(make_user())
    assert [r.aside for r in beside(people["other"], seller) if r.title.startswith("Learned")]
    nobody = principal(make_user(), "nobody")
    with pytest.raises(NotFound):
        db.read_sync(record_page, nobody, "person", people["other"])
    tab = Tab(seller, "/scoring")
    tab.call(ScoringRules, "load")
    assert tab.state(ScoringRules).page.learned.verdict and not tab.state(ScoringRules).page.editable


def test_too_few_deals_give_no_chance_but_the_number_that_is_needed() -> None:
    people = lived(60)
    before = on_page().missing
    assert before == "Nothing has been learned yet; that happens once a day."
    assert keep_learning() == 60
    page = on_page()
    assert page.missing.startswith("Too few deals to learn from: 30 won and 30 lost with a person.")
    assert (page.words, page.verdict, page.bins) == ("", "", [])
    assert not [r for r in beside(people["decides"]) if r.title.startswith("Learned")]


def test_a_score_by_hand_stands_beside_what_was_learned() -> None:
    people = lived(DEALS)
    keep_learning()
    db.write_sync(set_by_hand, SYSTEM, people["other"], {"value": "80", "reason": "Asked for an offer"})
    titles = [r.title for r in beside(people["other"])]
    assert titles == ["Set by hand", "Learned: a deal would be won"]
    stranger = make_person()
    assert [r.title for r in beside(stranger)] == ["Learned: a deal would be won"]
