"""The products of a deal, on real databases."""

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import undo
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.deals.lines import add_line, edit_line, remove_line
from crm_app.deals.queries import DealPage, deal_page
from tests.support.builders import make_deal, make_pipeline, make_product, make_user, principal

pytestmark = pytest.mark.usefixtures("database_url")


def page(deal_id: int) -> DealPage:
    return db.read_sync(deal_page, SYSTEM, deal_id)


def test_a_product_comes_at_its_list_price_and_the_total_follows() -> None:
    deal = make_deal(make_pipeline(), currency="USD")
    plain = make_product(name="MG Special", list_price_minor=55_00, currency="USD")
    foreign = make_product(name="Elsewhere", list_price_minor=10_00, currency="EUR")
    db.write_sync(add_line, SYSTEM, deal, plain)
    db.write_sync(add_line, SYSTEM, deal, foreign)
    first, second = page(deal).lines
    assert (first.name, first.quantity.value, first.unit.value, first.total) == ("MG Special", "1", "$55", "$55")
    assert (second.unit.value, second.total) == ("", "")
    db.write_sync(edit_line, SYSTEM, deal, first.id, "quantity", "3", page(deal).version)
    db.write_sync(edit_line, SYSTEM, deal, second.id, "unit_price_minor", "1.50", page(deal).version)
    assert [line.total for line in page(deal).lines] == ["$165", "$1.50"]
    assert page(deal).sum == "$166.50"


def test_a_line_is_removed_and_undo_brings_it_back_with_its_id() -> None:
    deal, product = make_deal(make_pipeline()), make_product()
    db.write_sync(add_line, SYSTEM, deal, product)
    before = page(deal).lines
    done = db.write_sync(remove_line, SYSTEM, deal, before[0].id)
    assert page(deal).lines == []
    db.write_sync(undo, SYSTEM, done.batch_id)
    assert page(deal).lines == before


def test_wrong_amounts_foreign_lines_and_unknown_fields_are_refused() -> None:
    pipeline = make_pipeline()
    deal, other, product = make_deal(pipeline), make_deal(pipeline), make_product()
    db.write_sync(add_line, SYSTEM, deal, product)
    line = page(deal).lines[0].id
    for field, raw in (("quantity", "0"), ("quantity", "many"), ("unit_price_minor", "-1"), ("deal_id", str(other))):
        with pytest.raises(Invalid):
            db.write_sync(edit_line, SYSTEM, deal, line, field, raw, 9)
    with pytest.raises(NotFound):
        db.write_sync(edit_line, SYSTEM, other, line, "quantity", "2", 9)
    with pytest.raises(NotFound):
        db.write_sync(remove_line, SYSTEM, other, line)
    assert page(deal).lines[0].quantity.raw == "1" and page(other).lines == []


def test_two_people_at_one_field_of_a_line_do_not_overwrite_each_other() -> None:
    deal, product = make_deal(make_pipeline()), make_product()
    db.write_sync(add_line, SYSTEM, deal, product)
    seen, line = page(deal).version, page(deal).lines[0].id
    db.write_sync(edit_line, SYSTEM, deal, line, "quantity", "2", seen)
    db.write_sync(edit_line, SYSTEM, deal, line, "unit_price_minor", "7", seen)
    with pytest.raises(Refused):
        db.write_sync(edit_line, SYSTEM, deal, line, "quantity", "5", seen)
    assert (page(deal).lines[0].quantity.raw, page(deal).lines[0].unit.raw) == ("2", "7")


def test_lines_follow_the_rights_on_their_deal() -> None:
    me, other = make_user(), make_user()
    deal, product = make_deal(make_pipeline(), owner_id=me), make_product()
    with pytest.raises(NotFound):
        db.write_sync(add_line, principal(other), deal, product)
    with pytest.raises(Forbidden):
        db.write_sync(add_line, principal(me, "read-only"), deal, product)
    db.write_sync(add_line, principal(me), deal, product)
    assert len(page(deal).lines) == 1
