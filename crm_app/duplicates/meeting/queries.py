"""Who may be here already, as the panel beside a form shows it."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session

from crm_app.attention.access import asked_for
from crm_app.core.actor import Principal
from crm_app.core.changes import kind
from crm_app.core.text import clip
from crm_app.duplicates.matching.queries import Match, matches
from crm_app.duplicates.meeting.rows import AlikeRow, Met
from crm_app.duplicates.meeting.rules import percent, plain, sureness
from crm_app.identity.policy import may


def met(
    session: Session, actor: Principal, name: str, values: Mapping[str, str], n: int, but: Collection[int] = ()
) -> Met:
    """The answer to question `n` of a form with these values; empty for whoever may create none.

    Raises KeyError for a kind that there is not.
    """
    known = kind(name)
    if not known.form or not may(actor, f"{name}.create"):
        return Met(n, name)
    given = {path: clip(values.get(path, "")) for path in known.form}
    return Met(n, name, alike_rows(session, actor, matches(session, actor, name, given, but=but)))


def alike_rows(session: Session, actor: Principal, found: Sequence[Match]) -> list[AlikeRow]:
    """In plain words; whom the actor asked for already is marked."""
    hidden = [(m.kind, m.id) for m in found if not m.visible]
    asked = asked_for(session, actor, hidden)
    return [_row(m, (m.kind, m.id) in asked) for m in found]


def _row(match: Match, asked: bool) -> AlikeRow:
    if not match.visible:
        return AlikeRow(match.kind, match.id, match.name, match.owner_name, asked=asked)
    words, tone = sureness(match.probability)
    return AlikeRow(
        kind=match.kind,
        id=match.id,
        name=match.name,
        owner=match.owner_name,
        words=words,
        tone=tone,
        percent=percent(match.probability),
        reasons=plain(match.reasons),
        visible=True,
        url=match.url,
    )
