"""A pipeline of a team is there for that team, those below it and administrators: board, forms, moves, live changes."""

from dataclasses import dataclass

import pytest

from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.errors import Invalid, Refused
from crm_app.deals.queries import Wish, board_snapshot, column_cards, deal_page, open_stages
from crm_app.deals.service import move_deal
from crm_app.http.board_push import whereabouts
from crm_app.http.live_views import BoardView, News
from crm_app.identity.sessions import principal_of
from crm_app.pages.feed import first_pipeline
from crm_app.records.listing import field_choices
from crm_app.tables import User
from tests.support.builders import change, make_deal, make_pipeline, make_team, make_user

pytestmark = pytest.mark.usefixtures("database_url")


@dataclass(frozen=True)
class House:
    """Two pipelines, one of the team East; whoever is in East or below it may see that one."""

    everybody: tuple[int, dict[str, int]]
    east: tuple[int, dict[str, int]]
    inside: Principal
    below: Principal
    above: Principal
    outside: Principal
    administrator: Principal


@pytest.fixture
def house() -> House:
    top = make_team(name="Top")
    east, west = make_team(name="East", parent_id=top), make_team(name="West", parent_id=top)
    office = make_team(name="Office", parent_id=east)
    everybody, own = make_pipeline("Everybody"), make_pipeline("East only")
    change("pipeline", own[0], team_id=east)

    def somebody(team: int, role: str = "manager") -> Principal:
        id = make_user(team_id=team, role=role)
        return db.read_sync(lambda session: principal_of(session, session.get_one(User, id)))

    return House(
        everybody,
        own,
        somebody(east),
        somebody(office),
        somebody(top),
        somebody(west),
        somebody(west, "administrator"),
    )


def test_the_board_and_the_forms_offer_what_one_sees(house: House) -> None:
    for who, sees in (
        (house.inside, True),
        (house.below, True),
        (house.administrator, True),
        (house.above, False),
        (house.outside, False),
    ):
        board = db.read_sync(board_snapshot, who, Wish(pipeline_id=house.east[0]))
        assert ([p.name for p in board.pipelines] == ["Everybody", "East only"]) is sees, who
        assert (board.pipeline_id == house.east[0]) is sees
        assert db.read_sync(first_pipeline, who, house.east[0]) == (house.east if sees else house.everybody)[0]
        stages = db.read_sync(open_stages, who)
        assert any("East only" in s.name for s in stages) is sees
        offered = {c.name: {o.id for o in c.choices} for c in db.read_sync(field_choices, who, "deal")}
        assert (str(house.east[0]) in offered["pipeline_id"]) is sees
        assert (str(house.east[1]["Engaging"]) in offered["stage_id"]) is sees


def test_nobody_else_moves_a_deal_into_it_or_sees_its_cards(house: House) -> None:
    mine = make_deal(house.everybody, owner_id=house.outside.id)
    with pytest.raises(Refused):
        db.write_sync(move_deal, house.outside, mine, house.east[1]["Engaging"])
    with pytest.raises(Invalid, match="does not exist"):
        change("deal", mine, house.outside, stage_id=house.east[1]["Engaging"])
    theirs = make_deal(house.everybody, owner_id=house.below.id)
    db.write_sync(move_deal, house.below, theirs, house.east[1]["Engaging"])
    first = [make_deal(house.east, "Engaging", owner_id=house.outside.id) for _ in range(2)][-1]
    stage = house.east[1]["Engaging"]
    assert db.read_sync(column_cards, house.outside, Wish(sort="hand"), stage, str(first)) == ([], False)
    assert db.read_sync(column_cards, house.administrator, Wish(sort="hand"), stage, str(first))[0] != []
    page = db.read_sync(deal_page, house.outside, first)
    assert [s.name for s in page.path] == ["Engaging"], "the stage where it is, and no other to choose"


def test_an_open_board_hears_of_it_no_more(house: House) -> None:
    """Also a board that was open when the pipeline became the team's own."""
    one = make_deal(house.east, "Engaging", owner_id=house.outside.id)
    batch = change("deal", one, title="Changed")
    news = News({"deal": frozenset({one})}, places=db.read_sync(whereabouts, [one], [batch]))
    view = BoardView(house.east[0])
    assert not view.reaches(house.outside, news)
    assert view.reaches(house.administrator, news)
    change("pipeline", house.east[0], team_id=None)
    news = News({"deal": frozenset({one})}, places=db.read_sync(whereabouts, [one], [batch]))
    assert view.reaches(house.outside, news)
