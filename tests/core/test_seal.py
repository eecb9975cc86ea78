"""What is sealed stays, whichever way somebody tries; a part keeps what it pointed to."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, Context, apply, kind, undo
from crm_app.core.changes.kinds import Row, _kinds
from crm_app.core.changes.working import table_of
from crm_app.core.errors import Invalid, Refused
from crm_app.tables import DealLine, Product
from tests.support.builders import change, make, make_deal, make_pipeline, make_product, row

pytestmark = pytest.mark.usefixtures("database_url")


def no_more(context: Context, before: Row, after: Row, touched: frozenset[str]) -> str:
    """Products of the series `old` are done; their tags are free."""
    return "This is done." if before["series"] == "old" and touched - {"tags"} else ""


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setitem(_kinds, "product", replace(kind("product"), seal=no_more))
    return make_product(name="Lamp", series="new")


def test_neither_edit_nor_delete_nor_undo_passes_a_seal(sealed: int) -> None:
    batch = change("product", sealed, name="Lantern")
    closing = change("product", sealed, series="old")
    before = row(Product, sealed)
    delete = Change("product", sealed, op="delete")
    for way in (
        lambda: change("product", sealed, name="Torch"),
        lambda: db.write_sync(undo, SYSTEM, batch),
        lambda: db.write_sync(undo, SYSTEM, closing),
        *(lambda s=s: db.write_sync(lambda x: apply(x, SYSTEM, delete, source=s)) for s in ("form", "history", "undo")),
    ):
        with pytest.raises(Refused, match="done"):
            way()
    assert row(Product, sealed) == before
    change("product", sealed, **{"tags+": [make("tag", name="kept")]})


def test_a_part_may_keep_what_is_gone_and_not_point_to_it_anew() -> None:
    gone, other = make_product(), make_product()
    deal = make_deal(make_pipeline(), lines=[{"product_id": gone}, {"product_id": other}])
    line = table_of(DealLine)
    query = select(line.c.id).where(line.c.deal_id == deal).order_by(line.c.position)
    first, second = db.read_sync(lambda s: list(s.connection().execute(query).scalars()))
    db.write_sync(lambda s: apply(s, SYSTEM, Change("product", gone, op="delete")))
    change("deal", deal, **{f"lines.{first}": {"product_id": gone, "quantity": 5}})
    with pytest.raises(Invalid):
        change("deal", deal, **{f"lines.{second}": {"product_id": gone, "quantity": 5}})
