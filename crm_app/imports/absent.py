"""Companies that a file names and that are not here, counted before its import."""

from collections.abc import Mapping

from sqlmodel import Session

from crm_app.core.actor import Principal
from crm_app.identity.policy import decide
from crm_app.imports.likely import Sorted, sorted_rows
from crm_app.imports.missing import COMPANY, NO_NAMES, Firm, surely
from crm_app.imports.names import Names
from crm_app.imports.report import Absent
from search.names import squeeze

COUNTED = 1000  # of so many names it is looked whether they are here under another spelling


def count_absent(session: Session, actor: Principal, domains: Mapping[str, str]) -> Absent:
    """How many of these names mean no company that is here; of very many without a look at other spellings."""
    verdict = decide(actor, "create", COMPANY)
    why_not = "" if verdict.allowed else verdict.why
    found = Names().resolve(session, COMPANY, domains, hints=False)
    missing = {
        squeeze(name): Firm(0, 0, name, domains[name])
        for name, hit in found.items()
        if hit.is_missing and squeeze(name) not in NO_NAMES
    }
    if len(missing) > COUNTED:
        return Absent(len(missing), is_most=True, why_not=why_not)
    rows = {n: firm.row() for n, firm in enumerate(missing.values())}
    alike = sorted_rows(session, actor, COMPANY, rows) if rows else Sorted({})
    here = {n for n in rows if surely(alike.likely.get(n, ())) or n in alike.later}
    return Absent(len(rows.keys() - here), why_not=why_not)
