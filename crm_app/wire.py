"""The one place where kinds, hooks, the policy and the outbox consumers are registered."""

from functools import partial
from typing import Any

from crm_app.activities.hooks import place_activities, repeat_finished, touch_people
from crm_app.activities.kind import ACTIVITY
from crm_app.attention import access
from crm_app.attention.ends import notify_of_runs
from crm_app.attention.notify import is_telling, notify_of_changes, notify_of_imports
from crm_app.billing.kind import INVOICE, ORDER
from crm_app.billing.panels import invoices_of_company
from crm_app.companies.hooks import refuse_circles
from crm_app.companies.kind import COMPANY
from crm_app.companies.tree import tree_of
from crm_app.core.actor import Decision, Principal
from crm_app.core.changes import outbox, ports, register
from crm_app.core.changes.kinds import register_gate, register_guard, register_hook
from crm_app.deals.editor.merge import MERGE, merged
from crm_app.deals.gate import note_findings
from crm_app.deals.gate import undo_guard as guard_deals
from crm_app.deals.gate.asking import asked_by_stages
from crm_app.deals.hooks import follow_activities, refuse_earlier_circles
from crm_app.deals.kind import DEAL, PIPELINE, STAGE
from crm_app.deals.new import offers_for_deal
from crm_app.deals.panels import deals_of_company, deals_of_person
from crm_app.demo.marks import DEMO
from crm_app.demo.removal import removal
from crm_app.duplicates.matching.drafted import sort_rows
from crm_app.duplicates.matching.hook import meet
from crm_app.duplicates.matching.queries import likely_company
from crm_app.duplicates.matching.rehearsed import Rehearsed
from crm_app.duplicates.merge.checking import MERGE as MERGE_RECORDS
from crm_app.duplicates.merge.checking import UNMERGE
from crm_app.duplicates.merge.groups import GROUPS, grouping
from crm_app.duplicates.merge.relations import check_relations
from crm_app.duplicates.merge.run import merging, unmerging
from crm_app.duplicates.worklist.queries import hint_of
from crm_app.forecast.kind import TARGET
from crm_app.identity.hooks import watch_users
from crm_app.identity.kind import TEAM, USER
from crm_app.identity.policy import decide
from crm_app.imports.earlier import register_memory
from crm_app.imports.likely import register_sorter
from crm_app.jobs.live import announce
from crm_app.lifecycle.gate import lifecycle_gate
from crm_app.lifecycle.gate import note_findings as note_people
from crm_app.lifecycle.gate import undo_guard as guard_people
from crm_app.lifecycle.gate.asking import asked_by_states
from crm_app.lifecycle.kind import LIFECYCLE_STATE, TERM, VOCABULARY_TERM
from crm_app.lifecycle.terms.notices import is_of_process, notify_of_process
from crm_app.lifecycle.twins import register_company_matcher
from crm_app.lifecycle.vocabularies.service import REWORD, reworded
from crm_app.organisation.kind import ORGANISATION
from crm_app.people.kind import PERSON
from crm_app.people.panels import colleagues_of, formerly_of, people_of_company, relations_of, roles_of
from crm_app.products.kind import PRICE_BOOK, PRODUCT
from crm_app.quality.fields import quality_fields
from crm_app.quality.following import follow as follow_quality
from crm_app.quality.following import recounting
from crm_app.quality.kind import QUALITY_CHECK, QUALITY_RULE, RIGHTS_REVIEW
from crm_app.quality.marks import RECOUNT
from crm_app.quotes.hooks import follow_lines
from crm_app.quotes.kind import QUOTE, QUOTE_POLICY, TEXT_BLOCK
from crm_app.quotes.notices import notify_of_quotes
from crm_app.quotes.queries.beside import quotes_of_company
from crm_app.rates.kind import RATE
from crm_app.records.bulk import register_op
from crm_app.records.create.offers import register_offers
from crm_app.records.custom.defining import definition_gate
from crm_app.records.custom.enforcing import CustomRules, custom_gate, note_custom
from crm_app.records.custom.fields import FIELDED
from crm_app.records.custom.runs import CARRY, COMPUTE, carrying, computing, follow_definitions
from crm_app.records.custom.values import keep_values
from crm_app.records.dictionary.askers import register_asker
from crm_app.records.kind import CUSTOM_FIELD, FIELD_NOTE, FILE, SAVED_VIEW, TAG
from crm_app.records.listing.fields import register_fields
from crm_app.records.panels import register_hint, register_panel
from crm_app.records.search.index import follow
from crm_app.scoring.events import ACTIVITIES, activities, register_events
from crm_app.scoring.explain import score_panel
from crm_app.scoring.follow import SCORE, follow_changes, is_scored_by, scoring
from crm_app.scoring.kind import SCORING_POLICY, SCORING_RULE
from crm_app.scoring.service import SCORED
from crm_app.territories.assignment import ASSIGN, assign_arrivals, assignment
from crm_app.territories.kind import AVAILABILITY, POOL, TERRITORY
from crm_app.territories.plan import TERRITORIES, application

KINDS = (
    TEAM,
    USER,
    TAG,
    FILE,
    SAVED_VIEW,
    CUSTOM_FIELD,
    FIELD_NOTE,
    ORGANISATION,
    TERRITORY,
    COMPANY,
    PERSON,
    PRODUCT,
    PRICE_BOOK,
    RATE,
    PIPELINE,
    STAGE,
    DEAL,
    ACTIVITY,
    QUOTE,
    QUOTE_POLICY,
    TEXT_BLOCK,
    TARGET,
    POOL,
    AVAILABILITY,
    ORDER,
    INVOICE,
    LIFECYCLE_STATE,
    TERM,
    VOCABULARY_TERM,
    QUALITY_RULE,
    RIGHTS_REVIEW,
    QUALITY_CHECK,
    SCORING_RULE,
    SCORING_POLICY,
)
# What stands beside a record, in this order.
PANELS = {
    "person": (score_panel, deals_of_person, roles_of, relations_of, colleagues_of),
    "company": (deals_of_company, invoices_of_company, quotes_of_company, people_of_company, formerly_of, tree_of),
}
# One gate a kind, so that registering twice is registering once.
_GATES = {name: custom_gate(name) for name in FIELDED}
# Kinds whose rights are those of another object.
OBJECT_OF = {
    "field_note": "custom_field",
    "stage": "pipeline",
    "lifecycle_state": "pipeline",
    "term": "pipeline",
    "vocabulary_term": "pipeline",
    "quote_policy": "price_book",
    "quality_rule": "quality",
    "quality_check": "quality",
    "rights_review": "quality",
    "scoring_rule": "pipeline",
    "scoring_policy": "pipeline",
}
# What everybody who is signed in may point to.
REFERABLE = frozenset({"user", "team", "pipeline", "stage", "product", "tag", "company", "person", "territory"})


def wire() -> None:
    """Register everything; calling it twice changes nothing. Raises KithError for a relation without a rule."""
    for known in KINDS:
        register(known)
    register_hook(watch_users)
    register_hook(refuse_circles)
    register_hook(place_activities)
    register_hook(touch_people)
    register_hook(follow_activities)
    register_hook(follow_lines)
    register_hook(refuse_earlier_circles)
    register_hook(note_findings)
    register_hook(note_people)
    register_gate("person", lifecycle_gate)
    register_guard("person", guard_people)
    register_guard("deal", guard_deals)
    register_company_matcher(likely_company)
    register_sorter(sort_rows)
    register_memory(Rehearsed)
    _wire_custom_fields()
    register_hook(repeat_finished)
    register_hook(assign_arrivals)
    register_hook(meet)
    for name, providers in PANELS.items():
        for provider in providers:
            register_panel(name, provider)
    register_hint(hint_of)
    register_offers("deal", offers_for_deal)
    _wire_runs()
    register_events(ACTIVITIES, activities)
    ports.install_policy(_decide)
    _listen()
    register_fields("quality", quality_fields)
    check_relations()


def _wire_runs() -> None:
    """What is done to many records in portions."""
    register_op(DEMO, removal, DEMO)
    register_op(MERGE, merged, "merge")
    register_op(ASSIGN, assignment)
    register_op(TERRITORIES, application)
    register_op(REWORD, reworded)
    register_op(MERGE_RECORDS, merging, "merge")
    register_op(UNMERGE, unmerging, "undo")
    register_op(GROUPS, grouping, "merge")
    register_op(SCORE, scoring)
    register_op(RECOUNT, recounting)


def _listen() -> None:
    """Who hears through the outbox of what was written."""
    outbox.register_consumer("records", "live", announce)
    outbox.register_collector("records", "search", follow)
    outbox.register_collector("records", "quality", partial(follow_quality, announce))
    outbox.register_consumer("records", "notify", _notify, lambda told: is_telling(told) or is_of_process(told))
    outbox.register_collector("records", SCORE, follow_changes, is_scored_by)
    outbox.register_consumer(SCORED, "live", announce)
    outbox.register_consumer("quotes", "notify", partial(notify_of_quotes, announce))
    outbox.register_consumer(access.TOPIC, "notify", announce)
    outbox.register_consumer("imports", "notify", partial(notify_of_imports, announce))
    outbox.register_consumer("runs", "notify", partial(notify_of_runs, announce))


def _wire_custom_fields() -> None:
    """Their rules inside of every change, and the runs that follow when a definition changes."""
    ports.install_custom(CustomRules())
    register_gate("custom_field", definition_gate)
    for name in FIELDED:
        register_gate(name, _GATES[name])
    register_hook(note_custom)
    register_hook(keep_values)
    register_hook(follow_definitions)
    register_asker(asked_by_stages)
    register_asker(asked_by_states)
    register_op(COMPUTE, computing)
    register_op(CARRY, carrying)


def _notify(payload: dict[str, Any]) -> None:
    """One row of the outbox for both: no kind concerns the two of them."""
    notify_of_changes(announce, payload)
    notify_of_process(announce, payload)


def _decide(
    principal: Principal,
    action: str,
    obj: str,
    owner_id: int | None = None,
    field: str | None = None,
    record_id: int | None = None,
) -> Decision:
    """The policy as the backbone asks it; the owner of a user is that user."""
    if action == "refer":
        if obj in REFERABLE:
            return Decision(True, "Everybody may point to it.")
        action = "read"
    owner = record_id if obj == "user" else owner_id
    return decide(principal, action, OBJECT_OF.get(obj, obj), owner, field)
