"""The rules: what a good person, company, deal and activity have. Those of custom fields come beside them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from crm_app.quality.rules.expressions import (
    ALWAYS,
    Among,
    Clear,
    Every,
    Expression,
    Filled,
    Flag,
    Formed,
    Listed,
    No,
    NotPast,
    Recent,
    Some,
    Touched,
    Typed,
    Within,
)

C = Literal["consistency", "continuity", "centralization"]
KINDS = ("person", "company", "deal", "activity")
MOST_WEIGHT, MOST_DAYS = 100, 3650
LEAD, CONTACT = Among("lifecycle", ("lead",)), Among("lifecycle", ("contact",))
KNOWN = Among("lifecycle", ("lead", "contact"))
ENTRIES = 90  # days for which activities are looked at
# Which records of a kind are looked at; the rest, such as closed deals, are history.
COVERED: Mapping[str, Expression] = {
    "person": ALWAYS,
    "company": ALWAYS,
    "deal": Among("stage_id.kind", ("open",)),
    "activity": Some((Recent("created_at", ENTRIES), Recent("done_at", ENTRIES))),
}


@dataclass(frozen=True)
class Rule:
    """`ok` must hold for records for which `when` does; `fix` are the columns in which it is mended, `days` its period.

    `name` says what is wrong (`No owner`); `weight` is its share of the score, 0 leaves it out of it.
    """

    key: str
    kind: str
    c: C
    name: str
    ok: Expression
    weight: int
    fix: tuple[str, ...] = ()
    when: Expression = ALWAYS
    days: int = 0
    active: bool = True

    @property
    def gap(self) -> Expression:
        """Holds for the records that are looked at and do not keep the rule."""
        return Every((COVERED[self.kind], self.when, No(self.ok)))


RULES = (
    Rule(
        "person.name",
        "person",
        "consistency",
        "First or last name missing",
        Every((Filled("first_name"), Filled("last_name"))),
        10,
        ("first_name", "last_name"),
    ),
    Rule(
        "person.channel",
        "person",
        "consistency",
        "Neither e-mail nor phone",
        Some((Filled("emails.value"), Filled("phones.value"))),
        20,
        ("emails.value", "phones.value"),
    ),
    Rule(
        "person.email",
        "person",
        "consistency",
        "E-mail that cannot be one",
        Formed("emails.value", "email"),
        15,
        ("emails.value",),
    ),
    Rule(
        "person.phone",
        "person",
        "consistency",
        "Phone that cannot be dialled",
        Formed("phones.value", "phone"),
        5,
        ("phones.value",),
    ),
    Rule(
        "person.company",
        "person",
        "consistency",
        "Lead or contact without a company",
        Filled("company_id"),
        10,
        ("company_id", "private"),
        Every((KNOWN, No(Flag("private")))),
    ),
    Rule("person.title", "person", "consistency", "Contact without a title", Filled("title"), 5, ("title",), CONTACT),
    Rule(
        "person.source",
        "person",
        "consistency",
        "Lead or contact without a source",
        Filled("source"),
        5,
        ("source",),
        KNOWN,
    ),
    Rule(
        "person.title_word",
        "person",
        "consistency",
        "Title that is in no list",
        Listed("title", "title"),
        2,
        ("title",),
    ),
    Rule(
        "person.source_word",
        "person",
        "consistency",
        "Source that is in no list",
        Listed("source", "source"),
        3,
        ("source",),
    ),
    Rule(
        "person.country",
        "person",
        "consistency",
        "Country that is none",
        Listed("addresses.country", "country"),
        3,
        ("addresses.country",),
    ),
    Rule(
        "person.gate",
        "person",
        "consistency",
        "Came past a condition of the lifecycle",
        Clear(),
        10,
        ("lifecycle", "company_id", "emails.value"),
    ),
    Rule(
        "person.contact_fresh",
        "person",
        "continuity",
        "Contact left alone for too long",
        Touched(),
        12,
        ("last_touch_at",),
        CONTACT,
        60,
    ),
    Rule(
        "person.lead_fresh",
        "person",
        "continuity",
        "Lead left alone for too long",
        Touched(),
        8,
        ("last_touch_at",),
        LEAD,
        30,
    ),
    Rule(
        "person.owner",
        "person",
        "centralization",
        "Lead or contact without an owner",
        Filled("owner_id"),
        20,
        ("owner_id",),
        KNOWN,
    ),
    Rule("company.domain", "company", "consistency", "No web domain", Filled("domain"), 10, ("domain",)),
    Rule(
        "company.domain_form",
        "company",
        "consistency",
        "Domain that cannot be one",
        Formed("domain", "domain"),
        10,
        ("domain",),
    ),
    Rule(
        "company.phone",
        "company",
        "consistency",
        "Phone that cannot be dialled",
        Formed("phone", "phone"),
        5,
        ("phone",),
    ),
    Rule("company.industry", "company", "consistency", "No industry", Filled("industry"), 5, ("industry",)),
    Rule("company.country", "company", "consistency", "No country", Filled("country"), 10, ("country",)),
    Rule(
        "company.industry_word",
        "company",
        "consistency",
        "Industry that is in no list",
        Listed("industry", "industry"),
        5,
        ("industry",),
    ),
    Rule(
        "company.country_word",
        "company",
        "consistency",
        "Country that is none",
        Listed("country", "country"),
        5,
        ("country",),
    ),
    Rule(
        "company.fresh",
        "company",
        "continuity",
        "Left alone for too long",
        Touched(),
        10,
        (),
        Among("kind", ("customer", "prospect")),
        90,
    ),
    Rule("company.owner", "company", "centralization", "No owner", Filled("owner_id"), 20, ("owner_id",)),
    Rule("deal.value", "deal", "consistency", "No value", Filled("value_minor"), 15, ("value_minor",)),
    Rule(
        "deal.close",
        "deal",
        "consistency",
        "No date on which it may close",
        Filled("expected_close_on"),
        10,
        ("expected_close_on",),
    ),
    Rule(
        "deal.party",
        "deal",
        "consistency",
        "Neither company nor person",
        Some((Filled("company_id"), Filled("person_id"))),
        15,
        ("company_id", "person_id"),
    ),
    Rule(
        "deal.gate",
        "deal",
        "consistency",
        "Came past a condition of its stage",
        Clear(),
        10,
        ("stage_id", "value_minor", "expected_close_on"),
    ),
    Rule(
        "deal.over",
        "deal",
        "continuity",
        "Close date is over",
        NotPast("expected_close_on"),
        15,
        ("expected_close_on",),
    ),
    Rule(
        "deal.fresh", "deal", "continuity", "Nothing was done for too long", Touched(), 15, ("last_touch_at",), days=30
    ),
    Rule("deal.owner", "deal", "centralization", "No owner", Filled("owner_id"), 20, ("owner_id",)),
    Rule(
        "activity.late",
        "activity",
        "continuity",
        "Entered long after it happened",
        Within("done_at", "created_at"),
        10,
        (),
        Every((Filled("done_at"), Typed())),
        2,
    ),
    Rule(
        "activity.about",
        "activity",
        "centralization",
        "Call, meeting or e-mail about nobody",
        Some((Filled("person_id"), Filled("company_id"), Filled("deal_id"))),
        10,
        ("person_id", "company_id", "deal_id"),
        Among("type", ("call", "meeting", "email")),
    ),
)


def rules_with(further: Iterable[Rule], settings: Mapping[str, "Setting"]) -> list[Rule]:
    """Every rule as it is set here, those that do not hold included: in the order of the catalogue, then `further`."""
    return [_set(rule, settings.get(rule.key)) for rule in (*RULES, *further)]


@dataclass(frozen=True)
class Setting:
    """What an administrator set for a rule."""

    weight: int
    days: int
    active: bool
    id: int = 0
    version: int = 0


def _set(rule: Rule, given: Setting | None) -> Rule:
    if given is None:
        return rule
    return replace(rule, weight=given.weight, days=given.days if rule.days else 0, active=given.active)
