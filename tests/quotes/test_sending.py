"""Quotes go out, with an approval where the rule asks for one, on real databases."""

from datetime import date

import pytest
from sqlalchemy import select

from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply, undo
from crm_app.core.changes.working import table_of
from crm_app.core.clock import today
from crm_app.core.errors import Forbidden, Invalid, NotFound, Refused
from crm_app.quotes.service import (
    add_line,
    answer_approval,
    ask_approval,
    edit_line,
    edit_quote,
    find_by_token,
    new_link,
    revoke_links,
    send_quote,
)
from crm_app.tables import QuoteLink
from tests.quotes.support import at_once, later, line, lines, make_quote, notes, rules, send, stored
from tests.support.builders import (
    change,
    make_team,
    make_user,
    principal,
)

pytestmark = pytest.mark.usefixtures("database_url")


def test_a_draft_that_lacks_something_is_not_sent() -> None:
    quote = make_quote(customer="", lines=[], valid_until=date(2020, 1, 1))
    with pytest.raises(Invalid) as refused:
        send(quote)
    assert set(refused.value.fields) == {"customer", "lines", "valid_until"}
    assert stored(quote)["state"] == "draft"


def test_a_double_click_sends_once() -> None:
    quote = make_quote()
    answers = at_once(*[lambda: send(quote)] * 2)
    assert sorted(type(a).__name__ for a in answers) == ["Refused", "str"]


def test_what_was_sent_cannot_be_changed_on_any_way() -> None:
    quote = make_quote()
    edit = db.write_sync(edit_quote, SYSTEM, quote, "notes", "Before", 1).batch_id
    sent = db.write_sync(send_quote, SYSTEM, quote).applied.batch_id
    before = stored(quote), lines(quote)
    part = before[1][0]["id"]
    ways = [
        lambda: change("quote", quote, title="Other"),
        lambda: change("quote", quote, valid_until=date(2099, 1, 1)),
        lambda: change("quote", quote, **{f"lines.{part}": None}),
        lambda: change("quote", quote, **{f"lines.{part}": line(1)}),
        lambda: change("quote", quote, state="draft"),
        lambda: change("quote", quote, state="accepted"),
        lambda: db.write_sync(edit_quote, SYSTEM, quote, "terms", "Other", before[0]["version"]),
        lambda: db.write_sync(edit_line, SYSTEM, quote, part, "quantity", "2", before[0]["version"]),
        lambda: db.write_sync(add_line, SYSTEM, quote),
        lambda: db.write_sync(undo, SYSTEM, edit),
        lambda: db.write_sync(undo, SYSTEM, sent),
        lambda: db.write_sync(lambda s: apply(s, SYSTEM, Change("quote", quote, op="delete"))),
        *(
            lambda source=source: db.write_sync(
                lambda s: apply(s, SYSTEM, Change("quote", quote, {"notes": "x"}), source=source)
            )
            for source in ("import", "history", "demo", "undo", "list", "bulk")
        ),
    ]
    for way in ways:
        with pytest.raises(Refused):
            way()
    assert (stored(quote), lines(quote)) == before
    change("quote", quote, owner_id=make_user())  # who looks after it is not part of the document


def test_what_happens_to_a_quote_is_not_typed_in() -> None:
    quote = make_quote()
    for values in ({"state": "sent"}, {"approval": "approved"}, {"accepted_by": "Me"}, {"number": "Q-1"}):
        with pytest.raises(Invalid):
            change("quote", quote, **values)
    with pytest.raises(Invalid):
        make_quote(state="accepted")


def test_beyond_the_rule_somebody_above_agrees_before_it_is_sent() -> None:
    rules()
    above = make_team()
    team = make_team(parent_id=above)
    seller, manager = make_user(team_id=team), make_user(team_id=above, role="manager")
    me = principal(seller)
    boss = principal(manager, "manager", member_ids=frozenset({seller, manager}))
    quote = make_quote(me, lines=[line(discount_milli=15_000)])
    with pytest.raises(Invalid) as refused:
        send(quote, me)
    assert "15 % is more than 10 %" in refused.value.fields["approval"]
    db.write_sync(ask_approval, me, quote, "A large customer")
    assert [user for user, text in notes() if "asks you to approve" in text] == [manager]
    with pytest.raises(Refused):
        db.write_sync(ask_approval, me, quote)
    for stranger in (me, principal(manager, "manager"), principal(make_user(), "read-only")):
        with pytest.raises((Forbidden, NotFound)):
            db.write_sync(answer_approval, stranger, quote, True)
    db.write_sync(answer_approval, boss, quote, True)
    part = lines(quote)[0]["id"]
    db.write_sync(edit_line, me, quote, part, "discount", "16 %", stored(quote)["version"])
    with pytest.raises(Invalid):  # more than was agreed to
        send(quote, me)
    db.write_sync(edit_line, me, quote, part, "discount", "14 %", stored(quote)["version"])
    send(quote, me)
    assert stored(quote)["state"] == "sent"


def test_an_approval_that_was_taken_back_is_not_undone_by_the_seller() -> None:
    rules()
    seller, manager = make_user(), make_user(role="manager")
    me, boss = principal(seller), principal(manager, "manager", member_ids=frozenset({seller, manager}))
    quote = make_quote(me, lines=[line(discount_milli=15_000)])
    db.write_sync(answer_approval, boss, quote, True)
    no = db.write_sync(answer_approval, boss, quote, False, "Not after all").batch_id
    with pytest.raises(Refused):
        db.write_sync(undo, me, no)
    with pytest.raises(Invalid):
        send(quote, me)
    db.write_sync(undo, boss, no)
    assert stored(quote)["approval"] == "approved"


def test_without_a_manager_above_the_administrators_hear_of_it_and_may_say_no() -> None:
    rules()
    seller, admin = make_user(), make_user(role="administrator")
    quote = make_quote(principal(seller), lines=[line(unit_cost_minor=90_00)])
    db.write_sync(ask_approval, principal(seller), quote)
    db.write_sync(answer_approval, principal(admin, "administrator"), quote, False, "Too little")
    assert [user for user, _ in notes()] == [admin, seller]
    with pytest.raises(Invalid) as refused:
        send(quote, principal(seller))
    assert "margin of 10 %" in refused.value.fields["approval"]


def test_what_needs_no_approval_asks_nobody() -> None:
    rules()
    with pytest.raises(Refused):
        db.write_sync(ask_approval, SYSTEM, make_quote())


def test_a_link_is_kept_as_a_hash_and_can_be_revoked() -> None:
    quote = make_quote()
    first = send(quote)
    second = db.write_sync(new_link, SYSTEM, quote)
    assert db.read_sync(find_by_token, first) == db.read_sync(find_by_token, second) == quote
    kept = db.read_sync(lambda s: list(s.connection().execute(select(table_of(QuoteLink).c.token_hash)).scalars()))
    assert len(first) >= 43 and not {first, second} & set(kept)
    assert db.write_sync(revoke_links, SYSTEM, quote) == 2
    for token in (first, second, "", "x" * 43):
        with pytest.raises(NotFound):
            db.read_sync(find_by_token, token)
    with pytest.raises(NotFound):
        db.write_sync(revoke_links, principal(make_user()), quote)
    with pytest.raises(Forbidden):
        db.write_sync(new_link, principal(make_user(), "support"), quote)


def test_a_link_ends_with_the_validity(monkeypatch: pytest.MonkeyPatch) -> None:
    quote = make_quote(valid_until=today())
    token = send(quote)
    assert db.read_sync(find_by_token, token) == quote
    later(monkeypatch, 1)
    with pytest.raises(Refused, match="has expired"):
        db.read_sync(find_by_token, token)
