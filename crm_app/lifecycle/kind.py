"""The catalogue entry of the states of the lifecycle."""

from sqlmodel import Session

from crm_app.core.changes import Context, Field, Kind, kind
from crm_app.core.changes.kinds import Row
from crm_app.identity.policy import ROLES
from crm_app.lifecycle.rules import JOINT, STATES
from crm_app.records.custom.definitions import definitions
from crm_app.records.vocabulary import VOCABULARIES
from crm_app.tables import LifecycleState, Term, VocabularyTerm

NOT_ASKED = frozenset({"display_name", "lifecycle", "segment", "private", "setback_reason"})


def conditions(session: Session) -> dict[str, str]:
    """What a state may ask for, with its words: the joint conditions, then fields of a person, custom ones too."""
    fields = [*kind("person").fields, *(d.field for d in definitions(session, "person").values())]
    plain = {f.name: f.label for f in fields if f.editable and f.type != "bool" and f.name not in NOT_ASKED}
    return {name: words[0] for name, words in JOINT.items()} | plain


def _gate(context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    known = conditions(context.session)
    wrong = {}
    if unknown := [str(name) for name in after["conditions"] if name not in known]:
        wrong["conditions"] = f"There is nothing of this name to ask for: {', '.join(unknown)}."
    if unknown := [str(role) for role in after["movers"] if role not in ROLES]:
        wrong["movers"] = f"There is no such role: {', '.join(unknown)}."
    return wrong


LIFECYCLE_STATE = Kind(
    "lifecycle_state",
    "State of the lifecycle",
    "States of the lifecycle",
    LifecycleState,
    (
        Field("key", "State", "choice", required=True, choices=STATES, unique=True),
        Field("name", "Name", required=True, max_length=60),
        Field("position", "Position", "int", minimum=0),
        Field("conditions", "Needed to enter", "json"),
        Field("movers", "Who may move somebody here", "json"),
        Field("back_reason", "Going back needs a reason", "bool"),
    ),
    owner=None,
    order="position",
    gate=_gate,
)


def fields_with_help() -> dict[str, str]:
    """Every field of which a term can be the help: `person.lifecycle` → `Person: Lifecycle`."""
    named = ("person", "company", "deal", "activity", "product", "quote")
    return {f"{k}.{f.name}": f"{kind(k).label}: {f.label}" for k in named for f in kind(k).fields if f.type != "json"}


def _check_term(_context: Context, _before: Row | None, after: Row) -> dict[str, str]:
    known = fields_with_help()
    unknown = [str(name) for name in after["fields"] if name not in known]
    return {"fields": f"There is no such field: {', '.join(unknown)}."} if unknown else {}


TERM = Kind(
    "term",
    "Term",
    "Terms",
    Term,
    (
        Field("name", "Term", required=True, max_length=60, unique=True),
        Field("definition", "Meaning", "longtext", required=True),
        Field("fields", "Help of these fields", "json"),
        Field("position", "Position", "int", minimum=0),
    ),
    owner=None,
    order="position",
    gate=_check_term,
)


VOCABULARY_TERM = Kind(
    "vocabulary_term",
    "Word of a list",
    "Words of lists",
    VocabularyTerm,
    (
        Field("vocabulary", "List", "choice", required=True, choices=tuple(VOCABULARIES)),
        Field("name", "Name", required=True, max_length=100),
        Field("synonyms", "Also written as", "json"),
    ),
    owner=None,
)
