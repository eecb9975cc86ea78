"""What the customer answers, and versions, on real databases."""

from datetime import timedelta

import pytest

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.replay import differences
from crm_app.core.clock import today
from crm_app.core.errors import Invalid, NotFound, Refused
from crm_app.quotes.service import (
    accept,
    clone_quote,
    decline,
    edit_quote,
    expire_quotes,
    find_by_token,
    make_from_deal,
    make_version,
    mark_viewed,
)
from crm_app.tables import Deal
from tests.quotes.support import at_once, later, line, lines, make_quote, notes, send, stored
from tests.support.builders import (
    change,
    make_deal,
    make_pipeline,
    make_product,
    make_user,
    principal,
    row,
)

pytestmark = pytest.mark.usefixtures("database_url")


def test_accepting_records_who_when_from_where_and_the_options_and_wins_the_deal() -> None:
    seller = make_user()
    _, stages = pipeline = make_pipeline()
    deal = make_deal(pipeline, owner_id=seller, value_minor=100_00)
    quote = make_quote(deal_id=deal, owner_id=seller, lines=[line(), line(25_00, optional=True), line(optional=True)])
    send(quote)
    assert db.write_sync(mark_viewed, quote) and not db.write_sync(mark_viewed, quote)
    option = lines(quote)[1]["id"]
    done = db.write_sync(accept, quote, "  Ada   Lovelace ", [option], "192.0.2.7")
    assert (done.total_minor, done.deal_needs) == (125_00, "")
    found = stored(quote)
    assert [found[n] for n in ("state", "accepted_by", "accepted_from", "accepted_total_minor", "total_minor")] == [
        "accepted",
        "Ada Lovelace",
        "192.0.2.7",
        125_00,
        125_00,
    ]
    assert [r["ticked"] for r in lines(quote)] == [False, True, False]
    assert row(Deal, deal)["stage_id"] == stages["Won"]
    assert [user for user, text in notes() if "accepted" in text or "opened" in text] == [seller, seller]
    assert db.read_sync(differences) == []


def test_when_the_gate_of_the_deal_refuses_the_acceptance_stands_and_the_seller_is_told() -> None:
    seller = make_user()
    _, stages = pipeline = make_pipeline()
    change("stage", stages["Won"], required_fields=["expected_close_on"])
    deal = make_deal(pipeline, owner_id=seller)
    quote = make_quote(deal_id=deal, owner_id=seller)
    send(quote)
    done = db.write_sync(accept, quote, "Ada")
    assert "Expected close" in done.deal_needs
    assert stored(quote)["state"] == "accepted"
    assert row(Deal, deal)["stage_id"] == stages["Prospecting"]
    assert any("The deal was not moved" in text and "Expected close" in text for _, text in notes())


def test_two_people_accept_at_once_and_the_second_reads_who_was_first() -> None:
    quote = make_quote()
    send(quote)
    answers = at_once(*[lambda n=n: db.write_sync(accept, quote, n) for n in ("Ada", "Grace")])
    refusals = [a for a in answers if isinstance(a, Refused)]
    winner = stored(quote)["accepted_by"]
    assert len(refusals) == 1 and f"accepted by {winner}" in refusals[0].message
    with pytest.raises(Refused, match=f"accepted by {winner}"):
        db.write_sync(decline, quote, "Too late")


def test_a_missing_name_and_a_strange_option_are_said() -> None:
    quote = make_quote()
    send(quote)
    for name, ticked, field in ((" ", [], "name"), ("x" * 121, [], "name"), ("Ada", [lines(quote)[0]["id"]], "lines")):
        with pytest.raises(Invalid) as refused:
            db.write_sync(accept, quote, name, ticked)
        assert list(refused.value.fields) == [field]
    assert stored(quote)["state"] == "sent"


def test_after_the_validity_nothing_is_accepted_and_the_worker_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    seller = make_user()
    over, going = make_quote(valid_until=today(), owner_id=seller), make_quote(valid_until=today() + timedelta(days=9))
    send(over)
    send(going)
    later(monkeypatch, 1)
    for command in (lambda: db.write_sync(accept, over, "Ada"), lambda: db.write_sync(decline, over)):
        with pytest.raises(Refused, match="has expired"):
            command()
    assert not db.write_sync(mark_viewed, over)
    assert db.write_sync(expire_quotes) == 1 and db.write_sync(expire_quotes) == 0
    assert (stored(over)["state"], stored(going)["state"]) == ("expired", "sent")
    assert [user for user, text in notes() if "expired" in text] == [seller]


def test_declining_keeps_the_reason() -> None:
    seller = make_user()
    quote = make_quote(owner_id=seller)
    send(quote)
    db.write_sync(decline, quote, " Too dear ")
    assert (stored(quote)["state"], stored(quote)["decline_reason"]) == ("declined", "Too dear")
    assert any("Too dear" in text for _, text in notes())
    with pytest.raises(Refused, match="declined"):
        db.write_sync(accept, quote, "Ada")


def test_a_new_version_copies_and_the_old_one_can_be_read_and_not_accepted() -> None:
    gone = make_product(list_price_minor=5)
    quote = make_quote(lines=[line(product_id=gone), line(optional=True)], notes="Note", texts=[{"heading": "Why"}])
    token = send(quote)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("product", gone, op="delete")))
    new = db.write_sync(make_version, SYSTEM, quote).id
    first, second = stored(quote), stored(new)
    assert (second["number"], second["revision"], second["state"]) == (first["number"] + " v2", 2, "draft")
    assert (second["notes"], second["total_minor"]) == ("Note", first["total_minor"])
    assert [r["product_id"] for r in lines(new)] == [None, None]
    assert [r["product_id"] for r in lines(quote)] == [gone, None]
    with pytest.raises(Refused, match="newer version"):
        db.write_sync(accept, quote, "Ada")
    with pytest.raises(Refused, match="newer version"):
        db.read_sync(find_by_token, token)
    with pytest.raises(Refused, match="newer version"):
        db.write_sync(make_version, SYSTEM, quote)
    with pytest.raises(Refused, match="draft"):
        db.write_sync(make_version, SYSTEM, new)
    send(new)
    db.write_sync(accept, new, "Ada")


def test_when_the_new_version_is_thrown_away_the_old_one_holds_again() -> None:
    quote = make_quote()
    send(quote)
    new = db.write_sync(make_version, SYSTEM, quote)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("quote", new.id, op="delete")))
    db.write_sync(accept, quote, "Ada")
    other = make_quote()
    send(other)
    db.write_sync(undo, SYSTEM, db.write_sync(make_version, SYSTEM, other).batch_id)
    db.write_sync(accept, other, "Ada")


def test_an_accepted_quote_whose_product_is_gone_still_ticks_its_options() -> None:
    gone = make_product()
    quote = make_quote(lines=[line(), line(product_id=gone, optional=True)])
    send(quote)
    db.write_sync(lambda s: apply(s, SYSTEM, Change("product", gone, op="delete")))
    assert db.write_sync(accept, quote, "Ada", [lines(quote)[1]["id"]]).total_minor == 200_00


def test_a_clone_is_a_draft_of_ones_own() -> None:
    me = make_user()
    quote = make_quote(owner_id=make_user())
    send(quote)
    made = stored(db.write_sync(clone_quote, principal(me, "administrator"), quote).id)
    assert (made["state"], made["owner_id"], made["revision"]) == ("draft", me, 1)
    assert made["base_number"] != stored(quote)["base_number"]


def test_a_seller_sees_own_quotes_only_and_a_deal_with_quotes_stays() -> None:
    me = make_user()
    deal = make_deal(make_pipeline(), owner_id=me)
    quote = db.write_sync(make_from_deal, principal(me), deal).id
    with pytest.raises(NotFound):
        db.write_sync(edit_quote, principal(make_user()), quote, "notes", "x", 1)
    with pytest.raises(Refused):
        db.write_sync(lambda s: apply(s, SYSTEM, Change("deal", deal, op="delete")))
