"""What the forecast's screen computes without a server: the address, the words and widths of a forecast."""

from datetime import date

import pytest

from crm_app.forecast.queries import Asked, Forecast, Line
from crm_app.forecast.queries.comparison import Comparison, Earlier, EarlierLook, Move
from crm_app.forecast.queries.page import Column
from crm_app.forecast.rows import shown
from crm_app.forecast.rules.figures import Figures
from crm_app.forecast.rules.periods import Period
from crm_app.forecast.state.page import read_asked

TODAY = date(2026, 11, 25)
NOVEMBER = Period("month", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, Asked(NOVEMBER, TODAY)),
        ({"kind": "quarter", "by": "team"}, Asked(Period("quarter", date(2026, 10, 1)), TODAY, "team")),
        ({"kind": "year", "start": "2027-05-17"}, Asked(Period("year", date(2027, 1, 1)), TODAY)),
        ({"kind": "week", "by": "colour", "start": "soon"}, Asked(NOVEMBER, TODAY)),
        ({"start": "9999-12-31"}, Asked(NOVEMBER, TODAY)),
        ({"start": "0001-01-01"}, Asked(NOVEMBER, TODAY)),
        ({"owner": "7", "team": "x"}, Asked(NOVEMBER, TODAY, "owner", 7)),
        ({"team": "٣", "owner": "9" * 40}, Asked(NOVEMBER, TODAY)),
    ],
)
def test_an_address_is_read_and_nonsense_counts_as_absent(parameters: dict[str, str], expected: Asked) -> None:
    assert read_asked(parameters, TODAY) == expected


def forecast(target: int | None) -> Forecast:
    figures = Figures(
        {"won": 50_000, "commit": 30_000, "pipeline": 20_049}, {"won": 2, "commit": 1, "pipeline": 3}, target
    )
    later = Column(NOVEMBER.later(1), Figures({"commit": 25_000}, {"commit": 1}))
    looks = [EarlierLook(4, 40_000, 60_000, 80), EarlierLook(8)]
    return Forecast(
        Asked(NOVEMBER, TODAY),
        "USD",
        figures,
        [Column(NOVEMBER, figures), later],
        [Line("owner:7", "Ada Lovelace", figures, 0, "#123456"), Line("owner:", "Nobody", Figures({"commit": 1}))],
        Comparison(date(2026, 11, 18), {"won": 40_000, "commit": 60_000}, [Move("lost", "Lost or deleted", 1, -9_900)]),
        [Earlier("Oct 2026", 50_000, looks)],
        undated=2,
    )


def test_a_forecast_in_words() -> None:
    view = shown(forecast(200_000), "en")
    assert [(t.label, t.value, t.note) for t in view.tiles] == [
        ("Target", "$2,000", "$1,500 to go"),
        ("Closed won", "$500", "25 % of the target"),
        ("Commit", "$300", "1 deal"),
        ("Best case", "$0", "0 deals"),
        ("Pipeline", "$200", "3 deals"),
        ("Expected", "$800", "40 % of the target"),
    ]
    first, second = view.bars
    assert (first.target, second.target) == (100, -1)
    assert [(s.key, s.percent) for s in first.segments] == [("won", 25), ("commit", 15), ("pipeline", 10.02)]
    assert first.on and not second.on and (second.value, second.name) == ("$250", "Dec")
    ada, nobody = view.lines
    assert (ada.initials, ada.won, ada.best_case, ada.gap, ada.attainment) == ("AL", "$500", "–", "$1,500", "25 %")
    assert (nobody.target, nobody.attainment, nobody.gap) == ("–", "", "")
    assert [(t.name, t.then, t.now, t.change, t.tone) for t in view.then][:2] == [
        ("Closed won", "$400", "$500", "+$100", "g"),
        ("Commit", "$600", "$300", "-$300", "r"),
    ]
    assert (view.then[-1].then, view.then[-1].change) == ("$1,000", "±0")
    assert [(m.deals, m.change) for m in view.moves] == [("1 deal", "-$99")]
    assert view.earlier[0].looks == ["$400 · 80 %", "–"] and view.has_earlier
    assert (view.before, view.after, view.then_day) == ("2026-10-01", "2026-12-01", "18 Nov")


@pytest.mark.parametrize(
    ("target", "value", "note"),
    [
        (None, "–", "None set"),
        (50_000, "$500", "Reached"),
        (40_000, "$400", "$100 over"),
        (0, "$0", "$500 over"),
    ],
)
def test_the_words_of_a_target(target: int | None, value: str, note: str) -> None:
    tile = shown(forecast(target), "en").tiles[0]
    assert (tile.value, tile.note) == (value, note)
