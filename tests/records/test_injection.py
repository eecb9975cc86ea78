"""SQL in sorting, filters, groups, keys and texts: it is a value or a refusal, never a statement."""

import json

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from crm_app.core import db
from crm_app.core.errors import Invalid, KithError
from crm_app.core.text import sort_key
from crm_app.deals.queries import Wish, board_snapshot
from crm_app.identity.queries import list_users
from crm_app.identity.service import update_profile
from crm_app.records import lookups
from crm_app.records.listing import fields_of, list_page, read_listing
from crm_app.tables.company import Company
from tests.support.builders import make_company, make_user, principal, row

EVIL = (
    "name; DROP TABLE company --",
    "' OR '1'='1",
    "name) UNION SELECT password_hash FROM credential --",
    "(SELECT 1)",
    "name ASC, (SELECT pg_sleep(5))",
    "1; UPDATE \"user\" SET role='administrator'",
    "%' ESCAPE '!' OR 1=1 --",
    "\\'; --",
    "name/**/desc",
    "[$ne]",
    "__class__",
    "UTC'; DROP TABLE deal; --",
)
texts = st.one_of(st.sampled_from(EVIL), st.text(max_size=40))
BOUNDED = hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def reader(database_url: str):
    """Sees no company of others through any text."""
    make_company(name="Own", owner_id=make_user())
    return principal(make_user(role="administrator"), "administrator")


@BOUNDED
@given(sort=texts, group=texts, field=texts, op=texts, value=texts, after=texts)
@example(sort=EVIL[0], group=EVIL[3], field=EVIL[2], op=EVIL[1], value=EVIL[6], after=EVIL[5])
@example(sort="-name", group="", field="name", op="is", value=EVIL[1], after="")
def test_lists(reader, sort: str, group: str, field: str, op: str, value: str, after: str) -> None:
    fields = db.read_sync(fields_of, reader, "company")
    wish = {"sort": sort, "group": group, "g": group, "q": value, "f": json.dumps({"f": field, "op": op, "v": value})}
    for given_ in (wish, {"f": json.dumps({"f": "name", "op": "is", "v": value})}, {"sort": sort}, {"q": value}):
        try:
            found = db.read_sync(list_page, reader, read_listing("company", given_, fields), after)
        except KithError:
            continue
        assert {row.id for row in found.rows} <= set(db.read_sync(lambda s: s.scalars(select(col(Company.id))).all()))
        if given_.get("f") and len(given_) == 1:
            assert found.count == (value.strip().casefold() == "own")


@BOUNDED
@given(text=texts)
@example(text="%")
@example(text="_")
def test_look_ups_and_filters(reader, text: str) -> None:
    """A text finds a name only if the name contains it, letter by letter."""
    clean = text.replace("\x00", "")
    folded = sort_key(clean)
    found = db.read_sync(lookups.find_records, reader, "company", clean)
    assert bool(found) is (bool(folded) and folded in sort_key("Own"))
    db.read_sync(list_users, reader, clean)
    db.read_sync(board_snapshot, reader, Wish(text=clean))


@pytest.mark.parametrize("zone", [*EVIL, "../../etc/passwd", "/etc/localtime", "Europe/Berlin;", "europe/berlin'"])
def test_time_zones_come_from_the_list(reader, zone: str) -> None:
    with pytest.raises(Invalid):
        db.write_sync(update_profile, reader, {"zone": zone})


def test_no_name_turns_what_is_written_behind_it(sqlite_database: str) -> None:
    """Signs that override the direction go, as control characters do; letters that are read from the right stay."""
    for typed, kept in (
        ("a\u202e001 \u2066x\u2069\x07", "a001 x"),
        ("\u05d0\u05d1\u200f \u202bc\u202c", "\u05d0\u05d1\u200f c"),
    ):
        assert row(Company, make_company(name=typed))["name"] == kept
