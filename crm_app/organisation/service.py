"""Commands on the organisation. They never commit."""

import io
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.core.changes import Applied, Change, apply
from crm_app.core.errors import Forbidden, Invalid
from crm_app.identity.policy import decide
from crm_app.identity.wishes import refuse_unknown
from crm_app.organisation.kind import ORGANISATION
from crm_app.organisation.queries import find_organisation
from crm_app.paper import prepare_logo
from crm_app.records.files.store import Stored, keep

FIELDS = frozenset(f.name for f in ORGANISATION.fields if f.editable)


def save_organisation(session: Session, actor: Principal, values: Mapping[str, str], expected: int) -> Applied:
    """Create or change the record as the form sent it. Raises Invalid, Forbidden, Conflict."""
    refuse_unknown(values, FIELDS)
    return _write(session, actor, {name: _typed(name, text) for name, text in values.items()}, expected)


def store_logo(content: bytes) -> Stored:
    """Check and keep a picture, before the transaction. Raises Invalid."""
    return keep(io.BytesIO(prepare_logo(content)))


def set_logo(session: Session, actor: Principal, sha256: str) -> Applied:
    """Put a stored picture at the head, or none. Raises Forbidden; Invalid before the organisation has a name."""
    if not find_organisation(session, actor).id:
        raise Invalid({"logo": "Please save the name of the organisation first."})
    return _write(session, actor, {"logo": sha256}, None)


def require_edit(actor: Principal) -> None:
    """Raises Forbidden for those who may not change the organisation."""
    decision = decide(actor, "edit", "organisation")
    if not decision:
        raise Forbidden(decision.why)


def _write(session: Session, actor: Principal, values: dict[str, Any], expected: int | None) -> Applied:
    require_edit(actor)
    now = find_organisation(session, actor)
    if not now.id:
        return apply(session, actor, Change("organisation", op="create", set=values))
    return apply(session, actor, Change("organisation", now.id, values, expected=expected or None))


def _typed(name: str, text: str) -> Any:
    if ORGANISATION.by_name[name].type != "int":
        return text.strip().lower() if name == "colour" else text.strip()
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 5):
        raise Invalid({name: "Please enter a number of days, such as 14."})
    return int(plain)
