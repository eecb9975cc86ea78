"""A figure is mended where its records are listed: every column that a rule offers for it can be edited there."""

from urllib.parse import parse_qsl, urlsplit

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import outbox
from crm_app.quality.queries.page import quality_page
from crm_app.quality.queries.whose import LISTS, Asked
from crm_app.quality.rows import RuleRow
from crm_app.quality.rules.catalogue import RULES
from crm_app.records.editing import edit_cell
from crm_app.records.list_screen.queries import list_screen
from crm_app.records.list_screen.rows import Screen
from crm_app.records.listing import fields_of
from tests.quality.world import World
from tests.support.builders import make_company

COMPUTED = {"last_touch_at"}  # mended by talking to somebody: such a figure opens its records, and offers no columns
KIND_OF = {path: name for name, path in LISTS.items()}
# What somebody would type, by rule: the column and the text.
TYPED = {
    "person.channel": ("emails.value", "mended@example.org"),
    "person.email": ("emails.value", "mended@example.org"),
    "person.name": ("first_name", "Ada"),
    "person.source": ("source", "Fair"),
    "person.owner": ("owner_id", "{seller}"),
    "person.company": ("company_id", "{company}"),
    "company.domain": ("domain", "mended.example"),
    "company.industry": ("industry", "Retail"),
    "company.owner": ("owner_id", "{seller}"),
    "deal.value": ("value_minor", "100"),
    "deal.close": ("expected_close_on", "2090-01-01"),
    "deal.owner": ("owner_id", "{seller}"),
}


def test_every_column_that_mends_a_figure_is_edited_in_the_list(sqlite_database: str) -> None:
    fields = {kind: db.read_sync(fields_of, SYSTEM, kind) for kind in {rule.kind for rule in RULES}}
    columns = [(rule.key, name, fields[rule.kind][name].in_place) for rule in RULES for name in rule.fix]
    assert len(columns) > 30
    assert [c for c in columns if c[2] == (c[1] in COMPUTED)] == []


def rows(who: Principal) -> dict[str, RuleRow]:
    view = db.read_sync(quality_page, who, Asked("owner"))
    return {row.key: row for row in [*view.consistency, *view.continuity, *view.centralization]}


def grid(who: Principal, href: str) -> tuple[str, Screen]:
    parts = urlsplit(href)
    kind = KIND_OF[parts.path]
    return kind, db.read_sync(list_screen, who, kind, dict(parse_qsl(parts.query)))


def test_mending_a_cell_takes_its_record_out_of_the_figure(sqlite_database: str) -> None:
    world = World()
    who, company = world.actor(world.admin), make_company(domain="b.example")
    outbox.drain_all()
    now, mended = rows(who), 0
    for key, (column, text) in TYPED.items():
        before = now[key]
        if before.count == "0":
            continue
        kind, screen = grid(who, before.fix)
        (cell,) = [c for c in screen.columns if c.name == column]
        assert cell.editable and all(row.editable for row in screen.rows)
        raw = text.format(seller=world.sellers[0], company=company)
        one = screen.rows[0]
        db.write_sync(edit_cell, who, kind, one.id, column, raw, one.version)
        outbox.drain_all()
        now = rows(who)
        assert int(now[key].count) == int(before.count) - 1, key
        assert not now[key].fix or one.id not in {row.id for row in grid(who, now[key].fix)[1].rows}
        mended += 1
    assert mended >= 8
