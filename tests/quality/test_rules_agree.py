"""One definition of a rule gives the same verdict in SQL and in Python, for random records on both databases."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlmodel import Session

from crm_app.core import db
from crm_app.core.changes import kind
from crm_app.core.changes.log import ChangeLog
from crm_app.core.changes.working import table_of
from crm_app.core.clock import now
from crm_app.core.db import allocate_ids
from crm_app.quality.facts import all_rules, facts_of, given_now
from crm_app.quality.predicates import predicate
from crm_app.quality.rules.catalogue import COVERED, KINDS
from crm_app.quality.rules.expressions import FORMS, Among, Every, Filled, Formed, Given, Listed, No, Recent, holds
from crm_app.tables import (
    Activity,
    Company,
    Deal,
    Finding,
    Person,
    PersonAddress,
    PersonEmail,
    PersonPhone,
)
from tests.support.builders import change, make, make_pipeline, make_user

TEXT = st.one_of(
    st.sampled_from(
        ["", " ", "a@b.co", "a@b", "a b@c.de", "ä@ö.üü", "a@b.co\n", "+4915112345678", "0151", "+12", "acme.com"]
        + ["http://acme.com", "acme", "Germany", "Atlantis", "Director", "Fair", "+4989123456 ext. 12", "a@.de"]
        + [".acme.com", "a@b..de", "x@y.d1"]
    ),
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12),
)
TODAY = datetime.now(UTC).date()
# Around the bounds that rules have, to the second.
SOME_MOMENT = st.builds(
    lambda days, seconds: datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days, seconds),
    st.sampled_from([0, 1, 2, 3, 29, 30, 31, 59, 60, 61, 89, 90, 91, 400]),
    st.sampled_from([-1, 0, 1, 3600]),
)
MOMENT = st.one_of(st.none(), SOME_MOMENT)
DAY = st.one_of(st.none(), st.integers(-2, 2).map(lambda n: TODAY + timedelta(days=n)))
PERSON = st.fixed_dictionaries(
    {
        "first_name": TEXT,
        "last_name": TEXT,
        "title": TEXT,
        "source": TEXT,
        "lifecycle": st.sampled_from(["name", "lead", "contact"]),
        "private": st.booleans(),
        "last_touch_at": MOMENT,
        "created_at": SOME_MOMENT,
        "company": st.booleans(),
        "owner": st.booleans(),
        "emails": st.lists(TEXT, max_size=2),
        "phones": st.lists(TEXT, max_size=2),
        "countries": st.lists(TEXT, max_size=2),
        "finding": st.booleans(),
    }
)
COMPANY = st.fixed_dictionaries(
    {
        **dict.fromkeys(("domain", "phone", "industry", "country"), TEXT),
        "kind": st.sampled_from(["customer", "prospect", "partner"]),
        "created_at": SOME_MOMENT,
        "owner": st.booleans(),
        "done": st.lists(MOMENT, max_size=2),
        "met": st.lists(MOMENT, max_size=2),
    }
)
DEAL = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["Prospecting", "Won", "Lost"]),
        "value_minor": st.one_of(st.none(), st.integers(0, 9)),
        "expected_close_on": DAY,
        "last_touch_at": MOMENT,
        "created_at": SOME_MOMENT,
        "owner": st.booleans(),
        "company": st.booleans(),
        "finding": st.booleans(),
    }
)
ACTIVITY = st.fixed_dictionaries(
    {
        "done_at": MOMENT,
        "created_at": SOME_MOMENT,
        "company": st.booleans(),
        "way": st.sampled_from(["ui", "demo", "import"]),
    }
)
RECORDS = st.fixed_dictionaries(
    {name: st.lists(one, max_size=4) for name, one in zip(KINDS, (PERSON, COMPANY, DEAL, ACTIVITY), strict=True)}
)


class World:
    """Writes rows as they are, past every tidying, and takes them away again."""

    def __init__(self) -> None:
        self.user, self.firm = make_user(), make("company", name="Firm")
        self.batch = change("company", self.firm, name="The firm")
        self.pipeline, self.stages = make_pipeline()
        for vocabulary, word in (("title", "Director"), ("source", "Fair"), ("industry", "Software")):
            make("vocabulary_term", vocabulary=vocabulary, name=word)

    def _put(self, session: Session, model: Any, **values: Any) -> int:
        row = model(id=allocate_ids(session, 1)[0], **values)
        table = table_of(model)
        session.connection().execute(insert(table), {c.name: getattr(row, c.name) for c in table.columns})
        return row.id

    def write(self, session: Session, given_records: dict[str, list[dict[str, Any]]]) -> None:
        for name in KINDS:
            for wish in given_records[name]:
                getattr(self, name)(session, dict(wish))

    def _common(self, wish: dict[str, Any]) -> dict[str, Any]:
        links = {"owner_id": self.user if wish.pop("owner", False) else None}
        if "company" in wish:
            links["company_id"] = self.firm if wish.pop("company") else None
        return links

    def _finding(self, session: Session, name: str, id: int) -> None:
        values = {"kind": name, "record_id": id, "field": "x", "reason": "y", "batch_id": 1}
        session.connection().execute(insert(table_of(Finding)), values)

    def person(self, session: Session, wish: dict[str, Any]) -> None:
        parts = {name: wish.pop(name) for name in ("emails", "phones", "countries")}
        finding = wish.pop("finding")
        id = self._put(session, Person, display_name="x", **self._common(wish), **wish)
        for model, values in ((PersonEmail, parts["emails"]), (PersonPhone, parts["phones"])):
            for value in values:
                self._put(session, model, person_id=id, value=value)
        for country in parts["countries"]:
            self._put(session, PersonAddress, person_id=id, country=country)
        if finding:
            self._finding(session, "person", id)

    def company(self, session: Session, wish: dict[str, Any]) -> None:
        done, met = wish.pop("done"), wish.pop("met")
        id = self._put(session, Company, name="x", **self._common(wish), **wish)
        for moment in done:
            self._put(session, Activity, company_id=id, done_at=moment)
        for moment in met:
            self._put(session, Person, display_name="x", company_id=id, last_touch_at=moment)

    def deal(self, session: Session, wish: dict[str, Any]) -> None:
        stage, finding = self.stages[wish.pop("stage")], wish.pop("finding")
        links = {"pipeline_id": self.pipeline, "stage_id": stage}
        id = self._put(session, Deal, title="x", **links, **self._common(wish), **wish)
        if finding:
            self._finding(session, "deal", id)

    def activity(self, session: Session, wish: dict[str, Any]) -> None:
        way = wish.pop("way")
        id = self._put(session, Activity, **self._common(wish), **wish)
        row = {"batch_id": self.batch, "row_no": id, "source": way, "kind": "activity", "record_id": id}
        values = row | {"op": "create", "version": 1, "diff": {}, "recorded_at": now(), "effective_at": now()}
        session.connection().execute(insert(table_of(ChangeLog)), values)


class Undone(Exception):
    """Takes a transaction back."""


def compare(session: Session, world: World, records: dict[str, list[dict[str, Any]]]) -> None:
    world.write(session, records)
    given_ = given_now(session)
    for name in KINDS:
        known = kind(name)
        table = table_of(known.table)
        ids = list(session.connection().execute(select(table.c.id).where(table.c.deleted_at.is_(None))).scalars())
        facts = {id: facts_of(session, name, id) for id in ids}
        asked = [(r.key, r.gap, given_.with_days(r.days)) for r in all_rules(session) if r.kind == name]
        asked.append((f"{name} is looked at", COVERED[name], given_))
        for key, what, at in asked:
            query = select(table.c.id).where(table.c.deleted_at.is_(None), predicate(what, known, at))
            found = set(session.connection().execute(query).scalars())
            assert found == {id for id, f in facts.items() if f is not None and holds(what, f, at)}, key
    raise Undone


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(records=RECORDS)
def test_sql_and_python_say_the_same(database_url: str, records: dict[str, list[dict[str, Any]]]) -> None:
    global _world
    if _world is None or _world[0] != database_url:
        _world = (database_url, World())
    with suppress(Undone):
        db.write_sync(compare, _world[1], records)


_world: tuple[str, World] | None = None


def test_every_rule_names_fields_that_exist(wired: None) -> None:
    """What a rule asks for and what it offers to mend are fields of the catalogue."""
    from crm_app.quality.rules.catalogue import RULES
    from crm_app.quality.rules.expressions import fields_in

    keys = [rule.key for rule in RULES]
    assert len(set(keys)) == len(keys)
    for rule in RULES:
        known = kind(rule.kind)
        for name in fields_in(rule.gap) | set(rule.fix):
            head, _, rest = name.partition(".")
            if not rest:
                assert name in known.by_name or name == "created_at", (rule.key, name)
            elif head in known.child_by_name:
                assert rest in known.child_by_name[head].by_name, (rule.key, name)
            else:
                assert rest in kind(known.by_name[head].ref).by_name, (rule.key, name)


def test_forms_by_hand() -> None:
    """The patterns, against lists made by hand."""
    import re

    good = {
        "email": ["a@b.co", "first.last+tag@sub.example.museum", "o'neil@x.ie", "müller@bücher.example"],
        "phone": ["+442079460123", "+12125550123", "+4989123456 ext. 12"],
        "domain": ["acme.com", "a.b.c.example", "x-y.de"],
    }
    bad = {
        "email": ["", "a", "a@b", "@b.co", "a@b.c", "a b@c.de", "a@b.co,c@d.co", "<a@b.co>", "a@@b.co", "a@b.123"],
        "phone": ["", "12125550123", "+0123456789", "+1 212 555 0123", "+12", "call me"],
        "domain": ["", "acme", "http://acme.com", "acme.com/x", "a@acme.com", "acme.123", ".com"],
    }
    for form, pattern in FORMS.items():
        assert all(re.fullmatch(pattern, text) for text in good[form])
        assert [text for text in bad[form] if re.fullmatch(pattern, text)] == []


def test_an_unknown_list_has_every_word() -> None:
    from crm_app.quality.rules.expressions import Facts

    facts = Facts({"title": "Chief"})
    assert holds(Listed("title", "title"), facts, Given(date(2026, 1, 1)))
    assert not holds(Listed("title", "title"), facts, Given(date(2026, 1, 1), words={"title": frozenset({"Boss"})}))
    assert holds(
        Every((No(Filled("x")), No(Among("x", ("a",))), Formed("x", "email"))), Facts({"x": None}), Given(TODAY)
    )
    assert not holds(Recent("x", 1), Facts({"x": None}), Given(TODAY))
